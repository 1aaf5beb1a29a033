#include "services/ec2/ec2_service.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "services/ec2/handlers.h"
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
                                             {"SubnetId", "subnet"}};

// What an operation works on, as its input names it; a thing that is yet to be is "*" of its kind.
std::vector<std::string> ResourceArns(const Call& call) {
  std::vector<std::string> arns;
  const Value& input = call.input;
  for (const auto& [member, type] : kNamedResources) {
    if (input[member].IsString()) arns.push_back(Arn(call, type, input[member].Text()));
  }
  for (const Value& id : input["InstanceIds"].elements()) arns.push_back(Arn(call, "instance", id.Text()));
  for (const Value& id : input["SecurityGroupIds"].elements()) arns.push_back(Arn(call, "security-group", id.Text()));
  for (const Value& id : input["Resources"].elements()) arns.push_back(Arn(call, TypeOfId(id.Text()), id.Text()));
  if (call.operation->name == "RunInstances") arns.push_back(Arn(call, "instance", "*"));
  if (call.operation->name == "CreateSecurityGroup") arns.push_back(Arn(call, "security-group", "*"));
  return arns;
}

AwsResult<std::vector<AccessRequest>> Authorize(Service&, const Call& call, store::Connection&) {
  std::vector<std::string> arns;
  if (!call.operation->name.starts_with("Describe")) arns = ResourceArns(call);
  if (arns.empty()) arns.emplace_back("*");
  std::vector<AccessRequest> requests;
  for (std::string& arn : arns) {
    AccessRequest& request = requests.emplace_back();
    request.action = fmt::format("ec2:{}", call.operation->name);
    request.resource = std::move(arn);
    request.context.Add("ec2:Region", call.region);
    for (const Value& tag : call.input["Tags"].elements()) {
      request.context.Add(fmt::format("aws:RequestTag/{}", tag["Key"].Text()), std::string(tag["Value"].Text()));
    }
  }
  return requests;
}

constexpr std::array kHandlers = std::to_array<Handler>({
    {"AuthorizeSecurityGroupEgress", Authorize, Run<AuthorizeSecurityGroupEgress>},
    {"AuthorizeSecurityGroupIngress", Authorize, Run<AuthorizeSecurityGroupIngress>},
    {"CreateKeyPair", Authorize, Run<CreateKeyPair>, PrepareKeyPair},
    {"CreateSecurityGroup", Authorize, Run<CreateSecurityGroup>},
    {"CreateTags", Authorize, Run<CreateTags>},
    {"DeleteKeyPair", Authorize, Run<DeleteKeyPair>},
    {"DeleteSecurityGroup", Authorize, Run<DeleteSecurityGroup>},
    {"DeleteTags", Authorize, Run<DeleteTags>},
    {"DescribeAccountAttributes", Authorize, Run<DescribeAccountAttributes>},
    {"DescribeAvailabilityZones", Authorize, Run<DescribeAvailabilityZones>},
    {"DescribeImages", Authorize, Run<DescribeImages>},
    {"DescribeInstanceAttribute", Authorize, Run<DescribeInstanceAttribute>},
    {"DescribeInstanceStatus", Authorize, Run<DescribeInstanceStatus>},
    {"DescribeInstanceTypes", Authorize, Run<DescribeInstanceTypes>},
    {"DescribeInstances", Authorize, Run<DescribeInstances>},
    {"DescribeInternetGateways", Authorize, Run<DescribeInternetGateways>},
    {"DescribeKeyPairs", Authorize, Run<DescribeKeyPairs>},
    {"DescribeRegions", Authorize, Run<DescribeRegions>},
    {"DescribeRouteTables", Authorize, Run<DescribeRouteTables>},
    {"DescribeSecurityGroupRules", Authorize, Run<DescribeSecurityGroupRules>},
    {"DescribeSecurityGroups", Authorize, Run<DescribeSecurityGroups>},
    {"DescribeSubnets", Authorize, Run<DescribeSubnets>},
    {"DescribeTags", Authorize, Run<DescribeTags>},
    {"DescribeVpcs", Authorize, Run<DescribeVpcs>},
    {"GetConsoleOutput", Authorize, Run<GetConsoleOutput>},
    {"ImportKeyPair", Authorize, Run<ImportKeyPair>},
    {"ModifyInstanceAttribute", Authorize, Run<ModifyInstanceAttribute>},
    {"ModifySecurityGroupRules", Authorize, Run<ModifySecurityGroupRules>},
    {"RebootInstances", Authorize, Run<RebootInstances>},
    {"RevokeSecurityGroupEgress", Authorize, Run<RevokeSecurityGroupEgress>},
    {"RevokeSecurityGroupIngress", Authorize, Run<RevokeSecurityGroupIngress>},
    {"RunInstances", Authorize, Run<RunInstances>},
    {"StartInstances", Authorize, Run<StartInstances>},
    {"StopInstances", Authorize, Run<StopInstances>},
    {"TerminateInstances", Authorize, Run<TerminateInstances>},
    {"UpdateSecurityGroupRuleDescriptionsEgress", Authorize, Run<UpdateRuleDescriptionsEgress>},
    {"UpdateSecurityGroupRuleDescriptionsIngress", Authorize, Run<UpdateRuleDescriptionsIngress>},
});
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

std::span<const Handler> Ec2Service::handlers() const { return kHandlers; }

}  // namespace opentrail::services::ec2
