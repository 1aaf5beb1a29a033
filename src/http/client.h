#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "http/message.h"

namespace opentrail::http {

struct ClientOptions {
  std::string ca_file;  // PEM; empty: the system's authorities
  std::chrono::milliseconds connect_timeout{10'000};
  // A transfer that brings less than a byte a second for so long is given up.
  std::chrono::seconds stall_timeout{30};
  bool uses_proxies = true;  // those of the environment, as curl(1) does
};

struct ClientResponse {
  int status = 0;
  Fields fields;  // of the last answer; none of an interim one
  std::string body;
};

// Sends requests over HTTP/1.1 and 2, plain or TLS, as the URL says; keeps its connections. Redirects are answers like
// others. Belongs to one thread.
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // `origin` is "https://host:port", to which head.target is added; the Host field is sent as it stands in `head`.
  // Error: kIo where there is no answer, kLimitExceeded where its body has more than `max_bytes`, kCancelled.
  Result<ClientResponse> Send(std::string_view origin, const RequestHead& head, uint64_t max_bytes,
                              const CancelToken& cancel);
  // The same with a body. A request that is sent again, after its connection was lost, is sent whole.
  Result<ClientResponse> Post(std::string_view origin, const RequestHead& head, std::string_view body,
                              uint64_t max_bytes, const CancelToken& cancel);
  // As Send, the body of a 2xx to `out`, which takes exactly out.size() bytes; one of another length is kIo. The body
  // of any other status is the response's.
  Result<ClientResponse> Receive(std::string_view origin, const RequestHead& head, std::span<uint8_t> out,
                                 const CancelToken& cancel);

 private:
  struct Transfer;
  struct Impl;
  Result<ClientResponse> Run(std::string_view origin, const RequestHead& head, Transfer& transfer);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::http
