#include "lab/cafe.h"

#include <chrono>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "codec/text.h"
#include "lab/lab_files.h"
#include "lab/web_server.h"
#include "services/ec2/key_material.h"

namespace opentrail::lab {
namespace {

using Parameters = AccountClient::Parameters;

constexpr const char* kKeeper = "lab-keeper";
constexpr const char* kServerRole = "CafeWebServer";
constexpr auto kPatience = std::chrono::minutes(3);
constexpr auto kPause = std::chrono::milliseconds(100);
constexpr uint64_t kMaxPageBytes = 4UL << 20;

constexpr const char* kTrustPolicy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]})";
// What the exercise's commands need on the web server; kms, as the trail's logs are encrypted.
constexpr const char* kServerPolicy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:List*","cloudtrail:LookupEvents","ec2:Describe*","athena:*","glue:Get*","kms:Decrypt","kms:DescribeKey"],"Resource":"*"}]})";
// The lab looks at what became of its account, and changes nothing.
constexpr const char* kKeeperPolicy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudtrail:DescribeTrails","cloudtrail:GetTrailStatus","cloudtrail:LookupEvents","ec2:Describe*","iam:GetUser"],"Resource":"*"}]})";
// In the order of kStaffNames.
constexpr const char* kStaffPolicies[kStaff] = {"arn:aws:iam::aws:policy/AmazonS3FullAccess",
                                                "arn:aws:iam::aws:policy/AmazonEC2FullAccess",
                                                "arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess"};
constexpr const char* kIntruderPolicy = "arn:aws:iam::aws:policy/AmazonEC2FullAccess";
constexpr const char* kStudentPolicy = "arn:aws:iam::aws:policy/AdministratorAccess";

// Calls one after another; the first refusal stands, and what follows it is not called.
class Builder {
 public:
  Builder(AccountClient& client, const Draw& draw, const std::function<void(std::string_view)>& progress,
          const CancelToken& cancel)
      : client_(client), draw_(draw), progress_(progress), cancel_(cancel) {}

  Result<LabState> Build(const std::string& data_directory);

 private:
  std::optional<XmlAnswer> Call(std::string_view service, std::string_view action, const Parameters& parameters);
  // The text at `path` of the answer; that it is not there is an error, too.
  std::string Ask(std::string_view service, std::string_view action, const Parameters& parameters, const char* path);
  void Take(std::string_view what, const AwsStatus& status);
  void Take(std::string_view what, const Status& status);

  void People();
  sigv4::ClientCredentials AccessKey(const char* user);
  void Website();
  void Role();
  void KeyPair(const std::string& data_directory);
  void Server();

  AccountClient& client_;
  const Draw& draw_;
  const std::function<void(std::string_view)>& progress_;
  const CancelToken& cancel_;
  LabState state_;
  Status status_;
};

std::optional<XmlAnswer> Builder::Call(std::string_view service, std::string_view action,
                                       const Parameters& parameters) {
  if (!status_) return std::nullopt;
  auto answer = client_.Query(service, action, parameters);
  if (answer) return std::move(*answer);
  Take(action, AwsStatus(std::unexpected(answer.error())));
  return std::nullopt;
}

std::string Builder::Ask(std::string_view service, std::string_view action, const Parameters& parameters,
                         const char* path) {
  const auto answer = Call(service, action, parameters);
  std::string text = answer ? answer->Text(path) : "";
  if (answer && text.empty()) Take(action, MakeError(ErrorCode::kInternal, "the answer has no {}", path));
  return text;
}

void Builder::Take(std::string_view what, const AwsStatus& status) {
  if (!status) Take(what, MakeError(ErrorCode::kIo, "{}: {}", status.error().code, status.error().message));
}

void Builder::Take(std::string_view what, const Status& status) {
  if (!status && status_) status_ = MakeError(status.error().code, "{}: {}", what, status.error().message);
}

sigv4::ClientCredentials Builder::AccessKey(const char* user) {
  const auto answer = Call("iam", "CreateAccessKey", {{"UserName", user}});
  if (!answer) return {};
  return {answer->Text("//AccessKeyId"), answer->Text("//SecretAccessKey"), ""};
}

void Builder::People() {
  for (const char* name : {kStudent, kIntruder, kKeeper}) Call("iam", "CreateUser", {{"UserName", name}});
  for (size_t i = 0; i < kStaff; ++i) {
    Call("iam", "CreateUser", {{"UserName", kStaffNames[i]}});
    Call("iam", "AttachUserPolicy", {{"UserName", kStaffNames[i]}, {"PolicyArn", kStaffPolicies[i]}});
    state_.staff.push_back(AccessKey(kStaffNames[i]));
  }
  Call("iam", "AttachUserPolicy", {{"UserName", kIntruder}, {"PolicyArn", kIntruderPolicy}});
  Call("iam", "AttachUserPolicy", {{"UserName", kStudent}, {"PolicyArn", kStudentPolicy}});
  Call("iam", "CreateLoginProfile", {{"UserName", kStudent}, {"Password", draw_.student_password}});
  Call("iam", "PutUserPolicy", {{"UserName", kKeeper}, {"PolicyName", "look"}, {"PolicyDocument", kKeeperPolicy}});
  state_.keeper = AccessKey(kKeeper);
  state_.intruder = AccessKey(kIntruder);
}

void Builder::Website() {
  constexpr std::string_view kSite = "site/";
  if (status_) Take("CreateBucket", client_.MakeBucket(draw_.bucket));
  for (const LabFile& file : LabFiles()) {
    if (!status_ || !file.path.starts_with(kSite)) continue;
    Take("PutObject", client_.PutObject(draw_.bucket, file.path.substr(kSite.size()), file.bytes));
  }
}

