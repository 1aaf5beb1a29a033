#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "iam/evaluation.h"
#include "protocol/model.h"
#include "services/iam/iam_service.h"
#include "services/sts/sts_service.h"
#include "store/committer.h"
#include "store/migration.h"
#include "store/store_test_support.h"

namespace opentrail::services::iam {

constexpr const char* kTestAccount = "123456789012";

class NoInsideCalls final : public InsideCalls {
 public:
  AwsResult<Reply> Invoke(store::Transaction&, InsideCall) override {
    return AwsFailure("InternalFailure", "{}", "no calls inside");
  }
};

// An account of IAM and STS alone, as the gateway would drive it: authorise, handle, commit.
class TestAccount {
 public:
  TestAccount() {
    auto state = store::Connection::Open(directory_.Path("account.db"));
    std::vector<store::Migration> migrations;
    for (const Service* service : {static_cast<Service*>(&iam()), static_cast<Service*>(&sts())}) {
      migrations.insert(migrations.end(), service->migrations().begin(), service->migrations().end());
    }
    const auto journal = store::JournalMigrations();
    migrations.insert(migrations.end(), journal.begin(), journal.end());
    EXPECT_TRUE(store::Migrate(*state, migrations).has_value());
    committer_ = *store::Committer::Start(std::move(*state));
    (void)committer_->Run([&](store::Transaction& transaction) {
      EXPECT_TRUE(iam().Initialize(transaction).has_value());
      root_key_ = iam().root_credentials();
    });
  }

  IamService& iam() {
    if (!iam_) iam_ = std::make_unique<IamService>(environment(), *secrets_, directory());
    return *iam_;
  }
  [[nodiscard]] ManualClock& clock() { return clock_; }
  [[nodiscard]] IdentityDirectory& directory() {
    if (!identities_) {
      identities_ = std::make_unique<IdentityDirectory>(
          kTestAccount, *store::Connection::Open(directory_.Path("account.db"), store::OpenMode::kReadOnly), *secrets_);
    }
    return *identities_;
  }
  [[nodiscard]] const IamService::RootCredentials& root_key() const { return root_key_; }
  [[nodiscard]] opentrail::iam::Principal Root() { return Who(root_key_.access_key_id); }
  // Who holds the key; fails the test where nobody does.
  [[nodiscard]] opentrail::iam::Principal Who(std::string_view key) {
    const auto credential = directory().FindCredential(key);
    EXPECT_NE(credential, nullptr) << key;
    return credential ? credential->principal : opentrail::iam::Principal{};
  }

  AwsResult<Value> CallAs(const opentrail::iam::Principal& who, std::string_view service, std::string_view operation,
                          const std::string& input) {
    AwsResult<Value> answer = AwsFailure("Test", "{}", "not run");
    Service& target = service == "iam" ? static_cast<Service&>(iam()) : static_cast<Service&>(sts());
    const Handler* handler = nullptr;
    for (const Handler& candidate : target.handlers()) {
      if (candidate.operation == operation) handler = &candidate;
    }
    if (handler == nullptr) return AwsFailure("InvalidAction", "{}", operation);
    Call call;
    call.operation = protocol::FindService(service)->Find(operation);
    call.account_id = kTestAccount;
    call.region = "us-east-1";
    call.principal = who;
    call.now = clock_.Now();
    call.input = *codec::ParseJsonValue(input);
    if (handler->prepare != nullptr) (void)handler->prepare(target, call);
    (void)committer_->Run([&](store::Transaction& transaction) {
      answer = Execute(*handler, target, call, transaction);
      EXPECT_TRUE(transaction.connection().status().has_value()) << transaction.connection().status().error().message;
      if (!answer) transaction.RollBackState();
    });
    return answer;
  }
  AwsResult<Value> Iam(std::string_view operation, const std::string& input) {
    return CallAs(Root(), "iam", operation, input);
  }
  // The answer's text; fails the test on an error.
  Value MustIam(std::string_view operation, const std::string& input) {
    auto answer = Iam(operation, input);
    EXPECT_TRUE(answer.has_value()) << operation << ": " << (answer ? "" : answer.error().message);
    return answer ? *answer : Value();
  }
  // "Code: message"
  std::string IamError(std::string_view operation, const std::string& input) { return ErrorOf(Iam(operation, input)); }
  static std::string ErrorOf(const AwsResult<Value>& answer) {
    return answer ? "no error" : answer.error().code + ": " + answer.error().message;
  }
  // A user with an access key: whose calls are made by CallAs(Who(key), ...).
  std::string MakeUser(const std::string& name) {
    MustIam("CreateUser", R"({"UserName":")" + name + R"("})");
    const Value key = MustIam("CreateAccessKey", R"({"UserName":")" + name + R"("})");
    return std::string(key["AccessKey"]["AccessKeyId"].Text());
  }
  [[nodiscard]] store::Secrets& secrets() { return *secrets_; }
  [[nodiscard]] store::Committer& committer() { return *committer_; }
  [[nodiscard]] Environment environment() { return {kTestAccount, clock_, random_, inside_}; }

 private:
  AwsResult<Value> Execute(const Handler& handler, Service& target, Call& call, store::Transaction& transaction) {
    if (handler.authorize != nullptr) {
      auto requests = handler.authorize(target, call, transaction.connection());
      if (!requests) return std::unexpected(requests.error());
      const auto policies = directory().PoliciesOf(call.principal);
      for (const auto& request : *requests) {
        const auto decision = Evaluate(call.principal, *policies, request);
        if (decision.verdict == opentrail::iam::Verdict::kAllowed) continue;
        return std::unexpected(AwsError{"AccessDenied", DenialMessage(call.principal, request, decision), 403});
      }
    }
    auto reply = handler.handle(target, call, transaction);
    if (!reply) return std::unexpected(reply.error());
    return std::move(reply->output);
  }

  sts::StsService& sts() {
    if (!sts_) sts_ = std::make_unique<sts::StsService>(environment(), *secrets_, directory());
    return *sts_;
  }
  store::TestDirectory directory_;
  ManualClock clock_{Time(std::chrono::milliseconds(1'795'424'462'000))};
  SeededRandom random_{7};
  NoInsideCalls inside_;
  std::unique_ptr<store::Secrets> secrets_ = store::Secrets::WithKey(std::string(32, 'k'), random_);
  std::unique_ptr<IdentityDirectory> identities_;
  std::unique_ptr<IamService> iam_;
  std::unique_ptr<sts::StsService> sts_;
  IamService::RootCredentials root_key_;
  std::unique_ptr<store::Committer> committer_;
};

}  // namespace opentrail::services::iam
