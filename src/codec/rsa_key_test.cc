#include "codec/rsa_key.h"

#include <gtest/gtest.h>

#include "codec/text.h"

namespace opentrail::codec {
namespace {

TEST(RsaKey, SignsWhatItAloneVerifies) {
  const auto key = RsaKey::Generate(2048);
  ASSERT_TRUE(key);
  const std::string signature = key->SignSha256("text");
  EXPECT_EQ(signature.size(), 256u);
  EXPECT_TRUE(key->VerifySha256("text", signature));
  EXPECT_FALSE(key->VerifySha256("Text", signature));
  const auto other = RsaKey::Generate(2048);
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->VerifySha256("text", signature));
}

TEST(RsaKey, PublicPartIsPkcs1) {
  const auto key = RsaKey::Generate(2048);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->PublicDer().size(), 270u);
  EXPECT_TRUE(Base64Encode(key->PublicDer()).starts_with("MIIBCgKCAQEA"));
}

TEST(RsaKey, PrivatePartComesBack) {
  const auto key = RsaKey::Generate(2048);
  ASSERT_TRUE(key);
  const auto back = RsaKey::FromPrivateDer(key->PrivateDer());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->PublicDer(), key->PublicDer());
  EXPECT_TRUE(key->VerifySha256("m", back->SignSha256("m")));
  EXPECT_FALSE(RsaKey::FromPrivateDer("no key"));
  EXPECT_FALSE(RsaKey::FromPrivateDer(key->PublicDer()));
}

}  // namespace
}  // namespace opentrail::codec
