#pragma once

#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>

namespace opentrail {

// As `out += piece` for each, with one look at the room that all of them need. No piece is a view of `out`.
inline void AppendAll(std::string& out, std::initializer_list<std::string_view> pieces) {
  size_t size = out.size();
  for (const std::string_view piece : pieces) size += piece.size();
  out.resize_and_overwrite(size, [at = out.size(), pieces](char* bytes, size_t /*room*/) mutable {
    for (const std::string_view piece : pieces) at += piece.copy(bytes + at, piece.size());
    return at;  // libstdc++ 12 gives the room that it made, not the size that was asked for
  });
}

}  // namespace opentrail
