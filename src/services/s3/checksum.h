#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/digest.h"
#include "codec/value.h"

// The additional checksums of S3 objects.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
namespace opentrail::services::s3 {

struct ChecksumAlgorithm {
  std::string_view name;    // "CRC32C"
  std::string_view member;  // "ChecksumCRC32C"
  std::string_view field;   // "x-amz-checksum-crc32c"
  codec::DigestAlgorithm digest;
  size_t bytes;
  bool may_be_full;       // of a multipart object: over all bytes
  bool may_be_composite;  // of a multipart object: over the checksums of its parts
};

[[nodiscard]] std::span<const ChecksumAlgorithm> ChecksumAlgorithms();
// By name ("crc32c", "CRC32C") or field; nullptr where there is none.
[[nodiscard]] const ChecksumAlgorithm* FindChecksum(std::string_view name_or_field);
// What S3 computes where nobody asked for anything.
[[nodiscard]] const ChecksumAlgorithm& DefaultChecksum();

inline constexpr std::string_view kFullObject = "FULL_OBJECT";
inline constexpr std::string_view kComposite = "COMPOSITE";

// A checksum as stored with an object or a part: base64, with "-N" behind it where it is composite.
struct Checksum {
  std::string algorithm;  // "": none
  std::string type;       // kFullObject or kComposite
  std::string value;
};

// Sets output.ChecksumX.
void DescribeChecksum(Value& output, const Checksum& checksum);

// The digest of two runs of bytes one after another from their digests, for the CRCs. All big-endian bytes.
[[nodiscard]] std::string CombineCrc(const ChecksumAlgorithm& algorithm, std::string_view first,
                                     std::string_view second, uint64_t second_size);

// The checksum of an object from those of its parts (base64) and their sizes.
struct PartChecksum {
  std::string value;
  uint64_t size = 0;
};
[[nodiscard]] std::string CompositeChecksum(const ChecksumAlgorithm& algorithm, std::span<const PartChecksum> parts);
[[nodiscard]] std::string FullChecksum(const ChecksumAlgorithm& algorithm, std::span<const PartChecksum> parts);

}  // namespace opentrail::services::s3
