#include "services/iam/iam_service.h"

#include <algorithm>
#include <sstream>

#include "codec/text.h"
#include "services/iam/iam_test_support.h"
#include "services/iam/password.h"
#include "services/iam/totp.h"

namespace opentrail::services::iam {
namespace {

constexpr const char* kAllowAll =
    R"({\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}})";
constexpr const char* kTrust =
    R"({\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}})";

std::string With(std::string text, const std::string& document) {
  text.replace(text.find('@'), 1, document);
  return text;
}

TEST(IamService, EveryHandlerIsInTheModelAndInOrder) {
  TestAccount account;
  const protocol::Service* model = protocol::FindService("iam");
  ASSERT_NE(model, nullptr);
  const auto handlers = account.iam().handlers();
  EXPECT_TRUE(std::ranges::is_sorted(handlers, {}, &Handler::operation));
  for (const Handler& handler : handlers) EXPECT_NE(model->Find(handler.operation), nullptr) << handler.operation;
}

TEST(IamUsers, AreMadeNamedAndFound) {
  TestAccount account;
  const Value made =
      account.MustIam("CreateUser", R"({"UserName":"chaos","Path":"/lab/","Tags":[{"Key":"a","Value":"b"}]})");
  EXPECT_EQ(made["User"]["Arn"].Text(), "arn:aws:iam::123456789012:user/lab/chaos");
  EXPECT_TRUE(made["User"]["UserId"].Text().starts_with("AIDA"));
  EXPECT_EQ(made["User"]["UserId"].Text().size(), 21U);
  EXPECT_EQ(account.IamError("CreateUser", R"({"UserName":"CHAOS"})"),
            "EntityAlreadyExists: User with name CHAOS already exists.");
  EXPECT_EQ(account.MustIam("GetUser", R"({"UserName":"Chaos"})")["User"]["Tags"].elements().size(), 1U);
  account.MustIam("UpdateUser", R"({"UserName":"chaos","NewUserName":"order"})");
  EXPECT_EQ(account.IamError("GetUser", R"({"UserName":"chaos"})"),
            "NoSuchEntity: The user with name chaos cannot be found.");
  EXPECT_EQ(account.MustIam("GetUser", R"({"UserName":"order"})")["User"]["UserId"], made["User"]["UserId"]);
  EXPECT_EQ(account.MustIam("GetUser", "{}")["User"]["Arn"].Text(), "arn:aws:iam::123456789012:root");
}

TEST(IamUsers, AreListedInPages) {
  TestAccount account;
  for (const char* name : {"a", "b", "c"}) {
    account.MustIam("CreateUser", R"({"UserName":")" + std::string(name) + R"("})");
  }
  const Value first = account.MustIam("ListUsers", R"({"MaxItems":2})");
  EXPECT_EQ(first["Users"].elements().size(), 2U);
  EXPECT_TRUE(first["IsTruncated"].Boolean());
  const std::string marker(first["Marker"].Text());
  const Value second = account.MustIam("ListUsers", R"({"MaxItems":2,"Marker":")" + marker + R"("})");
  ASSERT_EQ(second["Users"].elements().size(), 1U);
  EXPECT_EQ(second["Users"].elements()[0]["UserName"].Text(), "c");
  EXPECT_FALSE(second["IsTruncated"].Boolean());
  EXPECT_EQ(account.IamError("ListGroups", R"({"Marker":")" + marker + R"("})"), "ValidationError: Invalid Marker.");
  EXPECT_EQ(account.IamError("ListUsers", R"({"Marker":"x"})"), "ValidationError: Invalid Marker.");
}

TEST(IamUsers, CannotBeDeletedWhileTheyHoldAnything) {
  TestAccount account;
  const std::string key = account.MakeUser("chaos");
  account.MustIam("CreateLoginProfile", R"({"UserName":"chaos","Password":"Correct-Horse-1"})");
  account.MustIam("CreateGroup", R"({"GroupName":"g"})");
  account.MustIam("AddUserToGroup", R"({"GroupName":"g","UserName":"chaos"})");
  account.MustIam("AttachUserPolicy",
                  R"({"UserName":"chaos","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"})");
  account.MustIam("PutUserPolicy", With(R"({"UserName":"chaos","PolicyName":"p","PolicyDocument":"@"})", kAllowAll));
  const std::string who = R"({"UserName":"chaos"})";
  const std::string must = "DeleteConflict: Cannot delete entity, must ";
  EXPECT_EQ(account.IamError("DeleteUser", who), must + "delete policies first.");
  account.MustIam("DeleteUserPolicy", R"({"UserName":"chaos","PolicyName":"p"})");
  EXPECT_EQ(account.IamError("DeleteUser", who), must + "detach all policies first.");
  account.MustIam("DetachUserPolicy",
                  R"({"UserName":"chaos","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"})");
  EXPECT_EQ(account.IamError("DeleteUser", who), must + "delete access keys first.");
  account.MustIam("DeleteAccessKey", R"({"UserName":"chaos","AccessKeyId":")" + key + R"("})");
  EXPECT_EQ(account.IamError("DeleteUser", who), must + "delete login profile first.");
  account.MustIam("DeleteLoginProfile", who);
  EXPECT_EQ(account.IamError("DeleteUser", who), must + "remove users from group first.");
  account.MustIam("RemoveUserFromGroup", R"({"GroupName":"g","UserName":"chaos"})");
  account.MustIam("DeleteUser", who);
  EXPECT_EQ(account.directory().FindCredential(key), nullptr);
}

TEST(IamAccessKeys, AreKnownAtOnceAndGoneAtOnce) {
  TestAccount account;
  const std::string key = account.MakeUser("chaos");
  EXPECT_EQ(account.Who(key).arn, "arn:aws:iam::123456789012:user/chaos");
  const auto credential = account.directory().FindCredential(key);
  EXPECT_EQ(credential->secret_access_key.size(), 40U);
  account.MustIam("UpdateAccessKey", R"({"UserName":"chaos","Status":"Inactive","AccessKeyId":")" + key + R"("})");
  EXPECT_FALSE(account.directory().FindCredential(key)->active);
  account.MustIam("CreateAccessKey", R"({"UserName":"chaos"})");
  EXPECT_EQ(account.IamError("CreateAccessKey", R"({"UserName":"chaos"})"),
            "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2");
  account.MustIam("DeleteAccessKey", R"({"UserName":"chaos","AccessKeyId":")" + key + R"("})");
  EXPECT_EQ(account.directory().FindCredential(key), nullptr);
  EXPECT_EQ(account.IamError("DeleteAccessKey", R"({"UserName":"chaos","AccessKeyId":")" + key + R"("})"),
            "NoSuchEntity: The Access Key with id " + key + " cannot be found.");
}

TEST(IamPolicies, DecideWhatAUserMay) {
  TestAccount account;
  const std::string key = account.MakeUser("chaos");
  const auto list = [&] { return TestAccount::ErrorOf(account.CallAs(account.Who(key), "iam", "ListUsers", "{}")); };
  EXPECT_EQ(list(),
            "AccessDenied: User: arn:aws:iam::123456789012:user/chaos is not authorized to perform: iam:ListUsers on "
            "resource: arn:aws:iam::123456789012:user/ because no identity-based policy allows the iam:ListUsers "
            "action");
  account.MustIam("CreateGroup", R"({"GroupName":"g"})");
  account.MustIam("AddUserToGroup", R"({"GroupName":"g","UserName":"chaos"})");
  account.MustIam("AttachGroupPolicy", R"({"GroupName":"g","PolicyArn":"arn:aws:iam::aws:policy/IAMReadOnlyAccess"})");
  EXPECT_EQ(list(), "no error");
  account.MustIam("PutUserPermissionsBoundary",
                  R"({"UserName":"chaos","PermissionsBoundary":"arn:aws:iam::aws:policy/AmazonS3FullAccess"})");
  EXPECT_NE(list().find("because no permissions boundary allows"), std::string::npos);
  account.MustIam("DeleteUserPermissionsBoundary", R"({"UserName":"chaos"})");
  EXPECT_EQ(list(), "no error");
}

TEST(IamPolicies, HaveVersions) {
  TestAccount account;
  const Value made =
      account.MustIam("CreatePolicy", With(R"({"PolicyName":"p","Path":"/x/","PolicyDocument":"@"})", kAllowAll));
  const std::string arn(made["Policy"]["Arn"].Text());
  EXPECT_EQ(arn, "arn:aws:iam::123456789012:policy/x/p");
  const std::string of = R"({"PolicyArn":")" + arn + R"(")";
  for (int i = 0; i < 4; ++i) account.MustIam("CreatePolicyVersion", With(of + R"(,"PolicyDocument":"@"})", kAllowAll));
  EXPECT_TRUE(account.IamError("CreatePolicyVersion", With(of + R"(,"PolicyDocument":"@"})", kAllowAll))
                  .starts_with("LimitExceeded: A managed policy can have up to 5 versions."));
  account.MustIam("SetDefaultPolicyVersion", of + R"(,"VersionId":"v3"})");
  EXPECT_EQ(account.MustIam("GetPolicy", of + "}")["Policy"]["DefaultVersionId"].Text(), "v3");
  EXPECT_EQ(account.IamError("DeletePolicyVersion", of + R"(,"VersionId":"v3"})"),
            "DeleteConflict: Cannot delete the default version of a policy.");
  const Value version = account.MustIam("GetPolicyVersion", of + R"(,"VersionId":"v1"})");
  EXPECT_TRUE(codec::UriDecode(version["PolicyVersion"]["Document"].Text())->starts_with("{\"Version\""));
  EXPECT_TRUE(account.IamError("DeletePolicy", of + "}").starts_with("DeleteConflict: This policy has more than one"));
  for (const char* id : {"v1", "v2", "v4", "v5"}) {
    account.MustIam("DeletePolicyVersion", of + R"(,"VersionId":")" + id + R"("})");
  }
  account.MustIam("DeletePolicy", of + "}");
  EXPECT_EQ(account.IamError("GetPolicy", of + "}"), "NoSuchEntity: Policy " + arn + " was not found.");
}

TEST(IamPolicies, OfAwsAreListedAndParse) {
  TestAccount account;
  const Value listed = account.MustIam("ListPolicies", R"({"Scope":"AWS","MaxItems":1000})");
  EXPECT_GE(listed["Policies"].elements().size(), 16U);
  for (const Value& policy : listed["Policies"].elements()) {
    const std::string of = R"({"PolicyArn":")" + std::string(policy["Arn"].Text()) + R"(","VersionId":"v1"})";
    const Value version = account.MustIam("GetPolicyVersion", of);
    const auto text = codec::UriDecode(version["PolicyVersion"]["Document"].Text());
    EXPECT_TRUE(opentrail::iam::Policy::Parse(*text, opentrail::iam::PolicyKind::kIdentity).has_value()) << *text;
  }
}

TEST(IamRoles, AndInstanceProfiles) {
  TestAccount account;
  const Value made = account.MustIam(
      "CreateRole", With(R"({"RoleName":"R","AssumeRolePolicyDocument":"@","Description":"d"})", kTrust));
  EXPECT_EQ(made["Role"]["Arn"].Text(), "arn:aws:iam::123456789012:role/R");
  EXPECT_EQ(account.MustIam("GetRole", R"({"RoleName":"R"})")["Role"]["MaxSessionDuration"].Integer(0), 3600);
  EXPECT_EQ(account.IamError("UpdateAssumeRolePolicy", With(R"({"RoleName":"R","PolicyDocument":"@"})", kAllowAll)),
            "MalformedPolicyDocument: Missing required field Principal");
  account.MustIam("CreateInstanceProfile", R"({"InstanceProfileName":"P"})");
  account.MustIam("AddRoleToInstanceProfile", R"({"InstanceProfileName":"P","RoleName":"R"})");
  EXPECT_EQ(account.IamError("AddRoleToInstanceProfile", R"({"InstanceProfileName":"P","RoleName":"R"})"),
            "LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  EXPECT_EQ(account.IamError("DeleteRole", R"({"RoleName":"R"})"),
            "DeleteConflict: Cannot delete entity, must remove roles from instance profile first.");
  EXPECT_EQ(account.MustIam("ListInstanceProfilesForRole", R"({"RoleName":"R"})")["InstanceProfiles"].elements().size(),
            1U);
  account.MustIam("RemoveRoleFromInstanceProfile", R"({"InstanceProfileName":"P","RoleName":"R"})");
  account.MustIam("DeleteInstanceProfile", R"({"InstanceProfileName":"P"})");
  account.MustIam("DeleteRole", R"({"RoleName":"R"})");
}

TEST(IamRoles, TrustPrincipalsThatAreThere) {
  TestAccount account;
  const auto trust = [](std::string_view principal) {
    return fmt::format(R"({{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":)"
                       R"({{\"AWS\":\"{}\"}},\"Action\":\"sts:AssumeRole\"}}]}})",
                       principal);
  };
  const auto create = [&](std::string_view principal) {
    return account.IamError("CreateRole", With(R"({"RoleName":"T","AssumeRolePolicyDocument":"@"})", trust(principal)));
  };
  EXPECT_EQ(create("arn:aws:iam::123456789012:user/nobody"),
            "MalformedPolicyDocument: Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:user/nobody\"");
  account.MustIam("CreateUser", R"({"UserName":"chaos","Path":"/lab/"})");
  EXPECT_TRUE(create("arn:aws:iam::123456789012:user/chaos").starts_with("MalformedPolicyDocument")) << "its path";
  EXPECT_EQ(create("arn:aws:iam::123456789012:user/lab/chaos"), "no error");
  EXPECT_EQ(account.IamError("UpdateAssumeRolePolicy", With(R"({"RoleName":"T","PolicyDocument":"@"})",
                                                            trust("arn:aws:iam::210987654321:user/elsewhere"))),
            "no error");
}

TEST(IamAccount, ListsNoneOfWhatCannotBeMade) {
  TestAccount account;
  EXPECT_TRUE(account.MustIam("ListSAMLProviders", "{}")["SAMLProviderList"].IsList());
  EXPECT_TRUE(account.MustIam("ListOpenIDConnectProviders", "{}")["OpenIDConnectProviderList"].IsList());
  const Value certificates = account.MustIam("ListServerCertificates", "{}");
  EXPECT_TRUE(certificates["ServerCertificateMetadataList"].elements().empty());
  EXPECT_FALSE(certificates["IsTruncated"].Boolean(true));
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(IamAccount, ReportsCredentials) {
  TestAccount account;
  EXPECT_TRUE(account.IamError("GetCredentialReport", "{}").starts_with("ReportNotPresent"));
  const std::string key = account.MakeUser("chaos");
  account.MustIam("CreateLoginProfile", R"({"UserName":"chaos","Password":"Correct-Horse-1"})");
  account.MustIam("CreateUser", R"({"UserName":"idle"})");
  EXPECT_EQ(account.MustIam("GenerateCredentialReport", "{}")["State"].Text(), "STARTED");
  EXPECT_EQ(account.MustIam("GenerateCredentialReport", "{}")["State"].Text(), "COMPLETE");
  const Value report = account.MustIam("GetCredentialReport", "{}");
  EXPECT_EQ(report["ReportFormat"].Text(), "text/csv");
  const auto lines = LinesOf(report["Content"].Bytes());
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_TRUE(lines[0].starts_with("user,arn,user_creation_time,password_enabled,"));
  for (const std::string& line : lines) EXPECT_EQ(std::ranges::count(line, ','), 21) << line;
  EXPECT_TRUE(lines[1].starts_with("<root_account>,arn:aws:iam::123456789012:root,")) << lines[1];
  EXPECT_NE(lines[2].find("chaos,arn:aws:iam::123456789012:user/chaos,"), std::string::npos) << lines[2];
  EXPECT_NE(lines[2].find("+00:00,true,no_information,"), std::string::npos) << lines[2];
  EXPECT_NE(lines[3].find(",false,N/A,N/A,N/A,false,false,N/A,N/A,N/A,N/A,"), std::string::npos) << lines[3];
}

TEST(IamPasswords, AreHashedCheckedAndChanged) {
  TestAccount account;
  const std::string key = account.MakeUser("chaos");
  EXPECT_TRUE(account.IamError("CreateLoginProfile", R"({"UserName":"chaos","Password":"short"})")
                  .starts_with("PasswordPolicyViolation"));
  account.MustIam("CreateLoginProfile", R"({"UserName":"chaos","Password":"Correct-Horse-1"})");
  const auto stored = account.directory().FindPassword(account.Who(key).principal_id);
  ASSERT_TRUE(stored.has_value());
  EXPECT_TRUE(VerifyPassword(stored->current, "Correct-Horse-1"));
  EXPECT_FALSE(VerifyPassword(stored->current, "Correct-Horse-2"));
  account.MustIam("UpdateAccountPasswordPolicy", R"({"MinimumPasswordLength":10,"PasswordReusePrevention":3})");
  account.MustIam("AttachUserPolicy",
                  R"({"UserName":"chaos","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"})");
  const auto change = [&](const std::string& old, const std::string& next) {
    return TestAccount::ErrorOf(account.CallAs(account.Who(key), "iam", "ChangePassword",
                                               R"({"OldPassword":")" + old + R"(","NewPassword":")" + next + R"("})"));
  };
  EXPECT_EQ(change("wrong", "Correct-Horse-2"), "AccessDenied: The old password was incorrect.");
  EXPECT_TRUE(change("Correct-Horse-1", "Correct-Horse-1").starts_with("PasswordPolicyViolation"));
  account.clock().Advance(std::chrono::seconds(1));
  EXPECT_EQ(change("Correct-Horse-1", "Correct-Horse-2"), "no error");
  EXPECT_TRUE(change("Correct-Horse-2", "Correct-Horse-1").starts_with("PasswordPolicyViolation"));
  EXPECT_EQ(account.IamError("CreateLoginProfile", R"({"UserName":"chaos","Password":"Correct-Horse-1"})"),
            "EntityAlreadyExists: Login Profile for user chaos already exists.");
}

TEST(IamMfa, CodesAreThoseOfRfc6238) {
  EXPECT_EQ(TotpCode("12345678901234567890", 1), "287082");
  EXPECT_EQ(TotpCode("12345678901234567890", 37037036), "081804");
  EXPECT_EQ(Base32Encode("foobar"), "MZXW6YTBOI");
}

// The seed of a device as its owner would scan it.
std::string SeedOf(const Value& device) {
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : device["VirtualMFADevice"]["Base32StringSeed"].Bytes()) {
    bits = (bits << 5) | static_cast<uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    if ((count += 5) >= 8) bytes += static_cast<char>(bits >> (count -= 8));
  }
  return bytes;
}

TEST(IamMfa, DevicesAreEnabledUsedOnceAndDeactivated) {
  TestAccount account;
  const std::string key = account.MakeUser("chaos");
  const Value device = account.MustIam("CreateVirtualMFADevice", R"({"VirtualMFADeviceName":"phone"})");
  const std::string seed = SeedOf(device);
  const int64_t step = TotpStep(account.clock().Now());
  const std::string serial = R"("SerialNumber":"arn:aws:iam::123456789012:mfa/phone")";
  const auto enable = [&](const std::string& first, const std::string& second) {
    return account.IamError("EnableMFADevice", R"({"UserName":"chaos",)" + serial + R"(,"AuthenticationCode1":")" +
                                                   first + R"(","AuthenticationCode2":")" + second + R"("})");
  };
  EXPECT_EQ(enable("000000", "000001"), "InvalidAuthenticationCode: Authentication code for device is not valid.");
  EXPECT_EQ(enable(TotpCode(seed, step - 1), TotpCode(seed, step)), "no error");
  EXPECT_EQ(account.MustIam("ListMFADevices", R"({"UserName":"chaos"})")["MFADevices"].elements().size(), 1U);
  EXPECT_EQ(account.MustIam("ListVirtualMFADevices", R"({"AssignmentStatus":"Unassigned"})")["VirtualMFADevices"]
                .elements()
                .size(),
            0U);
  account.clock().Advance(std::chrono::seconds(30));
  const std::string use = "{" + serial + R"(,"TokenCode":")" + TotpCode(seed, step + 1) + R"("})";
  const auto session = account.CallAs(account.Who(key), "sts", "GetSessionToken", use);
  ASSERT_TRUE(session.has_value()) << session.error().message;
  EXPECT_TRUE(account.Who((*session)["Credentials"]["AccessKeyId"].Text()).session->mfa_authenticated);
  EXPECT_FALSE(account.CallAs(account.Who(key), "sts", "GetSessionToken", use).has_value());
  EXPECT_EQ(account.IamError("DeleteVirtualMFADevice", "{" + serial + "}"),
            "DeleteConflict: MFA VirtualDevice in use. Must deactivate first.");
  account.MustIam("DeactivateMFADevice", R"({"UserName":"chaos",)" + serial + "}");
  account.MustIam("DeleteVirtualMFADevice", "{" + serial + "}");
}

