#include "services/ec2/authorization.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "services/ec2/instance_profile.h"
#include "services/ec2/resources.h"
#include "services/ec2/sharing.h"

namespace opentrail::services::ec2 {
namespace {

using opentrail::iam::AccessRequest;

struct NamedResource {
  std::string_view member, type;
};
constexpr NamedResource kNamedResources[] = {{"GroupId", "security-group"},
                                             {"InstanceId", "instance"},
                                             {"KeyName", "key-pair"},
                                             {"ImageId", "image"},
                                             {"SubnetId", "subnet"},
                                             {"VolumeId", "volume"},
                                             {"SnapshotId", "snapshot"},
                                             {"SourceSnapshotId", "snapshot"},
                                             {"VpcId", "vpc"},
                                             {"InternetGatewayId", "internet-gateway"},
                                             {"RouteTableId", "route-table"},
                                             {"AllocationId", "elastic-ip"},
                                             {"NetworkInterfaceId", "network-interface"}};
constexpr NamedResource kNamedLists[] = {{"InstanceIds", "instance"}, {"SecurityGroupIds", "security-group"}};

// What an operation makes: as it is yet to be, it is "*" of its kind.
struct MadeResource {
  std::string_view operation, type;
};
constexpr MadeResource kMade[] = {{"AllocateAddress", "elastic-ip"},
                                  {"CopyImage", "image"},
                                  {"CopyImage", "snapshot"},
                                  {"CopySnapshot", "snapshot"},
                                  {"CreateSnapshot", "snapshot"},
                                  {"CreateSnapshots", "snapshot"},
                                  {"CreateVolume", "volume"},
                                  {"CreateDefaultVpc", "vpc"},
                                  {"CreateImage", "image"},
                                  {"CreateImage", "snapshot"},
                                  {"CreateInternetGateway", "internet-gateway"},
                                  {"CreateRouteTable", "route-table"},
                                  {"CreateSecurityGroup", "security-group"},
                                  {"CreateSubnet", "subnet"},
                                  {"CreateVpc", "vpc"},
                                  {"RegisterImage", "image"},
                                  {"RunInstances", "instance"}};

struct Resource {
  std::string arn;
  std::string id;  // "" for what is yet to be
};

// What an operation works on, as its input names it.
std::vector<Resource> ResourcesOf(const Call& call) {
  std::vector<Resource> resources;
  const Value& input = call.input;
  const auto add = [&](std::string_view type, const Value& id) {
    resources.push_back({Arn(call, type, id.Text()), Text(id)});
  };
  for (const auto& [member, type] : kNamedResources) {
    if (input[member].IsString()) add(type, input[member]);
  }
  if (const Value& instance = input["InstanceSpecification"]["InstanceId"]; instance.IsString())
    add("instance", instance);
  for (const auto& [member, type] : kNamedLists) {
    for (const Value& id : input[member].elements()) add(type, id);
  }
  for (const Value& id : input["Resources"].elements()) add(TypeOfId(id.Text()), id);
  for (const auto& [operation, type] : kMade) {
    if (call.operation->name == operation) resources.push_back({Arn(call, type, "*"), ""});
  }
  return resources;
}

// What a call shares, where it does: guard rails name it.
const SharingForm* SharingOf(const Call& call) {
  if (call.operation->name == "ModifySnapshotAttribute") return &kSnapshotSharing;
  return call.operation->name == "ModifyImageAttribute" ? &kImageSharing : nullptr;
}

void AddSharing(const Value& input, const SharingForm& form, opentrail::iam::ContextKeys& context) {
  const auto change = ReadSharingChange(input, form);
  if (!change) return;  // the operation tells what is wrong with it
  const auto add = [&](std::string_view key, const std::vector<std::string>& grantees) {
    std::vector<std::string> users, groups;
    for (const std::string& grantee : grantees) {
      if (grantee == kEveryone) groups.push_back(grantee);
      if (IsAccountId(grantee)) users.push_back(grantee);
    }
    if (!users.empty()) context.Add(fmt::format("ec2:{}/userId", key), std::move(users));
    if (!groups.empty()) context.Add(fmt::format("ec2:{}/group", key), std::move(groups));
  };
  add("Add", change->added);
  add("Remove", change->removed);
}

void AddContext(const Call& call, std::string_view resource_id, store::Connection& state,
                opentrail::iam::ContextKeys& context) {
  context.Add("ec2:Region", call.region);
  store::Rows rows = state.Query("SELECT key, value FROM ec2_tag WHERE resource_id = ?", resource_id);
  while (rows.Next()) {
    for (const char* prefix : {"aws:ResourceTag/", "ec2:ResourceTag/"}) {
      context.Add(std::string(prefix).append(rows.Text(0)), std::string(rows.Text(1)));
    }
  }
  const auto add_sent = [&](const Value& sent) {
    for (const Value& tag : sent.elements()) {
      context.Add(fmt::format("aws:RequestTag/{}", tag["Key"].Text()), Text(tag["Value"]));
    }
  };
  add_sent(call.input["Tags"]);
  for (const Value& specification : call.input["TagSpecifications"].elements()) add_sent(specification["Tags"]);
  if (const SharingForm* form = SharingOf(call)) AddSharing(call.input, *form, context);
  if (call.input["InstanceType"].IsString()) context.Add("ec2:InstanceType", Text(call.input["InstanceType"]));
}

// Whoever gives an instance a role must be allowed to hand that role on.
void AddPassRole(const Call& call, store::Connection& state, std::vector<AccessRequest>& requests) {
  if (!call.input.Has("IamInstanceProfile")) return;
  const auto profile = FindInstanceProfile(call, call.input["IamInstanceProfile"], state);
  if (!profile || profile->role_arn.empty()) return;  // the operation tells what is wrong with it
  AccessRequest& request = requests.emplace_back();
  request.action = "iam:PassRole";
  request.resource = profile->role_arn;
  request.context.Add("iam:PassedToService", "ec2.amazonaws.com");
}

}  // namespace

AwsResult<std::vector<AccessRequest>> Authorize(Service&, const Call& call, store::Connection& state) {
  std::vector<Resource> resources;
  if (!call.operation->name.starts_with("Describe")) resources = ResourcesOf(call);
  if (resources.empty()) resources.push_back({"*", ""});
  std::vector<AccessRequest> requests;
  for (const Resource& resource : resources) {
    AccessRequest& request = requests.emplace_back();
    request.action = fmt::format("ec2:{}", call.operation->name);
    request.resource = resource.arn;
    request.find_context = [&call, &state, id = resource.id](opentrail::iam::ContextKeys& context) {
      AddContext(call, id, state, context);
    };
  }
  AddPassRole(call, state, requests);
  return requests;
}

}  // namespace opentrail::services::ec2
