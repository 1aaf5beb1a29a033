#include "services/signin/sign_in.h"

#include <gtest/gtest.h>

#include "services/iam/iam_test_support.h"
#include "services/iam/totp.h"

namespace opentrail::services::signin {
namespace {

constexpr const char* kPassword = "Caf3-Martha!x";
constexpr const char* kToken = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr const char* kDevice = "arn:aws:iam::123456789012:mfa/phone";
constexpr const char* kSeed = "12345678901234567890";

class SignInTest : public testing::Test {
 protected:
  SignInTest() {
    Run([&](store::Transaction& transaction) {
      for (const store::Migration& migration : service_.migrations()) {
        transaction.connection().ExecuteScript(std::string(migration.sql));
      }
    });
    account_.MustIam("CreateUser", R"({"UserName":"martha"})");
    account_.MustIam("CreateLoginProfile", fmt::format(R"({{"UserName":"martha","Password":"{}"}})", kPassword));
    head_.fields.Add("host", "localhost:4566");
    head_.fields.Add("user-agent", "Mozilla/5.0");
    head_.peer.address = "203.0.113.9";
  }

  void Run(const std::function<void(store::Transaction&)>& work) {
    ASSERT_TRUE(account_.committer().Run([&](store::Transaction& transaction) { work(transaction); }).has_value());
  }

  SignInRequest Martha() {
    return {.root = false,
            .account = iam::kTestAccount,
            .user = "martha",
            .password = kPassword,
            .mfa_code = {},
            .new_password = {},
            .token = kToken};
  }

  SignInAnswer Try(const SignInRequest& request) {
    SignIn attempt(service_, request, head_);
    Run([&](store::Transaction& transaction) { attempt.Begin(transaction); });
    attempt.CheckPassword();
    SignInAnswer answer;
    Run([&](store::Transaction& transaction) { answer = attempt.Finish(transaction); });
    return answer;
  }

  // The records of sign-in, oldest first.
  std::vector<Value> Records() {
    std::vector<Value> records;
    Run([&](store::Transaction& transaction) {
      store::JournalRows rows(transaction.connection(), 0);
      while (rows.Next()) records.push_back(*codec::ParseJsonValue(rows.entry().record));
    });
    return records;
  }

  std::optional<std::string> Use(const std::string& cookie, std::string_view token, std::string_view next) {
    std::optional<std::string> key;
    Run([&](store::Transaction& transaction) {
      key = UseSession(transaction.connection(), cookie, token, next, account_.clock().Now());
    });
    return key;
  }

  void AddDevice() {
    Run([&](store::Transaction& transaction) {
      store::Connection& state = transaction.connection();
      const std::string sealed = account_.secrets().Seal(kSeed, std::string("iam.mfa ") + kDevice);
      state.Execute(
          "INSERT INTO iam_mfa_device (serial, seed, owner, enabled) SELECT ?, ?, id, 1 FROM iam_entity WHERE name = "
          "'martha'",
          kDevice, store::Blob{sealed});
    });
  }
  std::string Code() { return iam::TotpCode(kSeed, iam::TotpStep(account_.clock().Now())); }

  iam::TestAccount account_;
  SignInService service_{account_.environment(), account_.secrets(), account_.directory()};
  http::RequestHead head_;
};

TEST_F(SignInTest, AUserGetsASessionOfTheConsole) {
  const SignInAnswer answer = Try(Martha());
  ASSERT_EQ(answer.step, SignInStep::kSignedIn);
  EXPECT_EQ(answer.session.expires - account_.clock().Now(), kSessionLength);
  const auto key = Use(answer.session.cookie, kToken, "next-token-next-token-next-token-next");
  ASSERT_TRUE(key.has_value());
  const auto who = account_.Who(*key);
  EXPECT_EQ(who.user_name, "martha");
  ASSERT_TRUE(who.session.has_value());
  EXPECT_TRUE(who.session->from_console);
  EXPECT_FALSE(who.session->mfa_authenticated);
  const auto records = Records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0]["eventName"].Text(), "ConsoleLogin");
  EXPECT_EQ(records[0]["responseElements"]["ConsoleLogin"].Text(), "Success");
  EXPECT_EQ(records[0]["additionalEventData"]["MFAUsed"].Text(), "No");
  EXPECT_EQ(records[0]["userIdentity"]["userName"].Text(), "martha");
  EXPECT_FALSE(records[0]["userIdentity"].Has("accessKeyId"));
}

