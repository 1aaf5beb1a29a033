#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// URLs as java.net.URI takes them apart (RFC 2396, non-ASCII characters allowed). Pure; thread-safe.
namespace opentrail::engine {

// Parts as written, still percent-encoded; empty where there are none. Views into the text.
struct Url {
  std::string_view scheme;
  std::string_view host;  // an IPv6 literal with its brackets; empty where the authority is none of a server
  std::optional<int64_t> port;
  std::string_view path;
  std::optional<std::string_view> query;
  std::string_view fragment;
};

// nullopt where URI's constructor would throw: a character that must be escaped, a bad escape, no authority behind
// "//".
[[nodiscard]] std::optional<Url> ParseUrl(std::string_view text);

// %XX to bytes; bytes that are no UTF-8 become U+FFFD. The text's escapes must be well-formed.
[[nodiscard]] std::string PercentDecoded(std::string_view text);
// The form encoding of query parameters: letters, digits and -_.* as they are, a blank as '+', the rest %XX.
[[nodiscard]] std::string FormEncoded(std::string_view text);
// Its inverse; nullopt where an escape is malformed.
[[nodiscard]] std::optional<std::string> FormDecoded(std::string_view text);

}  // namespace opentrail::engine
