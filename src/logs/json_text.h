#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

// The small pieces of JSON: spaces, strings, numbers. All positions index the text's bytes.
namespace opentrail::logs {

[[nodiscard]] inline bool IsJsonSpace(uint8_t byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

[[nodiscard]] inline size_t SkipSpaces(const uint8_t* data, size_t position, size_t size) {
  while (position < size && IsJsonSpace(data[position])) ++position;
  return position;
}

struct StringEnd {
  size_t position = 0;  // of the closing quote; at or past the text's size: there is none
  bool has_escapes = false;
};

// `position` is just past the opening quote. Reads up to 16 bytes past `size`.
[[nodiscard]] StringEnd FindStringEnd(const uint8_t* data, size_t position, size_t size);

// Decodes what stands between the quotes of a JSON string. Writes at most text.size() bytes to `out`, returns how many.
// A lone surrogate becomes U+FFFD, as Java's decoders have it when they write UTF-8.
// Error: the offset within `text` of an escape that JSON does not know.
[[nodiscard]] Result<size_t, size_t> Unescape(std::string_view text, char* out);

// true, false, null or a number, whole.
[[nodiscard]] bool IsJsonScalar(std::string_view text);

// The offset just past a scalar that starts at `position`.
[[nodiscard]] size_t FindScalarEnd(const uint8_t* data, size_t position, size_t size);

}  // namespace opentrail::logs