TEST_F(SignInTest, RootSignsInWithThePasswordThatWasMadeOnce) {
  std::string password;
  SystemRandom random;
  int asked = 0;
  const auto made = [&] {
    ++asked;
    return MakePassword(random);
  };
  Run([&](store::Transaction& transaction) { password = service_.EnsureRootPassword(transaction.connection(), made); });
  ASSERT_EQ(password.size(), 20U);
  Run([&](store::Transaction& transaction) {
    EXPECT_EQ(service_.EnsureRootPassword(transaction.connection(), made), "");
  });
  EXPECT_EQ(asked, 1);
  SignInRequest request = Martha();
  request.root = true;
  request.account = request.user = "";
  EXPECT_EQ(Try(request).step, SignInStep::kFailed);
  request.password = password;
  EXPECT_EQ(Try(request).step, SignInStep::kSignedIn);
  EXPECT_EQ(Records().back()["userIdentity"]["type"].Text(), "Root");
}

TEST_F(SignInTest, FailuresTellNobodyWhatWasWrongAndTheTrailWhoWasMeant) {
  SignInRequest wrong = Martha();
  wrong.password = "wrong";
  const SignInAnswer known = Try(wrong);
  wrong.user = "nobody";
  const SignInAnswer unknown = Try(wrong);
  wrong = Martha();
  wrong.account = "999999999999";
  EXPECT_EQ(Try(wrong).step, SignInStep::kFailed);
  EXPECT_EQ(known.step, SignInStep::kFailed);
  EXPECT_EQ(known.message, unknown.message);
  const auto records = Records();
  EXPECT_EQ(records[0]["responseElements"]["ConsoleLogin"].Text(), "Failure");
  EXPECT_EQ(records[0]["errorMessage"].Text(), "Failed authentication");
  EXPECT_FALSE(records[0].Has("errorCode"));
  EXPECT_EQ(records[0]["userIdentity"]["userName"].Text(), "martha");
  EXPECT_FALSE(records[0]["userIdentity"].Has("arn"));
  EXPECT_EQ(records[1]["errorMessage"].Text(), "No username found in supplied account");
  EXPECT_EQ(records[1]["userIdentity"]["userName"].Text(), "HIDDEN_DUE_TO_SECURITY_REASONS");
}

TEST_F(SignInTest, GuessingIsLockedOutForAWhileThatGrows) {
  SignInRequest wrong = Martha();
  wrong.password = "wrong";
  for (int i = 0; i < kUserFailures; ++i) EXPECT_EQ(Try(wrong).step, SignInStep::kFailed);
  EXPECT_EQ(Try(Martha()).step, SignInStep::kLocked);  // the right password does not help now
  head_.peer.address = "203.0.113.10";                 // elsewhere it does
  EXPECT_EQ(Try(Martha()).step, SignInStep::kSignedIn);
  head_.peer.address = "203.0.113.9";
  account_.clock().Advance(kFirstLock);
  EXPECT_EQ(Try(wrong).step, SignInStep::kFailed);
  account_.clock().Advance(kFirstLock);
  const SignInAnswer longer = Try(Martha());
  EXPECT_EQ(longer.step, SignInStep::kLocked);
  EXPECT_EQ(longer.wait, kFirstLock);  // a second minute of two
  account_.clock().Advance(kFirstLock);
  EXPECT_EQ(Try(Martha()).step, SignInStep::kSignedIn);
  EXPECT_EQ(Try(wrong).step, SignInStep::kFailed);  // counted anew
  EXPECT_EQ(Try(Martha()).step, SignInStep::kSignedIn);
}

TEST_F(SignInTest, ManyGuessesAtOnceGainNothing) {
  SignInRequest wrong = Martha();
  wrong.password = "wrong";
  std::vector<std::unique_ptr<SignIn>> attempts;
  for (int i = 0; i < 2 * kUserFailures; ++i) {
    attempts.push_back(std::make_unique<SignIn>(service_, wrong, head_));
    Run([&](store::Transaction& transaction) { attempts.back()->Begin(transaction); });
  }
  int checked = 0;
  for (const auto& attempt : attempts) {
    Run([&](store::Transaction& transaction) {
      if (attempt->Finish(transaction).step != SignInStep::kLocked) ++checked;
    });
  }
  EXPECT_EQ(checked, kUserFailures);
}

