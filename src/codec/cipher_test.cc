#include "codec/cipher.h"

#include <gtest/gtest.h>

#include "codec/text.h"

namespace opentrail::codec {
namespace {

std::string Hex(std::string_view text) { return *HexDecode(text); }

// NIST CAVP gcmEncryptExtIV256, test case 16 of the GCM specification (McGrew and Viega).
TEST(CipherTest, AgreesWithThePublishedVector) {
  Cipher cipher(Hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const std::string nonce = Hex("cafebabefacedbaddecaf888");
  const std::string aad = Hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string plaintext =
      Hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
          "b16aedf5aa0de657ba637b39");
  std::string sealed;
  cipher.Seal(nonce, aad, plaintext, sealed);
  EXPECT_EQ(HexEncode(sealed),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
            "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(cipher.Open(nonce, aad, sealed), plaintext);
}

TEST(CipherTest, RefusesWhatDiffersInAnyByte) {
  Cipher cipher(std::string(kCipherKeyBytes, 'k'));
  const std::string nonce(kCipherNonceBytes, 'n');
  std::string sealed;
  cipher.Seal(nonce, "aad", "text", sealed);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(cipher.Open(nonce, "aad", changed).has_value()) << i;
  }
  EXPECT_FALSE(cipher.Open(nonce, "aae", sealed).has_value());
  EXPECT_FALSE(cipher.Open(nonce, "aad", sealed.substr(1)).has_value());
  EXPECT_FALSE(cipher.Open(nonce, "aad", "short").has_value());
  EXPECT_EQ(cipher.Open(nonce, "aad", sealed), "text");
}

TEST(CipherTest, AppendsAndSealsNothingToo) {
  Cipher cipher(std::string(kCipherKeyBytes, 'k'));
  std::string sealed = "head";
  cipher.Seal(std::string(kCipherNonceBytes, 'n'), "", "", sealed);
  ASSERT_EQ(sealed.size(), 4 + kCipherTagBytes);
  EXPECT_EQ(cipher.Open(std::string(kCipherNonceBytes, 'n'), "", sealed.substr(4)), "");
}

}  // namespace
}  // namespace opentrail::codec
