#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>

#include "http/message.h"
#include "http/server.h"

namespace opentrail::http {

// Takes requests out of a connection's bytes, one after another (RFC 9112). Stricter than the RFC asks where another
// reading of the same bytes would be possible: one Host, one framing, no folded fields, no bare line feeds. Whoever
// feeds it keeps the bytes until they are used. Internal to http/; not thread-safe.
class RequestParser {
 public:
  // A refused request is told by its HTTP status; the connection cannot go on after it.
  template <typename T>
  using Parsed = std::expected<T, int>;

  // The limits outlive the parser.
  explicit RequestParser(const ServerLimits& limits);
  ~RequestParser();

  // Begins the next request.
  void Restart();

  // Looks for a head at the front of `bytes`: how many of them are used up. Until has_head(), call it again with the
  // rest and what has come since.
  Parsed<size_t> ReadHead(std::string_view bytes);
  [[nodiscard]] bool has_head() const;
  // The head, without its peer; once a request.
  [[nodiscard]] RequestHead TakeHead();
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool is_http_1_0() const;
  [[nodiscard]] bool expects_continue() const;
  [[nodiscard]] bool is_connect() const;
  [[nodiscard]] bool is_head_method() const;
  // Content-Length, or 0 without a body; nullopt with chunked transfer encoding.
  [[nodiscard]] std::optional<uint64_t> length() const;
  // Bytes of the body that are still to come; nullopt with chunked transfer encoding.
  [[nodiscard]] std::optional<uint64_t> remaining() const;

  struct Piece {
    size_t used = 0;
    std::string_view bytes;  // a part of what was fed
  };
  // The next of the body from the front of `bytes` (not empty). Neither used nor given: more must come first.
  Parsed<Piece> ReadBody(std::string_view bytes);
  // The whole request is read.
  [[nodiscard]] bool done() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::http
