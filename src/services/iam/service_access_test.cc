#include "services/iam/service_access.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "services/iam/iam_test_support.h"

namespace opentrail::services::iam {
namespace {

class ServiceAccessTest : public ::testing::Test {
 protected:
  ServiceAccessTest() { Allow("chaos", R"(["ec2:Describe*","ec2:StopInstances","s3:*"])"); }

  void Allow(const std::string& user, const std::string& actions) {
    keys_[user] = account_.MakeUser(user);
    account_.MustIam("PutUserPolicy", R"({"UserName":")" + user +
                                          R"(","PolicyName":"p","PolicyDocument":"{\"Version\":\"2012-10-17\",)" +
                                          R"(\"Statement\":[{\"Effect\":\"Allow\",\"Action\":)" + Escaped(actions) +
                                          R"(,\"Resource\":\"*\"}]}"})");
  }
  static std::string Escaped(const std::string& json) {
    std::string text;
    for (const char c : json) text += c == '"' ? std::string("\\\"") : std::string(1, c);
    return text;
  }
  // A call as the gateway notes it.
  void Use(const std::string& user, std::string_view service, std::string_view operation,
           const std::string& region = "us-east-1") {
    Call call{.operation = protocol::FindService(service)->Find(operation)};
    call.region = region;
    call.now = account_.clock().Now();
    call.principal = account_.Who(keys_[user]);
    (void)account_.committer().Run([&](store::Transaction& transaction) {
      NoteServiceAccess(transaction.connection(), AccessingEntity(call.principal), call);
    });
  }
  Value Report(const std::string& arn, const std::string& granularity = "SERVICE_LEVEL") {
    const Value made = account_.MustIam("GenerateServiceLastAccessedDetails",
                                        R"({"Arn":")" + arn + R"(","Granularity":")" + granularity + R"("})");
    job_ = made["JobId"].Text();
    return account_.MustIam("GetServiceLastAccessedDetails", R"({"JobId":")" + job_ + R"("})");
  }
  static Value Of(const Value& report, std::string_view space) {
    for (const Value& service : report["ServicesLastAccessed"].elements()) {
      if (service["ServiceNamespace"].Text() == space) return service;
    }
    return {};
  }
  static std::string UserArn(const std::string& user) { return "arn:aws:iam::123456789012:user/" + user; }

  TestAccount account_;
  std::map<std::string, std::string> keys_;
  std::string job_;
};

TEST_F(ServiceAccessTest, AUsersReportHasWhatItMayUseAndWhenItDid) {
  Use("chaos", "ec2", "DescribeInstances");
  account_.clock().Advance(std::chrono::hours(1));
  const Time last = account_.clock().Now();
  Use("chaos", "ec2", "StopInstances", "eu-west-1");
  const Value report = Report(UserArn("chaos"));
  EXPECT_EQ(report["JobStatus"].Text(), "COMPLETED");
  EXPECT_EQ(report["JobType"].Text(), "SERVICE_LEVEL");
  EXPECT_EQ(report["ServicesLastAccessed"].elements().size(), 2U) << "what no policy allows is not listed";
  const Value ec2 = Of(report, "ec2");
  EXPECT_EQ(ec2["ServiceName"].Text(), "Amazon EC2");
  EXPECT_EQ(ec2["LastAuthenticated"].Timestamp(), last);
  EXPECT_EQ(ec2["LastAuthenticatedRegion"].Text(), "eu-west-1");
  EXPECT_EQ(ec2["LastAuthenticatedEntity"].Text(), UserArn("chaos"));
  EXPECT_EQ(ec2["TotalAuthenticatedEntities"].Integer(0), 1);
  EXPECT_FALSE(ec2.Has("TrackedActionsLastAccessed"));
  const Value s3 = Of(report, "s3");
  EXPECT_FALSE(s3.Has("LastAuthenticated"));
  EXPECT_EQ(s3["TotalAuthenticatedEntities"].Integer(-1), 0);
}

TEST_F(ServiceAccessTest, ActionsAreListedWhereTheyAreAskedFor) {
  Use("chaos", "ec2", "DescribeInstances");
  const Value report = Report(UserArn("chaos"), "ACTION_LEVEL");
  EXPECT_EQ(report["JobType"].Text(), "ACTION_LEVEL");
  EXPECT_FALSE(Of(report, "s3").Has("TrackedActionsLastAccessed"));
  const Value ec2 = Of(report, "ec2");
  const auto& actions = ec2["TrackedActionsLastAccessed"].elements();
  const auto find = [&](std::string_view name) {
    return std::ranges::find_if(actions, [&](const Value& action) { return action["ActionName"].Text() == name; });
  };
  ASSERT_NE(find("DescribeInstances"), actions.end());
  EXPECT_EQ((*find("DescribeInstances"))["LastAccessedTime"].Timestamp(), account_.clock().Now());
  EXPECT_EQ((*find("DescribeInstances"))["LastAccessedEntity"].Text(), UserArn("chaos"));
  ASSERT_NE(find("StopInstances"), actions.end());
  EXPECT_FALSE((*find("StopInstances")).Has("LastAccessedTime")) << "allowed and never used";
  EXPECT_EQ(find("RunInstances"), actions.end()) << "not allowed";
}

