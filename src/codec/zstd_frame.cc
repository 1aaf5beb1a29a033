#include "codec/zstd_frame.h"

#include <zstd.h>

namespace opentrail::codec {

struct ZstdCompressor::Impl {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  std::string frame;
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { ZSTD_freeCCtx(context); }
};

ZstdCompressor::ZstdCompressor(int level) : impl_(std::make_unique<Impl>()) {
  ZSTD_CCtx_setParameter(impl_->context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(impl_->context, ZSTD_c_checksumFlag, 1);
}

ZstdCompressor::~ZstdCompressor() = default;
ZstdCompressor::ZstdCompressor(ZstdCompressor&&) noexcept = default;
ZstdCompressor& ZstdCompressor::operator=(ZstdCompressor&&) noexcept = default;

std::string_view ZstdCompressor::Compress(std::string_view text) {
  std::string& frame = impl_->frame;
  const size_t room = ZSTD_compressBound(text.size());
  if (frame.size() < room) frame.resize(room);
  // With room for whatever the text is, it cannot fail but for want of memory.
  const size_t size = ZSTD_compress2(impl_->context, frame.data(), frame.size(), text.data(), text.size());
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();
  return {frame.data(), size};
}

struct ZstdDecompressor::Impl {
  ZSTD_DCtx* const context = ZSTD_createDCtx();
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { ZSTD_freeDCtx(context); }
};

ZstdDecompressor::ZstdDecompressor() : impl_(std::make_unique<Impl>()) {}
ZstdDecompressor::~ZstdDecompressor() = default;
ZstdDecompressor::ZstdDecompressor(ZstdDecompressor&&) noexcept = default;
ZstdDecompressor& ZstdDecompressor::operator=(ZstdDecompressor&&) noexcept = default;

Status ZstdDecompressor::Decompress(std::string_view frame, size_t max_bytes, std::string& text) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_ERROR) return MakeError(ErrorCode::kCorrupt, "no zstd frame");
  if (size == ZSTD_CONTENTSIZE_UNKNOWN) return MakeError(ErrorCode::kCorrupt, "a zstd frame without its size");
  if (size > max_bytes) {
    return MakeError(ErrorCode::kLimitExceeded, "a zstd frame of {} bytes; at most {} are taken", size, max_bytes);
  }
  size_t got = 0;
  text.resize_and_overwrite(static_cast<size_t>(size), [&](char* bytes, size_t) {
    got = ZSTD_decompressDCtx(impl_->context, bytes, static_cast<size_t>(size), frame.data(), frame.size());
    return ZSTD_isError(got) != 0 ? 0 : got;
  });
  if (ZSTD_isError(got) != 0) return MakeError(ErrorCode::kCorrupt, "zstd frame: {}", ZSTD_getErrorName(got));
  if (got != size) return MakeError(ErrorCode::kCorrupt, "zstd frame: {} of its {} bytes", got, size);
  return {};
}

}  // namespace opentrail::codec
