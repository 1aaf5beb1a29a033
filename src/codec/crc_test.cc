#include "codec/crc.h"

#include <string>

#include <gtest/gtest.h>

namespace opentrail::codec {
namespace {

// The check values of the catalogue of parametrised CRC algorithms.
TEST(CrcTest, HasTheKnownValues) {
  EXPECT_EQ(Crc32c(0, "123456789"), 0xe3069283U);
  EXPECT_EQ(Crc64Nvme(0, "123456789"), 0xae8b14860a799888ULL);
  EXPECT_EQ(Crc32c(0, std::string(32, '\0')), 0x8a9136aaU) << "RFC 3720, B.4";
  EXPECT_EQ(Crc32c(0, ""), 0U);
  EXPECT_EQ(Crc64Nvme(0, ""), 0U);
}

TEST(CrcTest, FoldingIsWhatTheTablesSay) {
  std::string bytes;
  uint32_t state = 1;
  for (int i = 0; i < 1500; ++i) bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const std::string_view text = std::string_view(bytes).substr(size % 17, size);
    ASSERT_EQ(Crc32c(7, text), Crc32cByTables(7, text)) << size;
    ASSERT_EQ(Crc64Nvme(7, text), Crc64NvmeByTables(7, text)) << size;
    const std::string_view first = text.substr(0, text.size() / 3);
    ASSERT_EQ(Crc32c(Crc32c(0, first), text.substr(first.size())), Crc32c(0, text)) << size;
    ASSERT_EQ(Crc64Nvme(Crc64Nvme(0, first), text.substr(first.size())), Crc64Nvme(0, text)) << size;
  }
}

}  // namespace
}  // namespace opentrail::codec
