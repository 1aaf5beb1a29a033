#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "http/message.h"

// An HTTP/1.1 server (RFC 9110, 9112) on Boost.Asio and Beast, plain and TLS on one port: the first byte tells which.
namespace opentrail::http {

// Every bound has its name here.
struct ServerLimits {
  size_t header_bytes = 64 * 1024;
  size_t header_fields = 512;
  size_t target_bytes = 16 * 1024;
  uint64_t body_bytes = uint64_t{6} << 30;  // S3 takes objects of 5 GiB in one piece; the rest is for their framing
  size_t connections = 4096;
  int64_t header_timeout_ms = 20'000;  // from the first byte of a request to the end of its header
  int64_t idle_timeout_ms = 120'000;   // between requests of a connection
  int64_t body_timeout_ms = 60'000;    // without a byte of a body, either way
};

struct TlsFiles {
  std::string certificate_chain;  // PEM file
  std::string private_key;        // PEM file
  // Who signs certificates for other names under tunnel_suffixes, as they are asked for; "": nobody. PEM files.
  std::string authority_certificate;
  std::string authority_key;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // "": no socket but those that AddListener gives
  uint16_t port = 0;                  // 0: any free one
  int threads = 2;
  std::optional<TlsFiles> tls;  // nullopt: plain alone
  ServerLimits limits;
  std::string server_header;  // "": none
  // Host names for which CONNECT is answered, leading to this server itself: a client that takes it for its HTTPS proxy
  // needs no endpoint of its own. {".amazonaws.com"}
  std::vector<std::string> tunnel_suffixes;
};

// The body of a request as it comes in; the handler need not read it (what is left is drained or the connection
// closed). Answers `100 Continue` before the first read where the client waits for it. Valid during Handle.
class RequestBody {
 public:
  virtual ~RequestBody() = default;
  // Content-Length; nullopt with chunked transfer encoding.
  [[nodiscard]] virtual std::optional<uint64_t> length() const = 0;
  // The next bytes, valid until the next call; empty at the end. kIo where the client went away or was too slow.
  virtual boost::asio::awaitable<Result<std::string_view>> ReadSome() = 0;
  // All of it; kLimitExceeded past max_bytes (the rest is not read).
  virtual boost::asio::awaitable<Result<std::string>> ReadAll(size_t max_bytes) = 0;
};

// Answers requests, many at once, on the server's threads. Must not block for long.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual boost::asio::awaitable<Response> Handle(RequestHead head, RequestBody& body) = 0;
};

// Listens from Start to Stop (or destruction), which lets running requests end. Thread-safe.
class Server {
 public:
  virtual ~Server() = default;
  // kIo: the address cannot be had; the message says what to do. The handler outlives the server.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, Handler& handler);
  [[nodiscard]] virtual uint16_t port() const = 0;
  // Serves what comes to a listening IPv4 socket, too, such as one of another network namespace; takes it over. The
  // peers of its connections carry the name.
  virtual Status AddListener(std::string name, int socket) = 0;
  // Closes those of that name; their connections go on.
  virtual void RemoveListeners(const std::string& name) = 0;
  [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;
  virtual void Stop() = 0;
};

}  // namespace opentrail::http