void Builder::Role() {
  Call("iam", "CreateRole", {{"RoleName", kServerRole}, {"AssumeRolePolicyDocument", kTrustPolicy}});
  Call("iam", "PutRolePolicy",
       {{"RoleName", kServerRole}, {"PolicyName", "web-server"}, {"PolicyDocument", kServerPolicy}});
  Call("iam", "CreateInstanceProfile", {{"InstanceProfileName", kServerRole}});
  Call("iam", "AddRoleToInstanceProfile", {{"InstanceProfileName", kServerRole}, {"RoleName", kServerRole}});
}

void Builder::KeyPair(const std::string& data_directory) {
  const std::string pem = Ask("ec2", "CreateKeyPair", {{"KeyName", kKeyPair}}, "//keyMaterial");
  if (!status_) return;
  const auto ppk = services::ec2::PpkFromPem(pem, kKeyPair);
  if (!ppk) return Take("CreateKeyPair", AwsStatus(std::unexpected(ppk.error())));
  const std::string file = fmt::format("{}/{}", LabDirectory(data_directory), kKeyPair);
  Take("the key pair", WriteOwnFile(file + ".pem", pem + "\n"));
  Take("the key pair", WriteOwnFile(file + ".ppk", *ppk));
}

void Builder::Server() {
  state_.group_id =
      Ask("ec2", "CreateSecurityGroup",
          {{"GroupName", kServerGroup}, {"GroupDescription", "Security group of the Cafe Web Server"}}, "//groupId");
  Call("ec2", "AuthorizeSecurityGroupIngress",
       {{"GroupId", state_.group_id},
        {"IpPermissions.1.IpProtocol", "tcp"},
        {"IpPermissions.1.FromPort", "80"},
        {"IpPermissions.1.ToPort", "80"},
        {"IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"}});
  const std::string image = Ask("ec2", "DescribeImages", {}, "//imagesSet/item/imageId");
  state_.instance_id = Ask("ec2", "RunInstances",
                           {{"ImageId", image},
                            {"InstanceType", "t3.micro"},
                            {"MinCount", "1"},
                            {"MaxCount", "1"},
                            {"KeyName", kKeyPair},
                            {"SecurityGroupId.1", state_.group_id},
                            {"IamInstanceProfile.Name", kServerRole},
                            {"UserData", codec::Base64Encode(WebServerUserData(draw_))},
                            {"TagSpecification.1.ResourceType", "instance"},
                            {"TagSpecification.1.Tag.1.Key", "Name"},
                            {"TagSpecification.1.Tag.1.Value", kServerName}},
                           "//instanceId");
}

Result<LabState> Builder::Build(const std::string& data_directory) {
  state_.draw = draw_;
  progress_("the people of the Café");
  People();
  progress_("its website");
  Website();
  progress_("its web server");
  Role();
  KeyPair(data_directory);
  Server();
  if (!status_) return std::unexpected(status_.error());
  // Its script puts the website there last: once the picture can be had, all else is done.
  const std::string picture = fmt::format("cafe/images/{}.jpg", kPicture);
  auto address = AwaitWebsite(client_, state_.instance_id, picture, cancel_);
  if (!address) return std::unexpected(address.error());
  state_.public_address = std::move(*address);
  return std::move(state_);
}

}  // namespace

AwsResult<ServerLook> LookAtServer(AccountClient& account, std::string_view instance_id) {
  const auto answer = account.Query("ec2", "DescribeInstances", {{"InstanceId.1", std::string(instance_id)}});
  if (!answer) return std::unexpected(answer.error());
  return ServerLook{answer->Text("//instanceState/name"), answer->Text("//instancesSet/item/ipAddress"),
                    answer->Text("//stateReason/message")};
}

Result<std::string> AwaitWebsite(AccountClient& account, std::string_view instance_id, std::string_view path,
                                 const CancelToken& cancel) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const auto server = LookAtServer(account, instance_id);
    if (!server) return MakeError(ErrorCode::kIo, "{}: {}", server.error().code, server.error().message);
    if (server->state == "stopped") return std::string();
    if (server->state == "terminated") {
      return MakeError(ErrorCode::kIo, "the web server is no more: {}; begin anew: opentrail lab reset",
                       server->reason);
    }
    const auto page = GetPage(server->address, path);
    if (server->state == "running" && page) return server->address;
    if (cancel.IsCancelled()) return MakeError(ErrorCode::kCancelled, "interrupted");
    if (std::chrono::steady_clock::now() > deadline) return std::unexpected(page.error());
    std::this_thread::sleep_for(kPause);
  }
}

Result<std::string> GetPage(std::string_view address, std::string_view path) {
  http::Client client({.connect_timeout = std::chrono::seconds(2), .uses_proxies = false});
  http::RequestHead head;
  head.method = "GET";
  head.target = fmt::format("/{}", path);
  head.fields.Add("Host", std::string(address));
  const CancelToken never;
  auto response = client.Send(fmt::format("http://{}", address), head, kMaxPageBytes, never);
  if (!response) return std::unexpected(response.error());
  if (response->status != 200) return MakeError(ErrorCode::kIo, "http://{}/{}: {}", address, path, response->status);
  return std::move(response->body);
}

Result<LabState> BuildCafe(AccountClient& root, const Draw& draw, const std::string& data_directory,
                           const std::function<void(std::string_view)>& progress, const CancelToken& cancel) {
  return Builder(root, draw, progress, cancel).Build(data_directory);
}

}  // namespace opentrail::lab
