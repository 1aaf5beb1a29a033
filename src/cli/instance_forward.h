#pragma once

#include <cstdint>
#include <string>

#include "base/cancel.h"
#include "base/result.h"

namespace opentrail::cli {

struct ForwardRequest {
  std::string data, address;  // the account's directory, the instance's public address
  uint16_t port = 80;         // of the instance
  uint16_t local_port = 0;    // on loopback; 0: any free one
};

// Listens on 127.0.0.1 and joins each connection to one with the instance, from this machine's own address there, until
// `cancel`; says on standard output where it listens. At most 64 connections at once. kIo where it cannot listen.
[[nodiscard]] Status ForwardToInstance(const ForwardRequest& request, const CancelToken& cancel);

}  // namespace opentrail::cli
