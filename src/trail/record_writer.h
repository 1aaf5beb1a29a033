#pragma once

#include <string>
#include <string_view>

#include "codec/value.h"
#include "http/message.h"

namespace opentrail::trail {

inline constexpr std::string_view kEventVersion = "1.11";
inline constexpr size_t kMaxTextBytes = 1024;  // userAgent, errorCode, errorMessage, requestID

// Cuts at most to `limit` bytes, between two characters.
[[nodiscard]] std::string_view Truncate(std::string_view text, size_t limit);

// tlsDetails of a call that came by TLS.
[[nodiscard]] Value TlsDetails(const http::RequestHead& head);

// Writes the members of the one flat object that a record is.
class RecordWriter {
 public:
  RecordWriter();
  void Text(std::string_view key, std::string_view text);
  void Boolean(std::string_view key, bool value);
  void Json(std::string_view key, const Value& value);
  // As Json; what would be longer than CloudTrail keeps is left out and said to be so.
  void Bounded(std::string_view key, const Value& value);
  [[nodiscard]] std::string Finish();

 private:
  void Key(std::string_view key);
  std::string out_;
};

}  // namespace opentrail::trail
