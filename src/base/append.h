#pragma once

#include <cstring>
#include <string>
#include <string_view>

namespace opentrail {
namespace append_detail {

constexpr size_t SizeOf(char) { return 1; }
constexpr size_t SizeOf(std::string_view text) { return text.size(); }
template <size_t kSize>
constexpr size_t SizeOf(const char (&)[kSize]) {
  return kSize - 1;
}

inline char* Put(char* out, char c) { return *out = c, out + 1; }
inline char* Put(char* out, std::string_view text) { return out + text.copy(out, text.size()); }
template <size_t kSize>
char* Put(char* out, const char (&literal)[kSize]) {
  std::memcpy(out, literal, kSize - 1);
  return out + kSize - 1;
}

}  // namespace append_detail

// As `out += piece` for each, with one look at the room that all of them need. A piece is a char, a literal or a
// std::string_view; none is a view of `out`.
template <typename... Pieces>
void AppendAll(std::string& out, const Pieces&... pieces) {
  const size_t before = out.size();
  const size_t size = before + (append_detail::SizeOf(pieces) + ...);
  out.resize_and_overwrite(size, [&](char* bytes, size_t /*room*/) {
    char* at = bytes + before;
    ((at = append_detail::Put(at, pieces)), ...);
    return size;  // libstdc++ 12 gives the room that it made, not the size that was asked for
  });
}

}  // namespace opentrail
