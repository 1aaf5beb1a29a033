#pragma once

#include <cstdint>
#include <string_view>

// Cyclic redundancy checks, reflected, as S3's checksums have them. Each takes the check of the bytes before (0: there
// are none) and gives that of all.
namespace opentrail::codec {

// CRC-32C: Castagnoli's, RFC 3720.
[[nodiscard]] uint32_t Crc32c(uint32_t crc, std::string_view bytes);
// CRC-64/NVME: NVM Express base specification.
[[nodiscard]] uint64_t Crc64Nvme(uint64_t crc, std::string_view bytes);

// The same by tables alone: for processors that multiply without carry in no instruction, and for tests.
[[nodiscard]] uint32_t Crc32cByTables(uint32_t crc, std::string_view bytes);
[[nodiscard]] uint64_t Crc64NvmeByTables(uint64_t crc, std::string_view bytes);

}  // namespace opentrail::codec
