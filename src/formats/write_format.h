#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "formats/table_format.h"

// How the files of CREATE TABLE AS, INSERT INTO and UNLOAD are written.
namespace opentrail::formats {

enum class Compression : uint8_t { kNone, kGzip, kSnappy, kZstd, kLz4 };

// A value type.
struct WriteFormat {
  std::variant<ParquetFormat, JsonFormat, DelimitedFormat> form;
  Compression compression = Compression::kGzip;
};

// "GZIP", "SNAPPY", "ZSTD", "LZ4", "NONE" or "UNCOMPRESSED", in any case; nullopt: none that is written here.
[[nodiscard]] std::optional<Compression> ParseCompression(std::string_view name);
// Whether files of the format may be compressed so: lines with gzip, Zstandard or not at all.
[[nodiscard]] bool IsWritable(const WriteFormat& format);
// What a file's name ends in: ".gz", ".zst"; "" for Parquet, which is compressed inside.
[[nodiscard]] std::string_view FileSuffix(const WriteFormat& format);

}  // namespace opentrail::formats
