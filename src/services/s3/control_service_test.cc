#include "services/s3/control_service.h"

#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "services/s3/schema.h"

namespace opentrail::services::s3 {
namespace {

class ControlServiceTest : public ::testing::Test {
 protected:
  ControlServiceTest() { EXPECT_TRUE(store::Migrate(state_, Migrations()).has_value()); }

  AwsResult<Reply> Invoke(std::string_view operation, std::string_view json) {
    Call call{.operation = protocol::FindService("s3control")->Find(operation)};
    call.account_id = "123456789012";
    call.input = codec::ParseJsonValue(json).value_or(Value());
    const Handler* handler = FindHandler(service_, operation);
    if (auto requests = handler->authorize(service_, call, state_)) {
      action_ = requests->at(0).action;
      resource_ = requests->at(0).resource;
    }
    store::Transaction transaction(state_);
    return handler->handle(service_, call, transaction);
  }

  S3ControlService service_;
  store::Connection state_ = std::move(*store::Connection::Open(":memory:"));
  std::string action_, resource_;
};

constexpr std::string_view kAccount = R"({"AccountId":"123456789012"})";

TEST_F(ControlServiceTest, TheAccountsBlockIsPutReadAndTakenAway) {
  const auto none = Invoke("GetPublicAccessBlock", kAccount);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, "NoSuchPublicAccessBlockConfiguration");
  EXPECT_EQ(none.error().http_status, 404);
  EXPECT_EQ(action_, "s3:GetAccountPublicAccessBlock");
  EXPECT_EQ(resource_, "*");
  ASSERT_TRUE(Invoke("PutPublicAccessBlock", R"({"AccountId":"123456789012","PublicAccessBlockConfiguration":
      {"BlockPublicAcls":true,"RestrictPublicBuckets":true}})")
                  .has_value());
  EXPECT_EQ(action_, "s3:PutAccountPublicAccessBlock");
  const auto block = Invoke("GetPublicAccessBlock", kAccount);
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(
      codec::WriteJson(block->output["PublicAccessBlockConfiguration"]),
      R"({"BlockPublicAcls":true,"IgnorePublicAcls":false,"BlockPublicPolicy":false,"RestrictPublicBuckets":true})");
  ASSERT_TRUE(Invoke("DeletePublicAccessBlock", kAccount).has_value());
  EXPECT_EQ(action_, "s3:PutAccountPublicAccessBlock");
  EXPECT_FALSE(Invoke("GetPublicAccessBlock", kAccount).has_value());
}

TEST_F(ControlServiceTest, AnotherAccountsBlockIsNotOurs) {
  for (const std::string_view operation : {"GetPublicAccessBlock", "PutPublicAccessBlock", "DeletePublicAccessBlock"}) {
    const auto reply = Invoke(operation, R"({"AccountId":"210987654321"})");
    ASSERT_FALSE(reply.has_value()) << operation;
    EXPECT_EQ(reply.error().code, "AccessDenied") << operation;
  }
}

}  // namespace
}  // namespace opentrail::services::s3
