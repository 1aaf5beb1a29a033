#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace opentrail::http {

// Header fields in the order they came; names are compared without case, values are as sent, trimmed.
class Fields {
 public:
  using Entry = std::pair<std::string, std::string>;
  void Add(std::string name, std::string value) { entries_.emplace_back(std::move(name), std::move(value)); }
  void Reserve(size_t count) { entries_.reserve(count); }
  // Replaces every field of that name.
  void Set(std::string_view name, std::string value);
  void Remove(std::string_view name);
  // The first field of that name.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;
  [[nodiscard]] std::string_view Get(std::string_view name) const { return Find(name).value_or(std::string_view()); }
  [[nodiscard]] bool Has(std::string_view name) const { return Find(name).has_value(); }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

// What the connection tells of the caller.
struct Peer {
  std::string address;  // IPv4 or IPv6 text, without a port
  uint16_t port = 0;
  std::string listener;      // by which it came: the name that Server::AddListener was given; "" the server's own
  std::string tls_version;   // "TLSv1.3"; "" on a plain connection
  std::string cipher_suite;  // "TLS_AES_128_GCM_SHA256"
  std::string key_exchange;  // "x25519"; "" where it is not known
};

// A request without its body.
struct RequestHead {
  std::string method;  // "GET"
  std::string target;  // as sent: "/b/k?list-type=2"
  std::string path;    // the part of target before ?, still encoded
  std::string query;   // the part after ?, still encoded; ""
  Fields fields;
  Peer peer;
  [[nodiscard]] std::string_view Host() const { return fields.Get("host"); }
};

// Query parameters (or a form body) decoded, in order. nullopt where an escape is broken.
using Parameters = std::vector<std::pair<std::string, std::string>>;
enum class PlusSign : uint8_t { kLiteral, kSpace };
[[nodiscard]] std::optional<Parameters> ParseParameters(std::string_view encoded, PlusSign plus);

// Bytes of an answer that are not in memory. Read from one thread.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The number of bytes that Read gives in all.
  [[nodiscard]] virtual uint64_t size() const = 0;
  // Fills at most `capacity` bytes; 0 at the end; a negative number where the bytes cannot be had (the connection is
  // cut then: the head has left already).
  [[nodiscard]] virtual int64_t Read(char* buffer, size_t capacity) = 0;
};

struct Response {
  int status = 200;
  Fields fields;  // without Content-Length, Date and Connection: the server adds them
  std::string body;
  std::unique_ptr<BodySource> source;  // where set, it is the body
  // Answers to HEAD: what Content-Length says though no body follows.
  std::optional<uint64_t> content_length;
  // How many hops its packets may go (IP's TTL), 1 to 255; the system's default otherwise.
  std::optional<int> hop_limit;
};

}  // namespace opentrail::http
