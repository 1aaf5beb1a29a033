#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "iam/evaluation.h"
#include "services/iam/entity.h"
#include "services/iam/iam_service.h"
#include "services/kms/kms_service.h"

// An account with KMS in memory: calls are authorised and handled as the gateway does it.
namespace opentrail::services::kms {

class NoInsideCalls final : public InsideCalls {
 public:
  AwsResult<Reply> Invoke(store::Transaction& /*transaction*/, InsideCall call) override {
    return AwsFailure("InternalFailure", "KMS calls {}", call.operation);
  }
};

class KmsTest : public ::testing::Test {
 protected:
  KmsTest() {
    EXPECT_TRUE(store::Migrate(state_, iam::IamService::Migrations()).has_value());
    EXPECT_TRUE(store::Migrate(state_, service_.migrations()).has_value());
    for (const char* name : {"alice", "bob"}) {
      iam::StoreEntity(state_,
                       {.kind = iam::EntityKind::kUser, .id = name + std::string("-id"), .name = name, .path = "/"});
    }
    user_ = {.type = opentrail::iam::PrincipalType::kIamUser,
             .account_id = kAccount,
             .principal_id = "AIDA1",
             .arn = "arn:aws:iam::123456789012:user/alice",
             .user_name = "alice"};
    user_policies_.identity = {
        *opentrail::iam::Policy::Parse(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*",)"
                                       R"("Resource":"*"}})",
                                       opentrail::iam::PolicyKind::kIdentity)};
  }

  // The call's answer, or its error; what a failed call changed is undone.
  AwsResult<Reply> Invoke(std::string_view operation, Value input) {
    Call call{.operation = protocol::FindService("kms")->Find(operation)};
    call.account_id = kAccount;
    call.region = region_;
    call.principal = user_;
    call.invoked_by = invoked_by_;
    call.now = clock_.Now();
    call.input = std::move(input);
    for (const Handler& handler : service_.handlers()) {
      if (handler.operation == operation) return Run(handler, call);
    }
    return AwsFailure("NoHandler", "{}", operation);
  }
  Value Ok(std::string_view operation, Value input) {
    auto reply = Invoke(operation, std::move(input));
    EXPECT_TRUE(reply.has_value()) << operation << ": " << reply.error().code << ": " << reply.error().message;
    return reply ? std::move(reply->output) : Value();
  }
  // "Code: message"; "" where it went well.
  std::string Fault(std::string_view operation, Value input) {
    const auto reply = Invoke(operation, std::move(input));
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }
  std::string CreateKey(Value input = Value::Object()) {
    return std::string(Ok("CreateKey", std::move(input))["KeyMetadata"]["KeyId"].Text());
  }
  static std::string Arn(std::string_view id) { return "arn:aws:kms:us-east-1:123456789012:key/" + std::string(id); }
  static Value KeyId(std::string_view id) { return Value::Object({{"KeyId", id}}); }

  static constexpr const char* kAccount = "123456789012";
  ManualClock clock_{Time(std::chrono::milliseconds(1'772'625'600'000))};
  SeededRandom random_{1};
  NoInsideCalls inside_;
  std::unique_ptr<store::Secrets> secrets_ = store::Secrets::WithKey(std::string(32, 'k'), random_);
  store::Connection state_ = std::move(*store::Connection::Open(":memory:"));
  KmsService service_{{kAccount, clock_, random_, inside_}, *secrets_};
  opentrail::iam::Principal user_;
  opentrail::iam::IdentityPolicies user_policies_;
  std::string region_ = "us-east-1";
  std::string invoked_by_;

 private:
  AwsResult<Reply> Run(const Handler& handler, Call& call) {
    auto requests = handler.authorize(service_, call, state_);
    if (!requests) return std::unexpected(std::move(requests.error()));
    for (auto& request : *requests) {
      const auto decision = Evaluate(call.principal, user_policies_, request);
      if (decision.verdict != opentrail::iam::Verdict::kAllowed) {
        return AwsFailure("AccessDeniedException", "{}", DenialMessage(call.principal, request, decision));
      }
    }
    state_.Execute("SAVEPOINT test");
    store::Transaction transaction(state_);
    auto reply = handler.handle(service_, call, transaction);
    if (!reply) state_.Execute("ROLLBACK TO test");
    state_.Execute("RELEASE test");
    EXPECT_TRUE(state_.status().has_value()) << state_.status().error().message;
    return reply;
  }
};

}  // namespace opentrail::services::kms
