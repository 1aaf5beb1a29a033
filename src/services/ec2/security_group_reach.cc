#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/network.h"
#include "services/ec2/resources.h"
#include "services/ec2/security_group.h"

// Security groups seen from VPCs. A group's rules can be referred to from another VPC only across a peering connection
// or a transit gateway; the account has neither, so nothing refers to a group from afar and no rule is stale.
namespace opentrail::services::ec2 {
namespace {

constexpr FilterPath kForVpcFilters[] = {{"description", "Description"},
                                         {"group-id", "GroupId"},
                                         {"group-name", "GroupName"},
                                         {"owner-id", "OwnerId"},
                                         {"primary-vpc-id", "PrimaryVpcId"}};

}  // namespace

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSecurityGroupsForVpc.html
AwsResult<Reply> GetSecurityGroupsForVpc(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto vpc = FindVpc(state, call.region, call.input["VpcId"].Text());
  if (!vpc) return std::unexpected(vpc.error());
  Value::Elements all;
  store::Rows rows =
      state.Query("SELECT group_id, name, description FROM ec2_group WHERE vpc_id = ? ORDER BY rowid", vpc->id);
  while (rows.Next()) {
    all.push_back(Value::Object({{"Description", rows.Text(2)},
                                 {"GroupName", rows.Text(1)},
                                 {"OwnerId", call.account_id},
                                 {"GroupId", rows.Text(0)},
                                 {"Tags", TagsOf(state, rows.Text(0))},
                                 {"PrimaryVpcId", vpc->id}}));
  }
  return Answer(call, {"SecurityGroupForVpcs", kForVpcFilters}, std::move(all));
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html
AwsResult<Reply> DescribeSecurityGroupReferences(Ec2Service&, Call& call, store::Transaction& transaction) {
  for (const Value& id : call.input["GroupId"].elements()) {
    const auto group = FindGroupById(call.region, id.Text(), transaction.connection());
    if (!group) return std::unexpected(group.error());
  }
  Reply reply;
  reply.output.Set("SecurityGroupReferenceSet", Value::List());
  return reply;
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeStaleSecurityGroups.html
AwsResult<Reply> DescribeStaleSecurityGroups(Ec2Service&, Call& call, store::Transaction& transaction) {
  const auto vpc = FindVpc(transaction.connection(), call.region, call.input["VpcId"].Text());
  if (!vpc) return std::unexpected(vpc.error());
  Reply reply;
  reply.output.Set("StaleSecurityGroupSet", Value::List());
  return reply;
}

}  // namespace opentrail::services::ec2
