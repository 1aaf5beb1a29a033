#include <unistd.h>
#include "codec/text.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "services/ec2/ec2_test_support.h"
#include "services/ec2/key_material.h"

namespace opentrail::services::ec2 {
namespace {

using KeyPairTest = Ec2Test;

TEST_F(KeyPairTest, MaterialComesOnceInTheFormThatWasAskedFor) {
  const auto make = [&](std::string_view name, std::string_view type, std::string_view format) {
    return Ok("CreateKeyPair", R"({"KeyName":")" + std::string(name) + R"(","KeyType":")" + std::string(type) +
                                   R"(","KeyFormat":")" + std::string(format) + R"("})");
  };
  const Value rsa = make("a", "rsa", "pem");
  EXPECT_TRUE(rsa["KeyMaterial"].Text().starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
  EXPECT_EQ(rsa["KeyFingerprint"].Text().size(), 59u) << "twenty bytes with colons";
  EXPECT_TRUE(make("b", "ed25519", "pem")["KeyMaterial"].Text().starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
  EXPECT_TRUE(make("c", "rsa", "ppk")["KeyMaterial"].Text().starts_with("PuTTY-User-Key-File-2: ssh-rsa\r\n"));
  EXPECT_TRUE(make("d", "ed25519", "ppk")["KeyMaterial"].Text().starts_with("PuTTY-User-Key-File-2: ssh-ed25519\r\n"));
  EXPECT_EQ(Fault("CreateKeyPair", R"({"KeyName":"a"})"), "InvalidKeyPair.Duplicate: The keypair already exists");
  for (const Value& pair : Ok("DescribeKeyPairs", "{}")["KeyPairs"].elements()) EXPECT_FALSE(pair.Has("KeyMaterial"));
}

TEST_F(KeyPairTest, AnImportedPairIsTheOneThatWasMade) {
  const auto made = MakeKeyMaterial(KeyType::kEd25519, KeyFormat::kPem, "k", random_);
  ASSERT_TRUE(made.has_value());
  const auto read = ReadPublicKey(made->public_key + " someone@somewhere");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->fingerprint, made->fingerprint);
  EXPECT_EQ(read->public_key, made->public_key);
  for (const std::string_view wrong : {"", "ssh-rsa", "ssh-rsa !", "ssh-dss AAAA", "ssh-ed25519 AAAA", "ssh-rsa AAAA"})
    EXPECT_FALSE(ReadPublicKey(wrong).has_value()) << wrong;
}

TEST_F(KeyPairTest, HostKeysAreWhatSshKeygenWouldShow) {
  if (std::system("command -v ssh-keygen >/dev/null") != 0)
    GTEST_SKIP() << "no ssh-keygen: apt-get install openssh-client";
  const auto keys = MakeHostKeys(random_);
  ASSERT_EQ(keys.size(), 2u);
  for (const instances::HostKey& key : keys) {
    char name[] = "/tmp/opentrail-host-key-XXXXXX";
    close(mkstemp(name));
    std::ofstream(name) << key.private_key << '\n';
    std::ofstream(std::string(name) + ".pub") << key.public_key << '\n';
    const auto read = [&](const std::string& options) {
      FILE* output = popen(("ssh-keygen " + options + name).c_str(), "r");
      std::string text(4096, '\0');
      text.resize(fread(text.data(), 1, text.size(), output));
      pclose(output);
      return text;
    };
    // What it says of a key without a comment differs by its version.
    const std::string fingerprint = key.fingerprint.substr(0, key.fingerprint.find(" no comment"));
    EXPECT_TRUE(read("-lf ").starts_with(fingerprint + " ")) << key.type << ": " << key.fingerprint;
    EXPECT_EQ(read("-yf ").substr(0, key.public_key.size()), key.public_key);
    unlink(name);
    unlink((std::string(name) + ".pub").c_str());
  }
}

TEST_F(KeyPairTest, APemIsTheSameKeyAsPpk) {
  const auto pem = MakeKeyMaterial(KeyType::kRsa, KeyFormat::kPem, "k", random_);
  ASSERT_TRUE(pem.has_value());
  const auto ppk = PpkFromPem(pem->private_key, "k");
  ASSERT_TRUE(ppk.has_value());
  // The public part of both: lines of 64 characters there, one line here.
  std::string lines = ppk->substr(ppk->find("Public-Lines"), ppk->find("Private-Lines") - ppk->find("Public-Lines"));
  lines.erase(0, lines.find('\n') + 1);
  std::erase_if(lines, [](char c) { return c == '\r' || c == '\n'; });
  EXPECT_EQ("ssh-rsa " + lines, pem->public_key);
  for (const std::string_view wrong : {"", "-----BEGIN RSA PRIVATE KEY-----\n"}) EXPECT_FALSE(PpkFromPem(wrong, "k"));
}

TEST_F(KeyPairTest, DeletingWhatIsNotThereIsWell) {
  Ok("CreateKeyPair", R"({"KeyName":"k","KeyType":"ed25519"})");
  EXPECT_TRUE(Ok("DeleteKeyPair", R"({"KeyName":"k"})").Has("KeyPairId"));
  EXPECT_FALSE(Ok("DeleteKeyPair", R"({"KeyName":"k"})").Has("KeyPairId"));
  EXPECT_EQ(Fault("DescribeKeyPairs", R"({"KeyNames":["k"]})"),
            "InvalidKeyPair.NotFound: The key pair 'k' does not exist");
}

}  // namespace
}  // namespace opentrail::services::ec2
