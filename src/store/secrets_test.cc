#include "store/secrets.h"

#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/store_test_support.h"

namespace opentrail::store {
namespace {

class SecretsTest : public ::testing::Test {
 protected:
  TestDirectory directory_;
  SystemRandom random_;
  std::string path_ = directory_.Path("root.key");

  void WriteKey(const std::string& text, mode_t mode = 0600) {
    std::ofstream(path_) << text;
    chmod(path_.c_str(), mode);
  }
  ErrorCode OpenError() { return Secrets::Open(path_, random_).error().code; }
};

TEST_F(SecretsTest, MakesAKeyThatOnlyTheOwnerReadsAndFindsItAgain) {
  const auto made = Secrets::Open(path_, random_);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  struct stat info{};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(info.st_size, 65);
  const auto again = Secrets::Open(path_, random_);
  EXPECT_EQ((*again)->Unseal((*made)->Seal("secret", "p"), "p"), "secret");
}

TEST_F(SecretsTest, RefusesWhatIsNoKeyAndWhatOthersMayRead) {
  WriteKey("");
  EXPECT_EQ(OpenError(), ErrorCode::kCorrupt);
  WriteKey(std::string(63, 'a') + "\n");
  EXPECT_EQ(OpenError(), ErrorCode::kCorrupt);
  WriteKey(std::string(64, 'x'));
  EXPECT_EQ(OpenError(), ErrorCode::kCorrupt);
  WriteKey(std::string(64, 'a') + "\nmore");
  EXPECT_EQ(OpenError(), ErrorCode::kCorrupt);
  WriteKey(std::string(64, 'a') + "\n", 0640);
  EXPECT_EQ(OpenError(), ErrorCode::kInvalidArgument);
  WriteKey(std::string(64, 'a'), 0600);
  EXPECT_TRUE(Secrets::Open(path_, random_).has_value());
}

TEST_F(SecretsTest, ASealedTextOpensOnlyAsItWasSealed) {
  const auto secrets = Secrets::WithKey(std::string(Secrets::kKeyBytes, 'k'), random_);
  const std::string sealed = secrets->Seal("secret", "iam.access-key AKIA1");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(secrets->Unseal(sealed, "iam.access-key AKIA2").error().code, ErrorCode::kCorrupt);
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 0x80);
    EXPECT_FALSE(secrets->Unseal(changed, "iam.access-key AKIA1").has_value()) << i;
    EXPECT_FALSE(secrets->Unseal(sealed.substr(0, i), "iam.access-key AKIA1").has_value()) << i;
  }
  const auto other = Secrets::WithKey(std::string(Secrets::kKeyBytes, 'o'), random_);
  EXPECT_FALSE(other->Unseal(sealed, "iam.access-key AKIA1").has_value());
}

TEST_F(SecretsTest, SealsTheSameTextDifferentlyEachTime) {
  const auto secrets = Secrets::WithKey(std::string(Secrets::kKeyBytes, 'k'), random_);
  std::set<std::string> sealed;
  for (int i = 0; i < 100; ++i) sealed.insert(secrets->Seal("", "p"));
  EXPECT_EQ(sealed.size(), 100U);
}

}  // namespace
}  // namespace opentrail::store
