#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

// Single frames of Zstandard (RFC 8878) from memory to memory; streams are zstd.h's.
namespace opentrail::codec {

// Keeps its working memory from one frame to the next. Not thread-safe.
class ZstdCompressor {
 public:
  // Of zstd's levels: negative ones are its fast ones.
  explicit ZstdCompressor(int level);
  ~ZstdCompressor();
  ZstdCompressor(ZstdCompressor&&) noexcept;
  ZstdCompressor& operator=(ZstdCompressor&&) noexcept;

  // One frame, with its text's size and checksum in it. The view lives until the next call.
  [[nodiscard]] std::string_view Compress(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Not thread-safe.
class ZstdDecompressor {
 public:
  ZstdDecompressor();
  ~ZstdDecompressor();
  ZstdDecompressor(ZstdDecompressor&&) noexcept;
  ZstdDecompressor& operator=(ZstdDecompressor&&) noexcept;

  // `text` becomes what the frame holds. kCorrupt where it is no whole frame, where its checksum is of another text, or
  // where it does not tell its size; kLimitExceeded where that is more than `max_bytes`. Nothing past `max_bytes` is
  // ever written.
  [[nodiscard]] Status Decompress(std::string_view frame, size_t max_bytes, std::string& text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::codec
