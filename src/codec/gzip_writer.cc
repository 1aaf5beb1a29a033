#include "codec/gzip_writer.h"

#include <memory>

#include <libdeflate.h>

namespace opentrail::codec {

std::string GzipCompress(std::string_view text) {
  constexpr int kLevel = 6;
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(kLevel), libdeflate_free_compressor);
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), text.size()), '\0');
  // The bound is room enough for any text.
  out.resize(libdeflate_gzip_compress(compressor.get(), text.data(), text.size(), out.data(), out.size()));
  return out;
}

}  // namespace opentrail::codec