TEST_F(ServiceAccessTest, GroupsAndPoliciesSumTheirUsersUp) {
  Allow("faythe", R"("kms:*")");
  account_.MustIam("CreateGroup", R"({"GroupName":"team"})");
  for (const char* user : {"chaos", "faythe"})
    account_.MustIam("AddUserToGroup", std::string(R"({"GroupName":"team","UserName":")") + user + R"("})");
  const std::string policy = "arn:aws:iam::aws:policy/AdministratorAccess";
  account_.MustIam("AttachGroupPolicy", R"({"GroupName":"team","PolicyArn":")" + policy + R"("})");
  Use("chaos", "kms", "Decrypt");
  account_.clock().Advance(std::chrono::hours(1));
  Use("faythe", "kms", "Encrypt");
  for (const std::string& arn : {std::string("arn:aws:iam::123456789012:group/team"), policy}) {
    const Value report = Report(arn);
    EXPECT_EQ(report["ServicesLastAccessed"].elements().size(), 8U) << arn;
    EXPECT_EQ(Of(report, "kms")["TotalAuthenticatedEntities"].Integer(0), 2) << arn;
    EXPECT_EQ(Of(report, "kms")["LastAuthenticatedEntity"].Text(), UserArn("faythe")) << arn;
  }
}

TEST_F(ServiceAccessTest, SessionsOfARoleCountForTheRole) {
  opentrail::iam::Principal session{.type = opentrail::iam::PrincipalType::kAssumedRole,
                                    .principal_id = "AROA1:session"};
  session.session.emplace();
  session.session->issuer = {.type = "Role", .principal_id = "AROA1"};
  EXPECT_EQ(AccessingEntity(session), "AROA1");
  EXPECT_EQ(AccessingEntity(account_.Root()), "");
  session.type = opentrail::iam::PrincipalType::kFederatedUser;
  session.session->issuer = {.type = "Root", .principal_id = "123456789012"};
  EXPECT_EQ(AccessingEntity(session), "");
}

TEST_F(ServiceAccessTest, ReportsPageAndEnd) {
  Report(UserArn("chaos"));
  const std::string id = R"({"JobId":")" + job_ + R"(","MaxItems":1)";
  const Value first = account_.MustIam("GetServiceLastAccessedDetails", id + "}");
  EXPECT_TRUE(first["IsTruncated"].Boolean());
  const Value second = account_.MustIam("GetServiceLastAccessedDetails",
                                        id + R"(,"Marker":")" + std::string(first["Marker"].Text()) + R"("})");
  EXPECT_EQ(second["ServicesLastAccessed"].elements().at(0)["ServiceNamespace"].Text(), "s3");
  account_.clock().Advance(std::chrono::hours(24 * 7));
  EXPECT_TRUE(account_.IamError("GetServiceLastAccessedDetails", id + "}").starts_with("NoSuchEntity"));
}

TEST_F(ServiceAccessTest, WhatIsNobodysIsRefused) {
  const auto fault = [&](const std::string& arn) {
    const std::string error = account_.IamError("GenerateServiceLastAccessedDetails", R"({"Arn":")" + arn + R"("})");
    return error.substr(0, error.find(':'));
  };
  EXPECT_EQ(fault("arn:aws:iam::123456789012:user/nobody"), "NoSuchEntity");
  EXPECT_EQ(fault("arn:aws:iam::aws:policy/NoSuchPolicy"), "NoSuchEntity");
  EXPECT_EQ(fault("arn:aws:s3:::a-bucket-of-mine"), "InvalidInput");
}

TEST_F(ServiceAccessTest, WhoIsMadeAnewHasDoneNothing) {
  Use("chaos", "ec2", "DescribeInstances");
  account_.MustIam("DeleteUserPolicy", R"({"UserName":"chaos","PolicyName":"p"})");
  account_.MustIam("DeleteAccessKey", R"({"UserName":"chaos","AccessKeyId":")" + keys_["chaos"] + R"("})");
  account_.MustIam("DeleteUser", R"({"UserName":"chaos"})");
  Allow("chaos", R"("ec2:*")");
  EXPECT_FALSE(Of(Report(UserArn("chaos")), "ec2").Has("LastAuthenticated"));
}

}  // namespace
}  // namespace opentrail::services::iam
