#include "engine/functions/utf8_repair.h"

#include <cstdint>

#include "engine/functions/utf8.h"

namespace opentrail::engine {
namespace {

// The allowed second byte's range for a lead byte: it is what rules out overlong forms, surrogates and > U+10FFFF.
bool IsSecondByte(uint8_t lead, uint8_t second) {
  const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  return second >= low && second <= high;
}

// The longest beginning of a well-formed character at `at`, at least one byte; `whole` says whether it is all of it.
size_t WellFormedPrefix(std::string_view bytes, size_t at, bool& whole) {
  const auto lead = static_cast<uint8_t>(bytes[at]);
  const size_t promised = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  size_t length = 1;
  while (length < promised && at + length < bytes.size()) {
    const char next = bytes[at + length];
    if (length == 1 ? !IsSecondByte(lead, static_cast<uint8_t>(next)) : !IsUtf8Continuation(next)) break;
    length++;
  }
  whole = length == promised;
  return length;
}

}  // namespace

size_t ValidUtf8Length(std::string_view bytes, size_t at) {
  bool whole = false;
  const size_t length = WellFormedPrefix(bytes, at, whole);
  return whole ? length : 0;
}

std::string RepairedUtf8(std::string_view bytes, std::string_view replacement) {
  std::string repaired;
  repaired.reserve(bytes.size());
  for (size_t at = 0; at < bytes.size();) {
    bool whole = false;
    const size_t length = WellFormedPrefix(bytes, at, whole);
    repaired += whole ? bytes.substr(at, length) : replacement;
    at += length;
  }
  return repaired;
}

}  // namespace opentrail::engine
