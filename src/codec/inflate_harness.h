#pragma once

#include <cstdint>
#include <string>
#include <vector>

// Texts for the tests of what inflates.
namespace opentrail::codec {

using Bytes = std::vector<uint8_t>;

inline Bytes Joined(const Bytes& a, const Bytes& b) {
  Bytes out = a;
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

// Text that is not shrunk much, so that cutting it off leaves a part.
inline std::string Noise(size_t size) {
  std::string text;
  uint32_t state = 1;
  while (text.size() < size) {
    state = state * 1664525 + 1013904223;
    text += static_cast<char>('A' + (state >> 24) % 50);
  }
  return text;
}

}  // namespace opentrail::codec
