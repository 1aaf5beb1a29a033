#include "services/s3/checksum.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <strings.h>

#include "codec/text.h"

namespace opentrail::services::s3 {
namespace {

using codec::DigestAlgorithm;

constexpr ChecksumAlgorithm kAlgorithms[] = {
    {"CRC32", "ChecksumCRC32", "x-amz-checksum-crc32", DigestAlgorithm::kCrc32, 4, true, true},
    {"CRC32C", "ChecksumCRC32C", "x-amz-checksum-crc32c", DigestAlgorithm::kCrc32c, 4, true, true},
    {"CRC64NVME", "ChecksumCRC64NVME", "x-amz-checksum-crc64nvme", DigestAlgorithm::kCrc64Nvme, 8, true, false},
    {"SHA1", "ChecksumSHA1", "x-amz-checksum-sha1", DigestAlgorithm::kSha1, 20, false, true},
    {"SHA256", "ChecksumSHA256", "x-amz-checksum-sha256", DigestAlgorithm::kSha256, 32, false, true},
};

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// The reflected polynomial of a CRC.
uint64_t Polynomial(DigestAlgorithm digest) {
  switch (digest) {
    case DigestAlgorithm::kCrc32: return 0xEDB88320;
    case DigestAlgorithm::kCrc32c: return 0x82F63B78;
    case DigestAlgorithm::kCrc64Nvme: return 0x9A6C9329AC4BC9B5;
    case DigestAlgorithm::kMd5:
    case DigestAlgorithm::kSha1:
    case DigestAlgorithm::kSha256: break;
  }
  return 0;
}

// A linear map of CRC registers over GF(2): column i is what bit i becomes.
using BitMatrix = std::array<uint64_t, 64>;

uint64_t Apply(const BitMatrix& matrix, uint64_t bits) {
  uint64_t sum = 0;
  for (size_t i = 0; bits != 0; ++i, bits >>= 1) {
    if ((bits & 1) != 0) sum ^= matrix[i];
  }
  return sum;
}

BitMatrix Square(const BitMatrix& matrix) {
  BitMatrix square{};
  for (size_t i = 0; i < square.size(); ++i) square[i] = Apply(matrix, matrix[i]);
  return square;
}

// What a register becomes over `zero_bytes` bytes of zero, by repeated squaring (as zlib's crc32_combine).
uint64_t AdvanceOverZeros(uint64_t polynomial, uint64_t crc, uint64_t zero_bytes) {
  BitMatrix matrix{};
  matrix[0] = polynomial;
  for (size_t i = 1; i < matrix.size(); ++i) matrix[i] = uint64_t{1} << (i - 1);
  matrix = Square(Square(Square(matrix)));  // one byte
  for (; zero_bytes != 0; zero_bytes >>= 1) {
    if ((zero_bytes & 1) != 0) crc = Apply(matrix, crc);
    matrix = Square(matrix);
  }
  return crc;
}

uint64_t FromBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string ToBigEndian(uint64_t number, size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = size; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xff);
  return bytes;
}

}  // namespace

std::span<const ChecksumAlgorithm> ChecksumAlgorithms() { return kAlgorithms; }

const ChecksumAlgorithm* FindChecksum(std::string_view name_or_field) {
  const auto* found = std::ranges::find_if(kAlgorithms, [&](const ChecksumAlgorithm& each) {
    return SameName(each.name, name_or_field) || SameName(each.field, name_or_field);
  });
  return found != std::end(kAlgorithms) ? found : nullptr;
}

const ChecksumAlgorithm& DefaultChecksum() { return *FindChecksum("CRC64NVME"); }

void DescribeChecksum(Value& output, const Checksum& checksum) {
  const ChecksumAlgorithm* algorithm = FindChecksum(checksum.algorithm);
  if (algorithm == nullptr || checksum.value.empty()) return;
  output.Set(algorithm->member, checksum.value);
}

std::string CombineCrc(const ChecksumAlgorithm& algorithm, std::string_view first, std::string_view second,
                       uint64_t second_size) {
  const uint64_t advanced = AdvanceOverZeros(Polynomial(algorithm.digest), FromBigEndian(first), second_size);
  return ToBigEndian(advanced ^ FromBigEndian(second), algorithm.bytes);
}

std::string CompositeChecksum(const ChecksumAlgorithm& algorithm, std::span<const PartChecksum> parts) {
  codec::Digest digest(algorithm.digest);
  for (const PartChecksum& part : parts) digest.Update(codec::Base64Decode(part.value).value_or(""));
  return fmt::format("{}-{}", codec::Base64Encode(digest.Finish()), parts.size());
}

std::string FullChecksum(const ChecksumAlgorithm& algorithm, std::span<const PartChecksum> parts) {
  std::string whole(algorithm.bytes, '\0');
  for (const PartChecksum& part : parts) {
    whole = CombineCrc(algorithm, whole, codec::Base64Decode(part.value).value_or(""), part.size);
  }
  return codec::Base64Encode(whole);
}

}  // namespace opentrail::services::s3
