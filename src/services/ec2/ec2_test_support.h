#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "services/ec2/ec2_service.h"
#include "services/kms/key.h"

// An account with EC2 in memory: handlers are run as the gateway runs them, by an allowed caller.
namespace opentrail::services::ec2 {

// KMS as EC2 calls it: any name is a key's, unless it refuses.
class FakeKms final : public InsideCalls {
 public:
  AwsResult<Reply> Invoke(store::Transaction& /*transaction*/, InsideCall call) override {
    seen.push_back(std::string(call.operation) + " " + codec::WriteJson(call.input["EncryptionContext"]) + " for " +
                   call.invoked_by);
    if (!refusal.empty()) return AwsFailure("AccessDeniedException", "{}", refusal);
    const std::string arn = KeyArn(call.input["KeyId"].Text());
    if (call.operation == "DescribeKey") {
      return Reply{.output = Value::Object({{"KeyMetadata", Value::Object({{"Arn", arn}, {"KeyState", key_state}})}})};
    }
    return Reply{.output = Value::Object({{"KeyId", arn}, {"CiphertextBlob", Value::Blob("sealed")}})};
  }
  static std::string KeyArn(std::string_view key) {
    if (key == "alias/aws/ebs") {
      Call call;
      call.account_id = "123456789012";
      call.region = "us-east-1";
      return kms::PredefinedKey(call, key)->arn;
    }
    return key.starts_with("arn:") ? std::string(key) : "arn:aws:kms:us-east-1:123456789012:key/" + std::string(key);
  }

  std::string refusal;
  std::string key_state = "Enabled";
  std::vector<std::string> seen;
};

class Ec2Test : public ::testing::Test {
 protected:
  Ec2Test() { EXPECT_TRUE(store::Migrate(state_, service_.migrations()).has_value()); }

  // Input as JSON, by the model's names. What a failed call changed is undone.
  AwsResult<Reply> Invoke(std::string_view operation, std::string_view json) {
    return InvokeOn(service_, operation, json);
  }
  AwsResult<Reply> InvokeOn(Ec2Service& service, std::string_view operation, std::string_view json) {
    auto input = codec::ParseJsonValue(json);
    EXPECT_TRUE(input.has_value()) << json;
    Call call{.operation = protocol::FindService("ec2")->Find(operation)};
    call.account_id = "123456789012";
    call.region = region_;
    call.principal = {.type = opentrail::iam::PrincipalType::kRoot, .account_id = call.account_id};
    call.now = clock_.Now();
    call.input = input ? std::move(*input) : Value();
    for (const Handler& handler : service.handlers()) {
      if (handler.operation == operation) return Run(service, handler, call);
    }
    return AwsFailure("NoHandler", "{}", operation);
  }
  Value Ok(std::string_view operation, std::string_view json) {
    auto reply = Invoke(operation, json);
    EXPECT_TRUE(reply.has_value()) << operation << " " << json << ": " << reply.error().code << ": "
                                   << reply.error().message;
    return reply ? std::move(reply->output) : Value();
  }
  // "Code: message"; "" where it went well.
  std::string Fault(std::string_view operation, std::string_view json) {
    const auto reply = Invoke(operation, json);
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }
  // The same with $ in the input as the group's id.
  static std::string With(std::string text, const std::string& id) {
    for (size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at + id.size()))
      text.replace(at, 1, id);
    return text;
  }
  std::string Group(std::string_view name) {
    const Value made = Ok("CreateSecurityGroup", R"({"GroupName":")" + std::string(name) + R"(","Description":"d"})");
    return std::string(made["GroupId"].Text());
  }

  ManualClock clock_{Time(std::chrono::milliseconds(1'772'625'600'000))};
  SeededRandom random_{1};
  FakeKms kms_;
  RecordOnlyHosts hosts_;
  store::Connection state_ = std::move(*store::Connection::Open(":memory:"));
  Ec2Service service_{{"123456789012", clock_, random_, kms_}, hosts_};
  std::string region_ = "us-east-1";

 private:
  AwsResult<Reply> Run(Ec2Service& service, const Handler& handler, Call& call) {
    if (auto requests = handler.authorize(service, call, state_); !requests) return std::unexpected(requests.error());
    if (handler.prepare != nullptr) {
      if (auto ready = handler.prepare(service, call); !ready) return std::unexpected(ready.error());
    }
    state_.Execute("SAVEPOINT test");
    store::Transaction transaction(state_);
    auto reply = handler.handle(service, call, transaction);
    if (!reply) state_.Execute("ROLLBACK TO test");
    state_.Execute("RELEASE test");
    EXPECT_TRUE(state_.status().has_value()) << state_.status().error().message;
    return reply;
  }
};

}  // namespace opentrail::services::ec2
