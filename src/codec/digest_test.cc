#include "codec/digest.h"

#include <gtest/gtest.h>

#include "codec/text.h"

namespace opentrail::codec {
namespace {

std::string Hex(const std::string& bytes) { return HexEncode(bytes); }

TEST(DigestTest, EmptyAndShortTextsAreTheStandards) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Hex(Md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
}

// RFC 4231 and RFC 2202; a context is kept from one key to the next, so the keys take turns.
TEST(DigestTest, MacsFollowTheirKeyWhateverTheLastOneWas) {
  const std::string ones(20, '\x0b');
  const std::string longer(131, '\xaa');
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Hex(HmacSha256(ones, "Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(Hex(HmacSha256(longer, "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(Hex(HmacSha256("", "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    EXPECT_EQ(Hex(HmacSha256(std::string_view(), "")),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    EXPECT_EQ(Hex(HmacSha1(ones, "Hi There")), "b617318655057264e28bc0b6fb378c8ef146be00");
    EXPECT_EQ(Hex(HmacSha1("Jefe", "what do ya want for nothing?")), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  }
}

TEST(DigestTest, PiecesGiveWhatTheWholeGives) {
  for (const auto algorithm : {DigestAlgorithm::kMd5, DigestAlgorithm::kSha1, DigestAlgorithm::kSha256,
                               DigestAlgorithm::kCrc32, DigestAlgorithm::kCrc32c, DigestAlgorithm::kCrc64Nvme}) {
    Digest whole(algorithm), pieces(algorithm);
    whole.Update("the quick brown fox");
    for (const char c : std::string_view("the quick brown fox")) pieces.Update({&c, 1});
    EXPECT_EQ(Hex(whole.Finish()), Hex(pieces.Finish()));
  }
  Digest crc(DigestAlgorithm::kCrc32c);
  crc.Update("123456789");
  EXPECT_EQ(Hex(crc.Finish()), "e3069283");
}

}  // namespace
}  // namespace opentrail::codec