TEST_F(SignInTest, ADevicesCodeIsAskedForAndCountsOnce) {
  AddDevice();
  EXPECT_EQ(Try(Martha()).step, SignInStep::kNeedsMfa);
  EXPECT_EQ(Records().back()["eventName"].Text(), "CheckMfa");
  SignInRequest request = Martha();
  request.mfa_code = "000000";
  EXPECT_EQ(Try(request).step, SignInStep::kFailed);
  request.mfa_code = Code();
  const SignInAnswer answer = Try(request);
  ASSERT_EQ(answer.step, SignInStep::kSignedIn);
  EXPECT_EQ(Records().back()["additionalEventData"]["MFAUsed"].Text(), "Yes");
  EXPECT_EQ(Records().back()["additionalEventData"]["MFAIdentifier"].Text(), kDevice);
  const auto key = Use(answer.session.cookie, kToken, "next-token-next-token-next-token-next");
  EXPECT_TRUE(account_.Who(*key).session->mfa_authenticated);
  EXPECT_EQ(Try(request).step, SignInStep::kFailed);
}

TEST_F(SignInTest, APasswordThatMustBeChangedOpensNothing) {
  account_.MustIam("UpdateLoginProfile", R"({"UserName":"martha","PasswordResetRequired":true})");
  SignInRequest request = Martha();
  EXPECT_EQ(Try(request).step, SignInStep::kNeedsNewPassword);
  request.new_password = "Another-1!";
  const SignInAnswer answer = Try(request);  // the call inside is refused
  EXPECT_EQ(answer.step, SignInStep::kNeedsNewPassword);
  EXPECT_EQ(answer.message, "no calls inside");
}

TEST_F(SignInTest, ATokenCountsOnceAndACookieAloneOpensNothing) {
  const std::string cookie = Try(Martha()).session.cookie;
  const std::string second = "second-token-second-token-second-token";
  EXPECT_FALSE(Use(cookie, "", second));
  EXPECT_FALSE(Use(cookie, second, second));
  EXPECT_FALSE(Use("other", kToken, second));
  EXPECT_TRUE(Use(cookie, kToken, second));
  EXPECT_FALSE(Use(cookie, kToken, second));  // replayed
  EXPECT_TRUE(Use(cookie, second, kToken));
  account_.clock().Advance(kSessionLength);
  EXPECT_FALSE(Use(cookie, kToken, second));
}

TEST_F(SignInTest, SignedOutCredentialsAreWorthNothing) {
  const std::string cookie = Try(Martha()).session.cookie;
  const std::string next = "second-token-second-token-second-token";
  const auto key = Use(cookie, kToken, next);
  ASSERT_NE(account_.directory().FindCredential(*key), nullptr);
  Run([&](store::Transaction& transaction) { CloseSession(transaction, account_.directory(), *key); });
  EXPECT_EQ(account_.directory().FindCredential(*key), nullptr);
  EXPECT_FALSE(Use(cookie, next, kToken));
}

TEST(SignInRequestTest, SaysWhatIsMissingOrTooLong) {
  const auto error = [](std::string_view json) { return ParseSignInRequest(json).error().message; };
  EXPECT_EQ(error("[]"), "The request must be a JSON object");
  EXPECT_TRUE(error("{}").starts_with("password:"));
  EXPECT_TRUE(error(R"({"password":"x"})").starts_with("user:"));
  EXPECT_TRUE(error(R"({"password":"x","user":"u"})").starts_with("account:"));
  EXPECT_TRUE(error(R"({"password":"x","user":"u","account":"a"})").starts_with("token:"));
  EXPECT_TRUE(error(R"({"password":7})").starts_with("password:"));
  EXPECT_TRUE(error(fmt::format(R"({{"user":"{}"}})", std::string(300, 'u'))).starts_with("user:"));
  const auto root =
      ParseSignInRequest(fmt::format(R"({{"root":true,"user":"x","password":"p","token":"{}"}})", kToken));
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->user, "");
}

}  // namespace
}  // namespace opentrail::services::signin
