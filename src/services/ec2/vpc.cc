#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/network.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr int64_t kMaxVpcs = 5;  // of a region
constexpr int kLargestNetwork = 16, kSmallestNetwork = 28;

constexpr FilterPath kVpcFilters[] = {{"vpc-id", "VpcId"},
                                      {"cidr", "CidrBlock"},
                                      {"cidr-block", "CidrBlock"},
                                      {"cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock"},
                                      {"is-default", "IsDefault"},
                                      {"isDefault", "IsDefault"},
                                      {"state", "State"},
                                      {"owner-id", "OwnerId"},
                                      {"dhcp-options-id", "DhcpOptionsId"}};
constexpr FilterPath kDhcpFilters[] = {{"dhcp-options-id", "DhcpOptionsId"},
                                       {"key", "DhcpConfigurations.Key"},
                                       {"value", "DhcpConfigurations.Values.Value"},
                                       {"owner-id", "OwnerId"}};

constexpr std::string_view kColumns = "vpc_id, cidr, is_default, dhcp_options_id, tenancy, association_id";

Value Describe(const Call& call, const store::Rows& rows, std::string_view vpc_state, store::Connection& state) {
  Value association = Value::Object({{"AssociationId", rows.Text(5)},
                                     {"CidrBlock", rows.Text(1)},
                                     {"CidrBlockState", Value::Object({{"State", "associated"}})}});
  return Value::Object({{"OwnerId", call.account_id},
                        {"InstanceTenancy", rows.Text(4)},
                        {"CidrBlockAssociationSet", Value::List({std::move(association)})},
                        {"IsDefault", rows.Boolean(2)},
                        {"Tags", TagsOf(state, rows.Text(0))},
                        {"VpcId", rows.Text(0)},
                        {"State", vpc_state},
                        {"CidrBlock", rows.Text(1)},
                        {"DhcpOptionsId", rows.Text(3)}});
}

void MakeDefaultGroup(const Environment& environment, std::string_view region, std::string_view vpc,
                      store::Connection& state) {
  const std::string group = RandomHexId(environment.random, "sg-");
  state.Execute("INSERT INTO ec2_group VALUES(?, ?, ?, 'default', 'default VPC security group')", group, region, vpc);
  state.Execute("INSERT INTO ec2_rule VALUES(?, ?, 0, '-1', -1, -1, NULL, NULL, NULL, ?, NULL, 1)",
                RandomHexId(environment.random, "sgr-"), group, group);
  state.Execute("INSERT INTO ec2_rule VALUES(?, ?, 1, '-1', -1, -1, '0.0.0.0/0', NULL, NULL, NULL, NULL, 2)",
                RandomHexId(environment.random, "sgr-"), group);
}

// One set of DHCP options serves all networks of a region.
std::string DhcpOptionsOf(const Environment& environment, std::string_view region, store::Connection& state) {
  store::Rows rows = state.Query("SELECT dhcp_options_id FROM ec2_vpc WHERE region = ?", region);
  return rows.Next() ? std::string(rows.Text(0)) : RandomHexId(environment.random, "dopt-");
}

Vpc MakeVpc(const Environment& environment, std::string_view region, const Cidr& cidr, std::string_view tenancy,
            bool is_default, store::Connection& state) {
  Vpc vpc{RandomHexId(environment.random, "vpc-"), cidr, is_default};
  state.Execute(
      "INSERT INTO ec2_vpc(vpc_id, region, cidr, is_default, dhcp_options_id, tenancy, association_id, dns_support, "
      "dns_hostnames, network_acl_id) VALUES(?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
      vpc.id, region, cidr.Text(), is_default, DhcpOptionsOf(environment, region, state), tenancy,
      RandomHexId(environment.random, "vpc-cidr-assoc-"), is_default, RandomHexId(environment.random, "acl-"));
  MakeDefaultGroup(environment, region, vpc.id, state);
  return vpc;
}

AwsResult<Cidr> VpcCidr(const Value& input) {
  const std::string_view text = input["CidrBlock"].Text();
  if (text.empty()) {
    return AwsFailure("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
  }
  const auto cidr = ParseCidr(text);
  if (!cidr) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter cidrBlock is invalid. This is not a valid CIDR block.", text);
  }
  if (cidr->bits < kLargestNetwork || cidr->bits > kSmallestNetwork) {
    return AwsFailure("InvalidVpc.Range", "The CIDR '{}' is invalid.", text);
  }
  return *cidr;
}

Reply DescribeMade(const Call& call, const std::string& id, store::Connection& state) {
  store::Rows rows = state.Query(fmt::format("SELECT {} FROM ec2_vpc WHERE vpc_id = ?", kColumns), id);
  Reply reply;
  if (rows.Next()) reply.output.Set("Vpc", Describe(call, rows, "pending", state));
  return reply;
}

