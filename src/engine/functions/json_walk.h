#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Walking JSON text without building a tree: what the dialect's JSON functions and casts stand on. Text is untrusted:
// every walk is bounded by the text and by kMaxJsonDepth, and malformed text is found where the walk meets it (what
// lies behind a match is not read, as Trino's streaming extraction does not read it).
namespace opentrail::engine {

inline constexpr int kMaxJsonDepth = 1000;

// One place in a text. All functions return false (and leave the cursor anywhere) where the text is malformed.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : next_(text.data()), end_(text.data() + text.size()) {}

  // The next byte that is no white space; '\0' at the end.
  char Peek();
  // Takes `expected` where it comes next (white space skipped).
  bool Take(char expected);
  // Whether nothing but white space is left.
  bool AtEnd();
  // Skips one whole value, checking its grammar, and gives its text without surrounding white space.
  bool Value(std::string_view& raw);
  // A string's text between the quotes, escapes as written.
  bool String(std::string_view& raw);

 private:
  bool SkipValue();
  bool SkipString();
  bool SkipNumber();
  bool SkipLiteral();
  bool SkipScalar(char first);
  void SkipSpace();

  const char* next_;
  const char* end_;
};

// What a value's raw text is, told by its first byte.
enum class JsonKind : uint8_t { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull };
[[nodiscard]] JsonKind KindOfJson(std::string_view raw);

// Decodes a string's text between the quotes (JsonCursor::String) behind `out`. False where an escape is malformed.
bool AppendJsonUnescaped(std::string_view between_quotes, std::string& out);
// Writes the characters past the basic plane, from byte `from` on, as two escapes each. Bytes that are no UTF-8 stay as
// they are.
void EscapeSupplementary(std::string& out, size_t from);
// Appends text as a JSON string with quotes.
void AppendJsonQuoted(std::string_view text, std::string& out);
// A string value's characters, raw text with quotes in; nullopt where an escape is malformed. `scratch` holds them
// where the text has escapes.
[[nodiscard]] std::optional<std::string_view> JsonStringText(std::string_view raw, std::string& scratch);
// Whether a number's text has no fraction and no exponent.
[[nodiscard]] bool IsJsonInteger(std::string_view number);

enum class JsonKeyOrder : uint8_t { kAsWritten, kSorted };
// Rewrites one value the way Trino prints JSON: no white space, escapes only where needed, fractions as Java prints a
// double; kSorted also sorts each object's keys, the last of equal keys winning. False where malformed or too deep.
bool AppendJsonCanonical(std::string_view text, JsonKeyOrder order, std::string& out);

// The path of json_extract and its kin: $ .key [n] [key] ["any key"].
class JsonPath {
 public:
  struct Step {
    std::string key;     // decoded
    bool plain = false;  // key appears in JSON text as it stands: nothing in it needs an escape
    int64_t index = -1;  // the key read as an array index; -1 where it is none
    bool any = false;    // a wildcard: every member, every element
  };
  enum class Wildcards : uint8_t { kRefused, kAllowed };

  // nullopt where Trino says "Invalid JSON path".
  static std::optional<JsonPath> Parse(std::string_view text, Wildcards wildcards = Wildcards::kRefused);

  // The raw text of the value at the path, the first of equal keys; nullopt where there is none, or the text is
  // malformed up to the end of that value.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view text) const;
  // The raw texts of all values at a path with wildcards, in the text's order; what the steps behind the first wildcard
  // do not find is left out. nullopt where the steps before it find nothing, or the text is malformed on the way.
  [[nodiscard]] std::optional<std::vector<std::string_view>> FindAll(std::string_view text) const;

  [[nodiscard]] bool HasWildcards() const;
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
};

}  // namespace opentrail::engine
