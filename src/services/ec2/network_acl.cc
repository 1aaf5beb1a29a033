#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/network.h"
#include "services/ec2/resources.h"

// A VPC's default network ACL: every subnet is associated with it, and it lets everything through.
// https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
namespace opentrail::services::ec2 {
namespace {

constexpr FilterPath kFilters[] = {{"association.association-id", "Associations.NetworkAclAssociationId"},
                                   {"association.network-acl-id", "Associations.NetworkAclId"},
                                   {"association.subnet-id", "Associations.SubnetId"},
                                   {"default", "IsDefault"},
                                   {"entry.cidr", "Entries.CidrBlock"},
                                   {"entry.egress", "Entries.Egress"},
                                   {"entry.protocol", "Entries.Protocol"},
                                   {"entry.rule-action", "Entries.RuleAction"},
                                   {"entry.rule-number", "Entries.RuleNumber"},
                                   {"network-acl-id", "NetworkAclId"},
                                   {"owner-id", "OwnerId"},
                                   {"vpc-id", "VpcId"}};

constexpr int64_t kAllowAll = 100, kDenyRest = 32767;  // the rules' numbers

Value Entry(bool is_egress, int64_t number) {
  return Value::Object({{"CidrBlock", "0.0.0.0/0"},
                        {"Egress", is_egress},
                        {"Protocol", "-1"},
                        {"RuleAction", number == kAllowAll ? "allow" : "deny"},
                        {"RuleNumber", number}});
}

Value Associations(std::string_view vpc_id, std::string_view acl_id, store::Connection& state) {
  Value associations = Value::List();
  store::Rows rows =
      state.Query("SELECT acl_association_id, subnet_id FROM ec2_subnet WHERE vpc_id = ? ORDER BY rowid", vpc_id);
  while (rows.Next()) {
    associations.Append(Value::Object(
        {{"NetworkAclAssociationId", rows.Text(0)}, {"NetworkAclId", acl_id}, {"SubnetId", rows.Text(1)}}));
  }
  return associations;
}

}  // namespace

AwsResult<Reply> DescribeNetworkAcls(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Value::Elements all;
  store::Rows rows =
      state.Query("SELECT vpc_id, network_acl_id FROM ec2_vpc WHERE region = ? ORDER BY rowid", call.region);
  while (rows.Next()) {
    all.push_back(Value::Object({{"Associations", Associations(rows.Text(0), rows.Text(1), state)},
                                 {"Entries", Value::List({Entry(true, kAllowAll), Entry(true, kDenyRest),
                                                          Entry(false, kAllowAll), Entry(false, kDenyRest)})},
                                 {"IsDefault", true},
                                 {"NetworkAclId", rows.Text(1)},
                                 {"Tags", TagsOf(state, rows.Text(1))},
                                 {"VpcId", rows.Text(0)},
                                 {"OwnerId", call.account_id}}));
  }
  if (auto found =
          SelectIds(call.input["NetworkAclIds"], "NetworkAclId", "InvalidNetworkAclID.NotFound", "networkAcl ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"NetworkAcls", kFilters}, std::move(all));
}

}  // namespace opentrail::services::ec2