bool HasRow(store::Connection& state, std::string_view sql, std::string_view id) { return state.Query(sql, id).Next(); }

}  // namespace

AwsResult<Vpc> FindVpc(store::Connection& state, std::string_view region, std::string_view id) {
  if (id.empty()) return AwsFailure("MissingParameter", "The request must contain the parameter vpcId");
  store::Rows rows = state.Query("SELECT cidr, is_default FROM ec2_vpc WHERE vpc_id = ? AND region = ?", id, region);
  if (!rows.Next()) return AwsFailure("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist", id);
  return Vpc{std::string(id), ParseCidr(rows.Text(0)).value_or(Cidr{}), rows.Boolean(1)};
}

std::string MakeDefaultVpc(const Environment& environment, std::string_view region, store::Connection& state) {
  static constexpr Cidr kDefaultNetwork{0xAC1F0000, 16};  // 172.31.0.0/16; each zone's subnet is a /20 of it
  static constexpr int kSubnetBits = 20;
  const Vpc vpc = MakeVpc(environment, region, kDefaultNetwork, "default", true, state);
  const std::string table = MakeRouteTable(environment, region, vpc, true, state);
  const std::string gateway = RandomHexId(environment.random, "igw-");
  state.Execute("INSERT INTO ec2_internet_gateway VALUES(?, ?, ?)", gateway, region, vpc.id);
  state.Execute("INSERT INTO ec2_route VALUES(?, '0.0.0.0/0', ?, 'CreateRoute')", table, gateway);
  for (const Region& known : Regions()) {
    if (known.name != region) continue;
    for (uint32_t i = 0; i < known.zones.size(); ++i) {
      const Cidr cidr{kDefaultNetwork.first + (i << (32 - kSubnetBits)), kSubnetBits};
      state.Execute(
          "INSERT INTO ec2_subnet(subnet_id, region, vpc_id, zone, cidr, next_host, is_default, maps_public_ip, "
          "acl_association_id) VALUES(?, ?, ?, ?, ?, 0, 1, 1, ?)",
          RandomHexId(environment.random, "subnet-"), region, vpc.id, fmt::format("{}{}", region, known.zones[i]),
          cidr.Text(), RandomHexId(environment.random, "aclassoc-"));
    }
  }
  return vpc.id;
}

AwsResult<Reply> CreateVpc(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  auto cidr = VpcCidr(call.input);
  if (!cidr) return std::unexpected(cidr.error());
  const std::string_view tenancy = call.input["InstanceTenancy"].Text("default");
  if (call.input["AmazonProvidedIpv6CidrBlock"].Boolean()) {
    return AwsFailure("UnsupportedOperation", "IPv6 CIDR blocks are not supported in this region.");
  }
  store::Rows count = state.Query("SELECT count(*) FROM ec2_vpc WHERE region = ?", call.region);
  if (count.Next() && count.Integer(0) >= kMaxVpcs) {
    return AwsFailure("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
  }
  const Vpc vpc = MakeVpc(service.environment(), call.region, *cidr, tenancy, false, state);
  MakeRouteTable(service.environment(), call.region, vpc, true, state);
  if (auto tagged = AddTagSpecifications(call, "vpc", vpc.id, state); !tagged) return std::unexpected(tagged.error());
  return DescribeMade(call, vpc.id, state);
}

AwsResult<Reply> CreateDefaultVpc(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  if (HasRow(state, "SELECT 1 FROM ec2_vpc WHERE region = ? AND is_default = 1", call.region)) {
    return AwsFailure("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
  }
  return DescribeMade(call, MakeDefaultVpc(service.environment(), call.region, state), state);
}

AwsResult<Reply> DescribeVpcs(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Value::Elements all;
  store::Rows rows =
      state.Query(fmt::format("SELECT {} FROM ec2_vpc WHERE region = ? ORDER BY rowid", kColumns), call.region);
  while (rows.Next()) all.push_back(Describe(call, rows, "available", state));
  if (auto found = SelectIds(call.input["VpcIds"], "VpcId", "InvalidVpcID.NotFound", "vpc ID", all); !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"Vpcs", kVpcFilters}, std::move(all));
}

AwsResult<Reply> DeleteVpc(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto vpc = FindVpc(state, call.region, call.input["VpcId"].Text());
  if (!vpc) return std::unexpected(vpc.error());
  static constexpr std::string_view kDependents[] = {"SELECT 1 FROM ec2_subnet WHERE vpc_id = ?",
                                                     "SELECT 1 FROM ec2_internet_gateway WHERE vpc_id = ?",
                                                     "SELECT 1 FROM ec2_group WHERE vpc_id = ? AND name <> 'default'",
                                                     "SELECT 1 FROM ec2_route_table WHERE vpc_id = ? AND is_main = 0"};
  if (std::ranges::any_of(kDependents, [&](std::string_view sql) { return HasRow(state, sql, vpc->id); })) {
    return AwsFailure("DependencyViolation", "The vpc '{}' has dependencies and cannot be deleted.", vpc->id);
  }
  const auto ids = [&](std::string_view sql) {
    std::vector<std::string> found;
    store::Rows rows = state.Query(sql, vpc->id);
    while (rows.Next()) found.emplace_back(rows.Text(0));
    return found;
  };
  for (const std::string& group : ids("SELECT group_id FROM ec2_group WHERE vpc_id = ?")) {
    state.Execute("DELETE FROM ec2_tag WHERE resource_id IN (SELECT rule_id FROM ec2_rule WHERE group_id = ?)", group);
    state.Execute("DELETE FROM ec2_rule WHERE group_id = ?", group);
    state.Execute("DELETE FROM ec2_group WHERE group_id = ?", group);
    RemoveTags(state, group);
  }
  for (const std::string& table : ids("SELECT route_table_id FROM ec2_route_table WHERE vpc_id = ?")) {
    DeleteRouteTableRows(state, table);
  }
  for (const std::string& acl : ids("SELECT network_acl_id FROM ec2_vpc WHERE vpc_id = ?")) RemoveTags(state, acl);
  state.Execute("DELETE FROM ec2_vpc WHERE vpc_id = ?", vpc->id);
  RemoveTags(state, vpc->id);
  return Reply{};
}

AwsResult<Reply> ModifyVpcAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto vpc = FindVpc(state, call.region, call.input["VpcId"].Text());
  if (!vpc) return std::unexpected(vpc.error());
  bool changed = false;
  for (const auto& [member, column] :
       {std::pair{"EnableDnsSupport", "dns_support"}, std::pair{"EnableDnsHostnames", "dns_hostnames"},
        std::pair{"EnableNetworkAddressUsageMetrics", "usage_metrics"}}) {
    const Value& wanted = call.input[member]["Value"];
    if (wanted.IsNull()) continue;
    changed = true;
    state.Execute(fmt::format("UPDATE ec2_vpc SET {} = ? WHERE vpc_id = ?", column), wanted.Boolean(), vpc->id);
  }
  if (!changed) return AwsFailure("InvalidParameterCombination", "No attributes specified.");
  return Reply{};
}

