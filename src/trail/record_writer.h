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

// Writes the members of the object that a record is.
class RecordWriter {
 public:
  RecordWriter();
  void Text(std::string_view key, std::string_view text);
  // As Text, of ours: names of the models, ids, times. Nothing in it needs an escape.
  void Plain(std::string_view key, std::string_view text);
  void Boolean(std::string_view key, bool value);
  void Json(std::string_view key, const Value& value);
  // What is written until End are members of an object of that name.
  void Begin(std::string_view key);
  void End() { Close('}'); }
  // A list of objects: BeginElement and End around the members of each.
  void BeginList(std::string_view key);
  void BeginElement();
  void EndList() { Close(']'); }
  // Whole members, each with a comma behind it, as another writer's Release gave them.
  void Members(std::string_view members) { out_ += members; }
  // As Json; what would be longer than CloudTrail keeps is left out and said to be so.
  void Bounded(std::string_view key, const Value& value);
  [[nodiscard]] std::string Finish();
  // What was written, without the object around it: members, each with a comma behind it.
  [[nodiscard]] std::string Release() { return std::move(out_.erase(0, 1)); }
  // Of what Release would give now.
  [[nodiscard]] size_t size() const { return out_.size() - 1; }

 private:
  void Key(std::string_view key);
  void Close(char bracket);
  std::string out_;  // each member and element is followed by a comma, until Close takes the last one's place
};

// tlsDetails of a call that came by TLS.
void WriteTlsDetails(RecordWriter& writer, const http::RequestHead& head);

}  // namespace opentrail::trail
