#include "codec/zstd_frame.h"

#include <gtest/gtest.h>

namespace opentrail::codec {
namespace {

TEST(ZstdFrame, WhatIsCompressedComesBack) {
  ZstdCompressor compressor(-5);
  ZstdDecompressor decompressor;
  for (const std::string& text : {std::string(), std::string("one"), std::string(300'000, 'r'), std::string("two")}) {
    const std::string frame(compressor.Compress(text));
    std::string got = "what was there before";
    ASSERT_TRUE(decompressor.Decompress(frame, text.size(), got).has_value());
    EXPECT_EQ(got, text);
  }
  EXPECT_LT(compressor.Compress(std::string(300'000, 'r')).size(), 1000U);
}

TEST(ZstdFrame, WhatIsNoWholeFrameIsRefused) {
  ZstdCompressor compressor(-5);
  ZstdDecompressor decompressor;
  const std::string text = "a text that somebody changes later on: " + std::string(1000, 'x');
  const std::string frame(compressor.Compress(text));
  std::string got;
  const auto code = [&](std::string_view bytes, size_t max_bytes = 1 << 20) {
    const Status status = decompressor.Decompress(bytes, max_bytes, got);
    return status ? std::optional<ErrorCode>() : status.error().code;
  };
  EXPECT_EQ(code(frame), std::nullopt);
  EXPECT_EQ(code(frame, text.size() - 1), ErrorCode::kLimitExceeded);
  for (size_t size = 0; size < frame.size(); ++size) {
    EXPECT_EQ(code(frame.substr(0, size)), ErrorCode::kCorrupt) << size;
  }
  EXPECT_EQ(code(frame + "more"), ErrorCode::kCorrupt);
  for (size_t i = 0; i < frame.size(); ++i) {
    std::string changed = frame;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    const Status status = decompressor.Decompress(changed, 1 << 20, got);
    EXPECT_TRUE(!status || got == text) << i;  // a bit of the header that says nothing
  }
  EXPECT_EQ(code(frame), std::nullopt);  // a failure leaves nothing behind
}

}  // namespace
}  // namespace opentrail::codec