AwsResult<Reply> DescribeVpcAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto vpc = FindVpc(state, call.region, call.input["VpcId"].Text());
  if (!vpc) return std::unexpected(vpc.error());
  store::Rows rows =
      state.Query("SELECT dns_support, dns_hostnames, usage_metrics FROM ec2_vpc WHERE vpc_id = ?", vpc->id);
  static constexpr std::array<std::string_view, 3> kAttributes = {"enableDnsSupport", "enableDnsHostnames",
                                                                  "enableNetworkAddressUsageMetrics"};
  const std::string_view attribute = call.input["Attribute"].Text();
  const auto* const found = std::ranges::find(kAttributes, attribute);
  if (found == kAttributes.end() || !rows.Next()) {
    return AwsFailure("InvalidParameterValue", "Value ({}) for parameter attribute is invalid. Unknown attribute.",
                      attribute);
  }
  std::string member(attribute);
  member.front() = 'E';
  Reply reply;
  reply.output.Set("VpcId", vpc->id);
  reply.output.Set(member, Value::Object({{"Value", rows.Boolean(static_cast<int>(found - kAttributes.begin()))}}));
  return reply;
}

AwsResult<Reply> DescribeDhcpOptions(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  const std::string domain =
      call.region == "us-east-1" ? "ec2.internal" : fmt::format("{}.compute.internal", call.region);
  const auto option = [](std::string_view key, std::string_view value) {
    return Value::Object({{"Key", key}, {"Values", Value::List({Value::Object({{"Value", value}})})}});
  };
  Value::Elements all;
  store::Rows rows = state.Query("SELECT DISTINCT dhcp_options_id FROM ec2_vpc WHERE region = ?", call.region);
  while (rows.Next()) {
    all.push_back(Value::Object(
        {{"OwnerId", call.account_id},
         {"Tags", TagsOf(state, rows.Text(0))},
         {"DhcpOptionsId", rows.Text(0)},
         {"DhcpConfigurations",
          Value::List({option("domain-name", domain), option("domain-name-servers", "AmazonProvidedDNS")})}}));
  }
  if (auto found = SelectIds(call.input["DhcpOptionsIds"], "DhcpOptionsId", "InvalidDhcpOptionID.NotFound",
                             "dhcpOption ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"DhcpOptions", kDhcpFilters}, std::move(all));
}

}  // namespace opentrail::services::ec2
