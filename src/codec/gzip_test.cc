#include "codec/gzip.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <string>
#include <vector>

#include "codec/inflate_harness.h"

namespace opentrail::codec {
namespace {

Bytes Gzip(std::string_view text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  Bytes out(libdeflate_gzip_compress_bound(compressor, text.size()));
  out.resize(libdeflate_gzip_compress(compressor, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

class Target final : public InflateTarget {
 public:
  uint8_t* Reserve(size_t, size_t bytes) override {
    if (bytes_.size() < bytes) bytes_.resize(bytes);
    return bytes_.data();
  }
  std::vector<uint8_t> bytes_;
};

struct Read {
  std::string text;
  Inflated result;
};

Read Inflate(const Bytes& in, InflateLimits limits = {}) {
  GzipInflater inflater;
  Target target;
  Read read;
  read.result = inflater.Inflate(in, limits, target);
  read.text.assign(reinterpret_cast<const char*>(target.bytes_.data()), read.result.bytes);
  return read;
}

TEST(Gzip, ReadsMembersAsOneText) {
  Read read = Inflate(Joined(Gzip("first "), Joined(Gzip(""), Gzip(Noise(100'000)))));
  EXPECT_FALSE(read.result.fault);
  EXPECT_EQ(read.text, "first " + Noise(100'000));
}

TEST(Gzip, IgnoresZerosAfterTheLastMember) { EXPECT_FALSE(Inflate(Joined(Gzip("x"), Bytes(512))).result.fault); }

TEST(Gzip, NamesGarbageAfterTheLastMember) {
  Bytes member = Gzip("whole");
  Read read = Inflate(Joined(member, {'t', 'r', 'a', 's', 'h'}));
  EXPECT_EQ(read.text, "whole");
  ASSERT_TRUE(read.result.fault);
  EXPECT_EQ(read.result.fault->kind, InflateFaultKind::kGarbage);
  EXPECT_EQ(read.result.fault->offset, member.size());
}

TEST(Gzip, NamesWhatIsNoGzip) {
  EXPECT_EQ(Inflate({'{', '}'}).result.fault->kind, InflateFaultKind::kGarbage);
  EXPECT_TRUE(Inflate({}).result.fault);
}

TEST(Gzip, GivesWhatStandsBeforeTheCut) {
  std::string text = Noise(300'000);
  Bytes whole = Gzip(text);
  Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
  Read read = Inflate(Joined(Gzip("before "), cut));
  ASSERT_TRUE(read.result.fault);
  EXPECT_EQ(read.result.fault->kind, InflateFaultKind::kCutOff);
  EXPECT_TRUE(read.result.is_prefix);
  EXPECT_GT(read.text.size(), 100'000U);
  EXPECT_EQ(read.text, ("before " + text).substr(0, read.text.size()));
}

TEST(Gzip, EveryCutIsNamed) {
  Bytes whole = Gzip(Noise(200));
  for (size_t size = 1; size < whole.size(); ++size) {
    Read read = Inflate(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_TRUE(read.result.fault) << size;
    EXPECT_EQ(Noise(200).substr(0, read.text.size()), read.text) << size;
  }
}

TEST(Gzip, GivesNothingOfADamagedMember) {
  Bytes damaged = Gzip(Noise(50'000));
  damaged[damaged.size() / 2] ^= 0x10;
  Bytes first = Gzip("good");
  Read read = Inflate(Joined(first, damaged));
  EXPECT_EQ(read.text, "good");
  ASSERT_TRUE(read.result.fault);
  EXPECT_EQ(read.result.fault->kind, InflateFaultKind::kDamaged);
  EXPECT_GE(read.result.fault->offset, first.size());
}

TEST(Gzip, ChecksTheChecksum) {
  Bytes damaged = Gzip("some text");
  damaged[damaged.size() - 8] ^= 1;
  EXPECT_EQ(Inflate(damaged).result.fault->kind, InflateFaultKind::kDamaged);
}

TEST(Gzip, KeepsToItsBounds) {
  Bytes bomb = Gzip(std::string(50 << 20, 'a'));
  Read by_size = Inflate(bomb, {.max_inflated_bytes = 1 << 20, .max_ratio = 100'000});
  EXPECT_EQ(by_size.result.fault->kind, InflateFaultKind::kLimit);
  EXPECT_NE(by_size.result.fault->message.find("max_inflated_bytes"), std::string::npos);
  Read by_ratio = Inflate(bomb, {.max_inflated_bytes = 1 << 30, .max_ratio = 100});
  EXPECT_NE(by_ratio.result.fault->message.find("max_ratio"), std::string::npos);
  EXPECT_FALSE(Inflate(bomb, {.max_inflated_bytes = 1 << 30, .max_ratio = 2000}).result.fault);
}

TEST(Gzip, DoesNotTrustTheTrailersSize) {
  Bytes lying = Gzip(std::string(100'000, 'x'));
  for (size_t i = lying.size() - 4; i < lying.size(); ++i) lying[i] = 0xFF;
  EXPECT_LE(InflatedSizeHint(lying), lying.size() * 1032);
  EXPECT_TRUE(Inflate(lying).result.fault);
}

Read Stream(const Bytes& in, size_t piece_bytes, InflateLimits limits = {}) {
  const auto stream = NewGzipStream(limits);
  Read read;
  Bytes room(777);
  size_t at = 0;
  size_t end = 0;
  while (true) {
    end = std::max(end, std::min(in.size(), at + piece_bytes));
    auto piece = stream->Inflate(std::span(in).subspan(at, end - at), end == in.size(), room);
    read.text.append(reinterpret_cast<const char*>(room.data()), piece.written);
    at += piece.consumed;
    read.result.fault = piece.fault;
    if (piece.fault || (piece.written == 0 && piece.consumed == 0 && end == in.size())) return read;
    if (piece.written == 0 && piece.consumed == 0) end = std::min(in.size(), end + piece_bytes);
  }
}

TEST(GzipStream, ReadsAsTheWholeReaderDoes) {
  Bytes in = Joined(Joined(Gzip(Noise(20'000)), Gzip("second")), Bytes(9));
  for (size_t piece : {1U, 7U, 1000U, 1U << 20}) {
    Read read = Stream(in, piece);
    EXPECT_FALSE(read.result.fault) << piece;
    EXPECT_EQ(read.text, Noise(20'000) + "second") << piece;
  }
}

TEST(GzipStream, NamesCutsGarbageAndBounds) {
  Bytes whole = Gzip(Noise(20'000));
  Bytes cut(whole.begin(), whole.end() - 100);
  EXPECT_EQ(Stream(cut, 100).result.fault->kind, InflateFaultKind::kCutOff);
  EXPECT_EQ(Stream(Joined(whole, {'x'}), 100).result.fault->kind, InflateFaultKind::kGarbage);
  Read bomb = Stream(Gzip(std::string(30 << 20, 'a')), 1000, {.max_inflated_bytes = 2 << 20, .max_ratio = 100'000});
  EXPECT_EQ(bomb.result.fault->kind, InflateFaultKind::kLimit);
  EXPECT_LT(bomb.text.size(), 3U << 20);
}

}  // namespace
}  // namespace opentrail::codec
