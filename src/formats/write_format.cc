#include "formats/write_format.h"

#include <algorithm>
#include <string>

namespace opentrail::formats {
namespace {

struct NamedCompression {
  std::string_view name;
  Compression compression;
};
constexpr NamedCompression kCompressions[] = {{"GZIP", Compression::kGzip}, {"SNAPPY", Compression::kSnappy},
                                              {"ZSTD", Compression::kZstd}, {"LZ4", Compression::kLz4},
                                              {"NONE", Compression::kNone}, {"UNCOMPRESSED", Compression::kNone}};

bool IsParquet(const WriteFormat& format) { return std::holds_alternative<ParquetFormat>(format.form); }

}  // namespace

std::optional<Compression> ParseCompression(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const auto* const found = std::ranges::find(kCompressions, upper, &NamedCompression::name);
  return found == std::end(kCompressions) ? std::nullopt : std::optional(found->compression);
}

bool IsWritable(const WriteFormat& format) {
  if (IsParquet(format)) return true;
  return format.compression == Compression::kNone || format.compression == Compression::kGzip ||
         format.compression == Compression::kZstd;
}

std::string_view FileSuffix(const WriteFormat& format) {
  if (IsParquet(format)) return "";
  switch (format.compression) {
    case Compression::kGzip: return ".gz";
    case Compression::kZstd: return ".zst";
    case Compression::kNone:
    case Compression::kSnappy:
    case Compression::kLz4: return "";
  }
  return "";
}

}  // namespace opentrail::formats
