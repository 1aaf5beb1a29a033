#include "services/ec2/ec2_service.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "services/ec2/handlers.h"
#include "services/ec2/instance_profile.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

using opentrail::iam::AccessRequest;

// A dry run is the whole call, answered with an error: so what it did is undone.
template <OperationFunction& Operation>
AwsResult<Reply> Run(Service& service, Call& call, store::Transaction& transaction) {
  auto reply = Operation(static_cast<Ec2Service&>(service), call, transaction);
  if (!reply || !call.input["DryRun"].Boolean()) return reply;
  return std::unexpected(AwsError{"DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412});
}

struct NamedResource {
  std::string_view member, type;
};
constexpr NamedResource kNamedResources[] = {{"GroupId", "security-group"},
                                             {"InstanceId", "instance"},
                                             {"KeyName", "key-pair"},
                                             {"ImageId", "image"},
                                             {"SubnetId", "subnet"},
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
                                  {"CreateDefaultVpc", "vpc"},
                                  {"CreateInternetGateway", "internet-gateway"},
                                  {"CreateRouteTable", "route-table"},
                                  {"CreateSecurityGroup", "security-group"},
                                  {"CreateSubnet", "subnet"},
                                  {"CreateVpc", "vpc"},
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
  for (const auto& [member, type] : kNamedLists) {
    for (const Value& id : input[member].elements()) add(type, id);
  }
  for (const Value& id : input["Resources"].elements()) add(TypeOfId(id.Text()), id);
  for (const auto& [operation, type] : kMade) {
    if (call.operation->name == operation) resources.push_back({Arn(call, type, "*"), ""});
  }
  return resources;
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

constexpr std::array kHandlers = std::to_array<Handler>({
    {"AllocateAddress", Authorize, Run<AllocateAddress>},
    {"AssociateAddress", Authorize, Run<AssociateAddress>},
    {"AssociateIamInstanceProfile", Authorize, Run<AssociateIamInstanceProfile>},
    {"AssociateRouteTable", Authorize, Run<AssociateRouteTable>},
    {"AttachInternetGateway", Authorize, Run<AttachInternetGateway>},
    {"AuthorizeSecurityGroupEgress", Authorize, Run<AuthorizeSecurityGroupEgress>},
    {"AuthorizeSecurityGroupIngress", Authorize, Run<AuthorizeSecurityGroupIngress>},
    {"CreateDefaultVpc", Authorize, Run<CreateDefaultVpc>},
    {"CreateInternetGateway", Authorize, Run<CreateInternetGateway>},
    {"CreateKeyPair", Authorize, Run<CreateKeyPair>, PrepareKeyPair},
    {"CreateRoute", Authorize, Run<CreateRoute>},
    {"CreateRouteTable", Authorize, Run<CreateRouteTable>},
    {"CreateSecurityGroup", Authorize, Run<CreateSecurityGroup>},
    {"CreateSubnet", Authorize, Run<CreateSubnet>},
    {"CreateTags", Authorize, Run<CreateTags>},
    {"CreateVpc", Authorize, Run<CreateVpc>},
    {"DeleteInternetGateway", Authorize, Run<DeleteInternetGateway>},
    {"DeleteKeyPair", Authorize, Run<DeleteKeyPair>},
    {"DeleteRoute", Authorize, Run<DeleteRoute>},
    {"DeleteRouteTable", Authorize, Run<DeleteRouteTable>},
    {"DeleteSecurityGroup", Authorize, Run<DeleteSecurityGroup>},
    {"DeleteSubnet", Authorize, Run<DeleteSubnet>},
    {"DeleteTags", Authorize, Run<DeleteTags>},
    {"DeleteVpc", Authorize, Run<DeleteVpc>},
    {"DescribeAccountAttributes", Authorize, Run<DescribeAccountAttributes>},
    {"DescribeAddresses", Authorize, Run<DescribeAddresses>},
    {"DescribeAvailabilityZones", Authorize, Run<DescribeAvailabilityZones>},
    {"DescribeDhcpOptions", Authorize, Run<DescribeDhcpOptions>},
    {"DescribeIamInstanceProfileAssociations", Authorize, Run<DescribeIamInstanceProfileAssociations>},
    {"DescribeImageAttribute", Authorize, Run<DescribeImageAttribute>},
    {"DescribeImages", Authorize, Run<DescribeImages>},
    {"DescribeInstanceAttribute", Authorize, Run<DescribeInstanceAttribute>},
    {"DescribeInstanceStatus", Authorize, Run<DescribeInstanceStatus>},
    {"DescribeInstanceTypeOfferings", Authorize, Run<DescribeInstanceTypeOfferings>},
    {"DescribeInstanceTypes", Authorize, Run<DescribeInstanceTypes>},
    {"DescribeInstances", Authorize, Run<DescribeInstances>},
    {"DescribeInternetGateways", Authorize, Run<DescribeInternetGateways>},
    {"DescribeKeyPairs", Authorize, Run<DescribeKeyPairs>},
    {"DescribeNetworkAcls", Authorize, Run<DescribeNetworkAcls>},
    {"DescribeNetworkInterfaces", Authorize, Run<DescribeNetworkInterfaces>},
    {"DescribeRegions", Authorize, Run<DescribeRegions>},
    {"DescribeRouteTables", Authorize, Run<DescribeRouteTables>},
    {"DescribeSecurityGroupReferences", Authorize, Run<DescribeSecurityGroupReferences>},
    {"DescribeSecurityGroupRules", Authorize, Run<DescribeSecurityGroupRules>},
    {"DescribeSecurityGroups", Authorize, Run<DescribeSecurityGroups>},
    {"DescribeStaleSecurityGroups", Authorize, Run<DescribeStaleSecurityGroups>},
    {"DescribeSubnets", Authorize, Run<DescribeSubnets>},
    {"DescribeTags", Authorize, Run<DescribeTags>},
    {"DescribeVolumes", Authorize, Run<DescribeVolumes>},
    {"DescribeVpcAttribute", Authorize, Run<DescribeVpcAttribute>},
    {"DescribeVpcs", Authorize, Run<DescribeVpcs>},
    {"DetachInternetGateway", Authorize, Run<DetachInternetGateway>},
    {"DisableSerialConsoleAccess", Authorize, Run<DisableSerialConsoleAccess>},
    {"DisassociateAddress", Authorize, Run<DisassociateAddress>},
    {"DisassociateIamInstanceProfile", Authorize, Run<DisassociateIamInstanceProfile>},
    {"DisassociateRouteTable", Authorize, Run<DisassociateRouteTable>},
    {"EnableSerialConsoleAccess", Authorize, Run<EnableSerialConsoleAccess>},
    {"GetConsoleOutput", Authorize, Run<GetConsoleOutput>},
    {"GetSecurityGroupsForVpc", Authorize, Run<GetSecurityGroupsForVpc>},
    {"GetSerialConsoleAccessStatus", Authorize, Run<GetSerialConsoleAccessStatus>},
    {"ImportKeyPair", Authorize, Run<ImportKeyPair>},
    {"ModifyImageAttribute", Authorize, Run<ModifyImageAttribute>},
    {"ModifyInstanceAttribute", Authorize, Run<ModifyInstanceAttribute>},
    {"ModifyInstanceMetadataOptions", Authorize, Run<ModifyInstanceMetadataOptions>},
    {"ModifySecurityGroupRules", Authorize, Run<ModifySecurityGroupRules>},
    {"ModifySubnetAttribute", Authorize, Run<ModifySubnetAttribute>},
    {"ModifyVpcAttribute", Authorize, Run<ModifyVpcAttribute>},
    {"MonitorInstances", Authorize, Run<MonitorInstances>},
    {"RebootInstances", Authorize, Run<RebootInstances>},
    {"ReleaseAddress", Authorize, Run<ReleaseAddress>},
    {"ReplaceIamInstanceProfileAssociation", Authorize, Run<ReplaceIamInstanceProfileAssociation>},
    {"ReplaceRoute", Authorize, Run<ReplaceRoute>},
    {"ResetImageAttribute", Authorize, Run<ResetImageAttribute>},
    {"ResetInstanceAttribute", Authorize, Run<ResetInstanceAttribute>},
    {"RevokeSecurityGroupEgress", Authorize, Run<RevokeSecurityGroupEgress>},
    {"RevokeSecurityGroupIngress", Authorize, Run<RevokeSecurityGroupIngress>},
    {"RunInstances", Authorize, Run<RunInstances>},
    {"StartInstances", Authorize, Run<StartInstances>},
    {"StopInstances", Authorize, Run<StopInstances>},
    {"TerminateInstances", Authorize, Run<TerminateInstances>},
    {"UnmonitorInstances", Authorize, Run<UnmonitorInstances>},
    {"UpdateSecurityGroupRuleDescriptionsEgress", Authorize, Run<UpdateRuleDescriptionsEgress>},
    {"UpdateSecurityGroupRuleDescriptionsIngress", Authorize, Run<UpdateRuleDescriptionsIngress>},
});
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

std::span<const Handler> Ec2Service::handlers() const { return kHandlers; }

}  // namespace opentrail::services::ec2
