#include "services/sts/sts_service.h"

#include "services/iam/iam_test_support.h"
#include "services/iam/totp.h"

namespace opentrail::services::sts {
namespace {

using iam::TestAccount;

std::string Trust(const std::string& principal, const std::string& condition = "") {
  std::string document = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":")" + principal +
                         R"("},"Action":["sts:AssumeRole","sts:TagSession"])" + condition + "}}";
  std::string escaped;
  for (const char c : document) escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
  return R"({"RoleName":"R","AssumeRolePolicyDocument":")" + escaped + R"("})";
}

constexpr const char* kAssume = R"({"RoleArn":"arn:aws:iam::123456789012:role/R","RoleSessionName":"s"})";
constexpr const char* kUser = "arn:aws:iam::123456789012:user/chaos";

TEST(Sts, TellsWhoCalls) {
  TestAccount account;
  const auto key = account.MakeUser("chaos");
  const auto identity = account.CallAs(account.Who(key), "sts", "GetCallerIdentity", "{}");
  ASSERT_TRUE(identity.has_value());
  EXPECT_EQ((*identity)["Arn"].Text(), kUser);
  EXPECT_EQ((*identity)["Account"].Text(), "123456789012");
}

TEST(Sts, AssumesARoleThatTrustsTheUser) {
  TestAccount account;
  const auto key = account.MakeUser("chaos");
  account.MustIam("CreateRole", Trust(kUser));
  const auto assumed = account.CallAs(account.Who(key), "sts", "AssumeRole", kAssume);
  ASSERT_TRUE(assumed.has_value()) << assumed.error().message;
  EXPECT_EQ((*assumed)["AssumedRoleUser"]["Arn"].Text(), "arn:aws:sts::123456789012:assumed-role/R/s");
  const auto session = account.directory().FindCredential((*assumed)["Credentials"]["AccessKeyId"].Text());
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->session_token, (*assumed)["Credentials"]["SessionToken"].Text());
  EXPECT_EQ(session->principal.type, opentrail::iam::PrincipalType::kAssumedRole);
  EXPECT_EQ(session->principal.session->issuer->user_name, "R");
  // The session may do what the role may, at once.
  EXPECT_FALSE(account.CallAs(session->principal, "iam", "ListUsers", "{}").has_value());
  account.MustIam("AttachRolePolicy", R"({"RoleName":"R","PolicyArn":"arn:aws:iam::aws:policy/IAMReadOnlyAccess"})");
  EXPECT_TRUE(account.CallAs(session->principal, "iam", "ListUsers", "{}").has_value());
}

TEST(Sts, RefusesWhereTheRoleDoesNotTrust) {
  TestAccount account;
  const auto key = account.MakeUser("chaos");
  const std::string refused =
      "AccessDenied: User: arn:aws:iam::123456789012:user/chaos is not authorized to perform: sts:AssumeRole on "
      "resource: arn:aws:iam::123456789012:role/R";
  const auto assume = [&](const char* input) {
    return TestAccount::ErrorOf(account.CallAs(account.Who(key), "sts", "AssumeRole", input));
  };
  EXPECT_EQ(assume(kAssume), refused);  // no such role
  account.MustIam("CreateRole", Trust("123456789012", R"(,"Condition":{"StringEquals":{"sts:ExternalId":"42"}})"));
  EXPECT_EQ(assume(kAssume), refused);
  constexpr const char* kWithId =
      R"({"RoleArn":"arn:aws:iam::123456789012:role/R","RoleSessionName":"s","ExternalId":"42"})";
  EXPECT_EQ(assume(kWithId), refused);  // the account is trusted: the user's own policy must allow, too
  account.MustIam("AttachUserPolicy",
                  R"({"UserName":"chaos","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"})");
  EXPECT_EQ(assume(kWithId), "no error");
  EXPECT_EQ(TestAccount::ErrorOf(account.CallAs(account.Root(), "sts", "AssumeRole", kWithId)),
            "AccessDenied: Roles may not be assumed by root accounts.");
}

TEST(Sts, BoundsSessions) {
  TestAccount account;
  const auto key = account.MakeUser("chaos");
  account.MustIam("CreateRole", Trust(kUser));
  EXPECT_EQ(TestAccount::ErrorOf(account.CallAs(
                account.Who(key), "sts", "AssumeRole",
                R"({"RoleArn":"arn:aws:iam::123456789012:role/R","RoleSessionName":"s","DurationSeconds":7200})")),
            "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  const auto limited = account.CallAs(
      account.Who(key), "sts", "AssumeRole",
      R"({"RoleArn":"arn:aws:iam::123456789012:role/R","RoleSessionName":"s","Tags":[{"Key":"k","Value":"v"}],)"
      R"("PolicyArns":[{"arn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}]})");
  ASSERT_TRUE(limited.has_value()) << limited.error().message;
  EXPECT_GT((*limited)["PackedPolicySize"].Integer(0), 0);
  account.MustIam("AttachRolePolicy", R"({"RoleName":"R","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"})");
  const auto who = account.Who((*limited)["Credentials"]["AccessKeyId"].Text());
  EXPECT_EQ(who.tags.size(), 1U);
  EXPECT_NE(TestAccount::ErrorOf(account.CallAs(who, "iam", "ListUsers", "{}")).find("no session policy allows"),
            std::string::npos);
}

TEST(Sts, GivesTheUsersOwnSessions) {
  TestAccount account;
  const auto key = account.MakeUser("chaos");
  account.MustIam("AttachUserPolicy",
                  R"({"UserName":"chaos","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"})");
  const auto session = account.CallAs(account.Who(key), "sts", "GetSessionToken", "{}");
  ASSERT_TRUE(session.has_value());
  const auto who = account.Who((*session)["Credentials"]["AccessKeyId"].Text());
  EXPECT_EQ(who.arn, kUser);
  EXPECT_EQ(TestAccount::ErrorOf(account.CallAs(who, "sts", "GetSessionToken", "{}")),
            "AccessDenied: Cannot call GetSessionToken with session credentials");
  EXPECT_EQ(TestAccount::ErrorOf(account.CallAs(who, "iam", "ListUsers", "{}")),
            "InvalidClientTokenId: The security token included in the request is invalid");
  const auto federated = account.CallAs(account.Who(key), "sts", "GetFederationToken", R"({"Name":"guest"})");
  ASSERT_TRUE(federated.has_value()) << federated.error().message;
  const auto guest = account.Who((*federated)["Credentials"]["AccessKeyId"].Text());
  EXPECT_EQ(guest.arn, "arn:aws:sts::123456789012:federated-user/guest");
  EXPECT_EQ(guest.session->issuer->user_name, "chaos");
  EXPECT_TRUE(account.directory().PoliciesOf(guest)->session.has_value());
}

}  // namespace
}  // namespace opentrail::services::sts
