#include "codec/inflate.h"

#include <bzlib.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <string>
#include <vector>

#include "codec/inflate_harness.h"

namespace opentrail::codec {
namespace {

Bytes BytesOf(std::string_view text) { return {text.begin(), text.end()}; }

Bytes Zstd(std::string_view text) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);  // as the command line tool does
  Bytes out(ZSTD_compressBound(text.size()));
  out.resize(ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return out;
}

Bytes Bzip2(std::string_view text) {
  std::string in(text);
  Bytes out(text.size() + text.size() / 100 + 600);
  auto size = static_cast<unsigned>(out.size());
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size, in.data(),
                                     static_cast<unsigned>(in.size()), 9, 0, 0),
            BZ_OK);
  out.resize(size);
  return out;
}

struct Read {
  std::string text;
  std::optional<InflateFault> fault;
};

// As a file is read: pieces of input, and room that has nothing to do with them.
Read Stream(const Bytes& in, size_t piece_bytes, InflateLimits limits = {}) {
  const auto stream = NewInflateStream(CompressionOf(in), limits);
  Read read;
  Bytes room(1000);
  for (size_t begin = 0, end = 0;;) {
    end = std::min(in.size(), std::max(end, begin + piece_bytes));
    const bool is_end = end == in.size();
    const auto piece = stream->Inflate(std::span(in).subspan(begin, end - begin), is_end, room);
    begin += piece.consumed;
    read.text.append(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(piece.written));
    read.fault = piece.fault;
    if (read.fault || (is_end && piece.written == 0 && begin == end)) return read;
    if (piece.written == 0 && piece.consumed == 0) end += piece_bytes;
  }
}

struct Form {
  Compression compression;
  Bytes (*compress)(std::string_view text);
};

class InflateStreams : public testing::TestWithParam<Form> {
 protected:
  [[nodiscard]] Bytes Compressed(std::string_view text) const { return GetParam().compress(text); }
  [[nodiscard]] std::string Name() const { return std::string(CompressionName(GetParam().compression)); }
};

TEST_P(InflateStreams, ReadsMembersAsOneText) {
  const std::string text = Noise(300'000);
  const Bytes in = Joined(Compressed("first "), Joined(Compressed(""), Compressed(text)));
  for (const size_t piece : {1, 7, 1000, 1 << 20}) {
    const Read read = Stream(in, piece);
    EXPECT_FALSE(read.fault) << piece;
    EXPECT_EQ(read.text, "first " + text) << piece;
  }
}

TEST_P(InflateStreams, IsToldByItsFirstBytes) {
  EXPECT_EQ(CompressionOf(Compressed("some text")), GetParam().compression);
  EXPECT_EQ(CompressionOf(Compressed("")), GetParam().compression);
}

TEST_P(InflateStreams, EveryCutIsNamed) {
  const Bytes whole = Compressed(Noise(200));
  for (size_t size = 10; size < whole.size(); ++size) {
    const Read read = Stream(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), 1000);
    ASSERT_TRUE(read.fault) << size;
    EXPECT_EQ(read.fault->kind, InflateFaultKind::kCutOff) << size;
    EXPECT_EQ(read.fault->offset, size);
    EXPECT_EQ(Noise(200).substr(0, read.text.size()), read.text) << size;
  }
}

TEST_P(InflateStreams, NamesGarbageBehindTheText) {
  const Bytes whole = Compressed("whole");
  const Read read = Stream(Joined(whole, BytesOf("trash, and more of it")), 1000);
  EXPECT_EQ(read.text, "whole");
  ASSERT_TRUE(read.fault);
  EXPECT_EQ(read.fault->kind, InflateFaultKind::kGarbage);
  EXPECT_EQ(read.fault->offset, whole.size());
  EXPECT_NE(read.fault->message.find(Name()), std::string::npos);
}

TEST_P(InflateStreams, NamesDamage) {
  const Bytes first = Compressed("good");
  Bytes damaged = Compressed(Noise(50'000));
  damaged[damaged.size() / 2] ^= 0x10;
  const Read read = Stream(Joined(first, damaged), 1000);
  EXPECT_EQ(read.text.substr(0, 4), "good");
  ASSERT_TRUE(read.fault);
  EXPECT_EQ(read.fault->kind, InflateFaultKind::kDamaged);
  EXPECT_GE(read.fault->offset, first.size());
}

TEST_P(InflateStreams, StopsAtItsBounds) {
  const Bytes bomb = Compressed(std::string(20 << 20, 'x'));
  const Read by_ratio = Stream(bomb, 1 << 16, {.max_ratio = 100});
  ASSERT_TRUE(by_ratio.fault);
  EXPECT_EQ(by_ratio.fault->kind, InflateFaultKind::kLimit);
  EXPECT_NE(by_ratio.fault->message.find("max_ratio"), std::string::npos);
  EXPECT_LT(by_ratio.text.size(), kRatioFree + 2000);
  const Read by_size = Stream(bomb, 1 << 16, {.max_inflated_bytes = 5000, .max_ratio = UINT32_MAX});
  ASSERT_TRUE(by_size.fault);
  EXPECT_NE(by_size.fault->message.find("5000 bytes (max_inflated_bytes)"), std::string::npos);
  EXPECT_LT(by_size.text.size(), 7000U);
}

INSTANTIATE_TEST_SUITE_P(Forms, InflateStreams,
                         testing::Values(Form{Compression::kZstd, Zstd}, Form{Compression::kBzip2, Bzip2}),
                         [](const auto& test) { return std::string(CompressionName(test.param.compression)); });

TEST(InflateStream, PassesOverSkippableFrames) {
  const Bytes skippable = {0x57, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
  EXPECT_EQ(CompressionOf(skippable), Compression::kZstd);
  const Read read = Stream(Joined(skippable, Joined(Zstd("text"), skippable)), 4);
  EXPECT_FALSE(read.fault) << read.fault->message;
  EXPECT_EQ(read.text, "text");
}

TEST(InflateStream, RefusesAWindowThatTakesTooMuch) {
  // A frame whose descriptor asks for a window of 2^30 bytes.
  const Bytes frame = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 20 << 3, 0x01, 0x00, 0x00, 0x00};
  const Read read = Stream(frame, 1000);
  ASSERT_TRUE(read.fault);
  EXPECT_EQ(read.fault->kind, InflateFaultKind::kDamaged);
}

TEST(InflateStream, TextsAreNotTakenForCompressed) {
  for (const char* text : {"", "B", "BZ", "BZh9", "BZh91AY&SX and so on", "BZh0 whatever it is", "{\"a\":1}", "P*M"}) {
    EXPECT_EQ(CompressionOf(BytesOf(text)), Compression::kNone) << text;
  }
  EXPECT_EQ(CompressionOf(BytesOf("\x1f\x8b")), Compression::kGzip);
}

}  // namespace
}  // namespace opentrail::codec