TEST(IamUserCredentials, SshKeysAndServiceCredentials) {
  TestAccount account;
  account.MakeUser("chaos");
  const std::string blob = codec::Base64Encode(std::string("\0\0\0\7", 4) + "ssh-rsa" + std::string(40, 'x'));
  const std::string upload = R"({"UserName":"chaos","SSHPublicKeyBody":"ssh-rsa )" + blob + R"( me"})";
  const Value key = account.MustIam("UploadSSHPublicKey", upload);
  EXPECT_EQ(key["SSHPublicKey"]["Fingerprint"].Text().size(), 47U);
  EXPECT_TRUE(account.IamError("UploadSSHPublicKey", upload).starts_with("DuplicateSSHPublicKey"));
  EXPECT_TRUE(account.IamError("UploadSSHPublicKey", R"({"UserName":"chaos","SSHPublicKeyBody":"x"})")
                  .starts_with("InvalidPublicKey"));
  EXPECT_TRUE(account.IamError("UploadSigningCertificate", R"({"UserName":"chaos","CertificateBody":"x"})")
                  .starts_with("MalformedCertificate"));
  account.MustIam("CreateServiceSpecificCredential",
                  R"({"UserName":"chaos","ServiceName":"codecommit.amazonaws.com"})");
  EXPECT_EQ(account.MustIam("ListServiceSpecificCredentials", R"({"UserName":"chaos"})")["ServiceSpecificCredentials"]
                .elements()
                .size(),
            1U);
  EXPECT_TRUE(account.IamError("DeleteUser", R"({"UserName":"chaos"})").starts_with("DeleteConflict"));
}

