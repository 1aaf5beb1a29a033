#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "base/result.h"

// A thin face over simdjson's DOM for small documents (a record, a request body). Reading logs at speed is logs/'s
// affair.
namespace opentrail::codec {

// A place in a JsonDocument, valid as long as the document. A missing member is a value too: IsMissing().
// Thread-compatible.
class JsonValue {
 public:
  JsonValue() = default;
  explicit JsonValue(simdjson::dom::element element) : element_(element), missing_(false) {}

  [[nodiscard]] bool IsMissing() const { return missing_; }
  [[nodiscard]] bool IsNull() const { return missing_ || element_.is_null(); }
  [[nodiscard]] bool IsObject() const { return !missing_ && element_.is_object(); }
  [[nodiscard]] bool IsArray() const { return !missing_ && element_.is_array(); }
  [[nodiscard]] bool IsString() const { return !missing_ && element_.is_string(); }

  // simdjson's own view of it; only where it is not missing.
  [[nodiscard]] simdjson::dom::element element() const { return element_; }

  // The member of that name (case-sensitive; of duplicates the first); missing where this is no object.
  [[nodiscard]] JsonValue operator[](std::string_view key) const;
  // A string's text; nullopt for anything else.
  [[nodiscard]] std::optional<std::string_view> String() const;
  // A string's text, or the JSON text of any other value; nullopt for null and missing.
  [[nodiscard]] std::optional<std::string> Text() const;

  // visit(std::string_view key, JsonValue value) for each member; nothing where this is no object.
  template <typename Visit>
  void ForEachMember(Visit&& visit) const {
    if (!IsObject()) return;
    for (const auto field : simdjson::dom::object(element_)) visit(field.key, JsonValue(field.value));
  }
  // visit(JsonValue element); nothing where this is no array.
  template <typename Visit>
  void ForEachElement(Visit&& visit) const {
    if (!IsArray()) return;
    for (const auto element : simdjson::dom::array(element_)) visit(JsonValue(element));
  }

 private:
  simdjson::dom::element element_;
  bool missing_ = true;
};

// Parses texts one after another into the same memory, where many are read: the values of a text live until the next
// one is parsed. Movable; one thread at a time.
class JsonReader {
 public:
  // As JsonDocument::Parse.
  Result<JsonValue> Parse(std::string_view text);

 private:
  std::unique_ptr<simdjson::dom::parser> parser_ = std::make_unique<simdjson::dom::parser>();
};

// A parsed JSON text (RFC 8259, UTF-8). Owns what its values point into. Movable; thread-compatible.
class JsonDocument {
 public:
  static constexpr size_t kMaxDepth = 256;

  // Parses at most 4 GiB; kCorrupt where it is no JSON, nests deeper than kMaxDepth, or holds a lone surrogate.
  static Result<JsonDocument> Parse(std::string_view text);

  [[nodiscard]] JsonValue Root() const { return root_; }

 private:
  JsonDocument(JsonReader reader, JsonValue root) : reader_(std::move(reader)), root_(root) {}

  JsonReader reader_;
  JsonValue root_;
};

// Whether the text is a JSON string as it stands, once it has quotes.
[[nodiscard]] bool IsPlainJsonText(std::string_view text);
// Appends text as a JSON string, quotes included. Invalid UTF-8 is passed through.
void AppendJsonString(std::string& out, std::string_view text);

}  // namespace opentrail::codec
