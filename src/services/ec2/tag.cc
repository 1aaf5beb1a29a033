#include "services/ec2/filter.h"
#include "services/ec2/handlers.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr FilterPath kTagFilters[] = {
    {"key", "Key"}, {"resource-id", "ResourceId"}, {"resource-type", "ResourceType"}, {"value", "Value"}};

struct Existence {
  std::string_view type, sql, code, what;
};
constexpr Existence kExistences[] = {
    {"security-group", "SELECT 1 FROM ec2_group WHERE group_id = ?", "InvalidGroup.NotFound", "security group"},
    {"security-group-rule", "SELECT 1 FROM ec2_rule WHERE rule_id = ?", "InvalidSecurityGroupRuleId.NotFound",
     "security group rule ID"},
    {"instance", "SELECT 1 FROM ec2_instance WHERE instance_id = ?", "InvalidInstanceID.NotFound", "instance ID"},
    {"vpc", "SELECT 1 FROM ec2_vpc WHERE vpc_id = ?", "InvalidVpcID.NotFound", "vpc ID"},
    {"subnet", "SELECT 1 FROM ec2_subnet WHERE subnet_id = ?", "InvalidSubnetID.NotFound", "subnet ID"},
    {"key-pair", "SELECT 1 FROM ec2_key_pair WHERE key_pair_id = ?", "InvalidKeyPair.NotFound", "key pair"},
    {"internet-gateway", "SELECT 1 FROM ec2_internet_gateway WHERE gateway_id = ?", "InvalidInternetGatewayID.NotFound",
     "internetGateway ID"},
    {"route-table", "SELECT 1 FROM ec2_route_table WHERE route_table_id = ?", "InvalidRouteTableID.NotFound",
     "routeTable ID"},
    {"network-acl", "SELECT 1 FROM ec2_vpc WHERE network_acl_id = ?", "InvalidNetworkAclID.NotFound", "networkAcl ID"},
    {"dhcp-options", "SELECT 1 FROM ec2_vpc WHERE dhcp_options_id = ?", "InvalidDhcpOptionID.NotFound",
     "dhcpOption ID"},
    {"elastic-ip", "SELECT 1 FROM ec2_address WHERE allocation_id = ?", "InvalidAllocationID.NotFound",
     "allocation ID"},
    {"network-interface", "SELECT 1 FROM ec2_instance WHERE interface_id = ?", "InvalidNetworkInterfaceID.NotFound",
     "networkInterface ID"},
    {"volume", "SELECT 1 FROM ec2_volume WHERE volume_id = ?", "InvalidVolume.NotFound", "volume"},
    {"image", "SELECT 1 FROM ec2_image WHERE image_id = ? AND is_deregistered = 0", "InvalidAMIID.NotFound",
     "image ID"},
    {"snapshot", "SELECT 1 FROM ec2_snapshot WHERE snapshot_id = ?", "InvalidSnapshot.NotFound", "snapshot"},
};

AwsResult<std::string_view> CheckResource(std::string_view id, store::Connection& state) {
  const std::string_view type = TypeOfId(id);
  for (const Existence& existence : kExistences) {
    if (existence.type != type) continue;
    if (state.Query(existence.sql, id).Next()) return type;
    return AwsFailure(std::string(existence.code), "The {} '{}' does not exist", existence.what, id);
  }
  return AwsFailure("InvalidID", "The ID '{}' is not valid", id);
}

}  // namespace

AwsResult<Reply> CreateTags(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  for (const Value& id : call.input["Resources"].elements()) {
    auto type = CheckResource(id.Text(), state);
    if (!type) return std::unexpected(type.error());
    if (auto added = AddTags(call, call.input["Tags"], *type, id.Text(), state); !added)
      return std::unexpected(added.error());
  }
  return Reply{};
}

AwsResult<Reply> DeleteTags(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto& tags = call.input["Tags"].elements();
  for (const Value& id : call.input["Resources"].elements()) {
    if (tags.empty()) RemoveTags(state, id.Text());
    for (const Value& tag : tags) {
      // Without a value the key goes whatever its value is.
      if (tag.Has("Value")) {
        state.Execute("DELETE FROM ec2_tag WHERE resource_id = ? AND key = ? AND value = ?", id.Text(),
                      tag["Key"].Text(), tag["Value"].Text());
      } else {
        state.Execute("DELETE FROM ec2_tag WHERE resource_id = ? AND key = ?", id.Text(), tag["Key"].Text());
      }
    }
  }
  return Reply{};
}

AwsResult<Reply> DescribeTags(Ec2Service&, Call& call, store::Transaction& transaction) {
  Value::Elements all;
  store::Rows rows = transaction.connection().Query(
      "SELECT resource_id, resource_type, key, value FROM ec2_tag WHERE region = ? ORDER BY resource_id, key",
      call.region);
  while (rows.Next()) {
    all.push_back(Value::Object({{"Key", rows.Text(2)},
                                 {"ResourceId", rows.Text(0)},
                                 {"ResourceType", rows.Text(1)},
                                 {"Value", rows.Text(3)}}));
  }
  if (auto kept = ApplyFilters(call.input["Filters"], kTagFilters, all); !kept) return std::unexpected(kept.error());
  Reply reply;
  if (auto paged = Page(call.input, "Tags", std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

}  // namespace opentrail::services::ec2
