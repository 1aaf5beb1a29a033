#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/result.h"
#include "instances/dns_names.h"
#include "instances/file_descriptor.h"

namespace opentrail::instances {

// Answers DNS queries by UDP and TCP (RFC 1035, RFC 7766) on sockets that it is given, until the executor's loop ends.
// All of it runs on that one executor, whose loop has one thread; `names` outlives the loop.
class DnsServer {
 public:
  DnsServer(boost::asio::any_io_executor executor, const DnsNames& names);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  // Bound IPv4 sockets of a VPC ("": of the internet). Thread-safe. kIo where they are none.
  Status AddDatagramSocket(const std::string& vpc_id, FileDescriptor socket);
  Status AddListener(const std::string& vpc_id, FileDescriptor socket);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared: with what still runs on the executor
};

}  // namespace opentrail::instances