TEST(IamAccount, AliasSummaryAndDetails) {
  TestAccount account;
  account.MustIam("CreateAccountAlias", R"({"AccountAlias":"cafe"})");
  EXPECT_EQ(account.MustIam("ListAccountAliases", "{}")["AccountAliases"].elements()[0].Text(), "cafe");
  EXPECT_EQ(account.Root().user_name, "cafe");
  account.MakeUser("chaos");
  account.MustIam("CreateGroup", R"({"GroupName":"g"})");
  account.MustIam("CreateRole", With(R"({"RoleName":"R","AssumeRolePolicyDocument":"@"})", kTrust));
  EXPECT_EQ(account.MustIam("GetAccountSummary", "{}")["SummaryMap"]["Users"].Integer(0), 1);
  const Value all = account.MustIam("GetAccountAuthorizationDetails", "{}");
  EXPECT_EQ(all["UserDetailList"].elements().size(), 1U);
  EXPECT_EQ(all["RoleDetailList"].elements().size(), 1U);
  Value page = account.MustIam("GetAccountAuthorizationDetails", R"({"MaxItems":1})");
  size_t pages = 1;
  for (; page["IsTruncated"].Boolean() && pages < 9; ++pages) {
    page = account.MustIam("GetAccountAuthorizationDetails",
                           R"({"MaxItems":1,"Marker":")" + std::string(page["Marker"].Text()) + R"("})");
  }
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(page["RoleDetailList"].elements().size(), 1U);
}

TEST(IamSimulation, EvaluatesWhatItIsGiven) {
  TestAccount account;
  const Value result = account.MustIam(
      "SimulateCustomPolicy",
      With(R"({"PolicyInputList":["@"],"ActionNames":["s3:GetObject"],"ResourceArns":["arn:aws:s3:::b/k"]})",
           kAllowAll));
  EXPECT_EQ(result["EvaluationResults"].elements()[0]["EvalDecision"].Text(), "allowed");
}

}  // namespace
}  // namespace opentrail::services::iam
