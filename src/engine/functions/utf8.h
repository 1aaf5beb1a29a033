#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Code points of UTF-8 text. Text is mostly valid (the engine checks what enters as VARCHAR); where it is not, every
// function stays within it and takes a stray byte for one character.
namespace opentrail::engine {

inline bool IsUtf8Continuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

// The bytes of the character that begins at `at` (at < text.size()), at most what is left.
inline size_t Utf8Length(std::string_view text, size_t at) {
  const auto lead = static_cast<uint8_t>(text[at]);
  const size_t promised = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 1;
  size_t length = 1;
  while (length < promised && at + length < text.size() && IsUtf8Continuation(text[at + length])) length++;
  return length;
}

inline int64_t CountCodePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return !IsUtf8Continuation(c); });
}

// The byte where character `index` (from 0) begins, counted from byte `from`; text.size() where there are just so many
// characters, npos where there are fewer.
inline size_t OffsetOfCodePoint(std::string_view text, size_t index, size_t from = 0) {
  size_t at = from;
  while (index > 0 && at < text.size()) {
    at += Utf8Length(text, at);
    index--;
  }
  return index == 0 ? at : std::string_view::npos;
}

// The character that begins at `at`, and moves `at` behind it. A malformed one is its lead byte's bits.
inline uint32_t NextCodePoint(std::string_view text, size_t& at) {
  const size_t length = Utf8Length(text, at);
  uint32_t code_point = static_cast<uint8_t>(text[at]);
  if (length > 1) code_point &= 0x7fU >> length;
  for (size_t i = 1; i < length; i++) code_point = code_point << 6 | (static_cast<uint8_t>(text[at + i]) & 0x3fU);
  at += length;
  return code_point;
}

inline void AppendUtf8(uint32_t code_point, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code_point >> shift & 0x3f)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0 | code_point >> 6);
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xe0 | code_point >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | code_point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace opentrail::engine
