#include <algorithm>

#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/network.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr int64_t kMaxRoutes = 50;  // of a table

constexpr FilterPath kRouteTableFilters[] = {
    {"route-table-id", "RouteTableId"},
    {"vpc-id", "VpcId"},
    {"association.main", "Associations.Main"},
    {"association.route-table-association-id", "Associations.RouteTableAssociationId"},
    {"association.route-table-id", "Associations.RouteTableId"},
    {"association.subnet-id", "Associations.SubnetId"},
    {"route.destination-cidr-block", "Routes.DestinationCidrBlock"},
    {"route.gateway-id", "Routes.GatewayId"},
    {"route.instance-id", "Routes.InstanceId"},
    {"route.origin", "Routes.Origin"},
    {"route.state", "Routes.State"},
    {"owner-id", "OwnerId"}};

struct RouteTable {
  std::string id, vpc_id;
  bool is_main = false;
};

AwsResult<RouteTable> FindTable(const Call& call, store::Connection& state) {
  const std::string_view id = call.input["RouteTableId"].Text();
  store::Rows rows = state.Query("SELECT vpc_id, is_main FROM ec2_route_table WHERE route_table_id = ? AND region = ?",
                                 id, call.region);
  if (rows.Next()) return RouteTable{std::string(id), std::string(rows.Text(0)), rows.Boolean(1)};
  return AwsFailure("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist", id);
}

Value Associations(const RouteTable& table, store::Connection& state) {
  Value list = Value::List();
  store::Rows rows = state.Query(
      "SELECT association_id, subnet_id FROM ec2_route_association WHERE route_table_id = ? ORDER BY rowid", table.id);
  while (rows.Next()) {
    Value association = Value::Object(
        {{"Main", rows.IsNull(1)}, {"RouteTableAssociationId", rows.Text(0)}, {"RouteTableId", table.id}});
    if (!rows.IsNull(1)) association.Set("SubnetId", rows.Text(1));
    list.Append(association.Set("AssociationState", Value::Object({{"State", "associated"}})));
  }
  return list;
}

Value Routes(const RouteTable& table, store::Connection& state) {
  Value list = Value::List();
  store::Rows rows = state.Query(
      "SELECT destination, target, origin FROM ec2_route WHERE route_table_id = ? ORDER BY origin DESC, destination",
      table.id);
  while (rows.Next()) {
    const std::string_view target = rows.Text(1);
    Value route = Value::Object({{"DestinationCidrBlock", rows.Text(0)}});
    bool active = true;
    if (target.starts_with("i-")) {
      active = state.Query("SELECT 1 FROM ec2_instance WHERE instance_id = ? AND wanted = 'running'", target).Next();
      route.Set("InstanceId", target);
    } else {
      if (target != "local") {
        active =
            state.Query("SELECT 1 FROM ec2_internet_gateway WHERE gateway_id = ? AND vpc_id = ?", target, table.vpc_id)
                .Next();
      }
      route.Set("GatewayId", target);
    }
    list.Append(route.Set("Origin", rows.Text(2)).Set("State", active ? "active" : "blackhole"));
  }
  return list;
}

Value Describe(const Call& call, const RouteTable& table, store::Connection& state) {
  return Value::Object({{"Associations", Associations(table, state)},
                        {"PropagatingVgws", Value::List()},
                        {"RouteTableId", table.id},
                        {"Routes", Routes(table, state)},
                        {"Tags", TagsOf(state, table.id)},
                        {"VpcId", table.vpc_id},
                        {"OwnerId", call.account_id}});
}

AwsResult<std::string> Destination(const Value& input) {
  const std::string_view text = input["DestinationCidrBlock"].Text();
  if (text.empty()) {
    return AwsFailure("MissingParameter", "The request must contain the parameter destinationCidrBlock");
  }
  const auto cidr = ParseCidr(text);
  if (!cidr) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.",
                      text);
  }
  return cidr->Text();
}

// An internet gateway or an instance: what there is to route through.
AwsResult<std::string> Target(const Call& call, const RouteTable& table, store::Connection& state) {
  if (call.input.Has("InstanceId")) {
    const std::string_view id = call.input["InstanceId"].Text();
    store::Rows rows =
        state.Query("SELECT vpc_id FROM ec2_instance WHERE instance_id = ? AND region = ? AND wanted <> 'terminated'",
                    id, call.region);
    if (!rows.Next()) return AwsFailure("InvalidInstanceID.NotFound", "The instance ID '{}' does not exist", id);
    if (rows.Text(0) == table.vpc_id) return std::string(id);
    return AwsFailure("InvalidParameterValue", "route table {} and instance {} belong to different networks", table.id,
                      id);
  }
  const std::string_view id = call.input["GatewayId"].Text();
  if (id.empty()) {
    return AwsFailure("InvalidParameterCombination",
                      "A route goes through a gateway (gatewayId) or an instance (instanceId) here.");
  }
  store::Rows rows =
      state.Query("SELECT vpc_id FROM ec2_internet_gateway WHERE gateway_id = ? AND region = ?", id, call.region);
  if (!rows.Next()) {
    return AwsFailure("InvalidGatewayID.NotFound", "The gateway ID '{}' does not exist", id);
  }
  if (rows.Text(0) == table.vpc_id) return std::string(id);
  return AwsFailure("InvalidParameterValue", "route table {} and network gateway {} belong to different networks",
                    table.id, id);
}

std::unexpected<AwsError> NoSuchRoute(const RouteTable& table, const std::string& destination) {
  return AwsFailure("InvalidRoute.NotFound", "no route with destination-cidr-block {} in route table {}", destination,
                    table.id);
}

// "" where there is none.
std::string OriginOf(store::Connection& state, const RouteTable& table, const std::string& destination) {
  store::Rows rows =
      state.Query("SELECT origin FROM ec2_route WHERE route_table_id = ? AND destination = ?", table.id, destination);
  return rows.Next() ? std::string(rows.Text(0)) : "";
}

}  // namespace

std::string MakeRouteTable(const Environment& environment, std::string_view region, const Vpc& vpc, bool is_main,
                           store::Connection& state) {
  const std::string id = RandomHexId(environment.random, "rtb-");
  state.Execute("INSERT INTO ec2_route_table VALUES(?, ?, ?, ?)", id, region, vpc.id, is_main);
  state.Execute("INSERT INTO ec2_route VALUES(?, ?, 'local', 'CreateRouteTable')", id, vpc.cidr.Text());
  if (is_main) {
    state.Execute("INSERT INTO ec2_route_association VALUES(?, ?, NULL)", RandomHexId(environment.random, "rtbassoc-"),
                  id);
  }
  return id;
}

void DeleteRouteTableRows(store::Connection& state, std::string_view route_table_id) {
  state.Execute("DELETE FROM ec2_route WHERE route_table_id = ?", route_table_id);
  state.Execute("DELETE FROM ec2_route_association WHERE route_table_id = ?", route_table_id);
  state.Execute("DELETE FROM ec2_route_table WHERE route_table_id = ?", route_table_id);
  RemoveTags(state, route_table_id);
}

AwsResult<Reply> CreateRouteTable(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto vpc = FindVpc(state, call.region, call.input["VpcId"].Text());
  if (!vpc) return std::unexpected(vpc.error());
  const RouteTable table{MakeRouteTable(service.environment(), call.region, *vpc, false, state), vpc->id, false};
  if (auto tagged = AddTagSpecifications(call, "route-table", table.id, state); !tagged) {
    return std::unexpected(tagged.error());
  }
  Reply reply;
  reply.output.Set("RouteTable", Describe(call, table, state));
  return reply;
}

AwsResult<Reply> DescribeRouteTables(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Value::Elements all;
  store::Rows rows = state.Query(
      "SELECT route_table_id, vpc_id, is_main FROM ec2_route_table WHERE region = ? ORDER BY rowid", call.region);
  while (rows.Next()) {
    all.push_back(Describe(call, {std::string(rows.Text(0)), std::string(rows.Text(1)), rows.Boolean(2)}, state));
  }
  if (auto found =
          SelectIds(call.input["RouteTableIds"], "RouteTableId", "InvalidRouteTableID.NotFound", "routeTable ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"RouteTables", kRouteTableFilters}, std::move(all));
}

AwsResult<Reply> DeleteRouteTable(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto table = FindTable(call, state);
  if (!table) return std::unexpected(table.error());
  if (state.Query("SELECT 1 FROM ec2_route_association WHERE route_table_id = ?", table->id).Next()) {
    return AwsFailure("DependencyViolation", "The routeTable '{}' has dependencies and cannot be deleted.", table->id);
  }
  DeleteRouteTableRows(state, table->id);
  return Reply{};
}

AwsResult<Reply> CreateRoute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto table = FindTable(call, state);
  if (!table) return std::unexpected(table.error());
  auto destination = Destination(call.input);
  if (!destination) return std::unexpected(destination.error());
  auto target = Target(call, *table, state);
  if (!target) return std::unexpected(target.error());
  if (!OriginOf(state, *table, *destination).empty()) {
    return AwsFailure("RouteAlreadyExists", "The route identified by {} already exists.", *destination);
  }
  store::Rows count = state.Query("SELECT count(*) FROM ec2_route WHERE route_table_id = ?", table->id);
  if (count.Next() && count.Integer(0) >= kMaxRoutes) {
    return AwsFailure("RouteLimitExceeded", "The maximum number of routes has been reached.");
  }
  state.Execute("INSERT INTO ec2_route VALUES(?, ?, ?, 'CreateRoute')", table->id, *destination, *target);
  Reply reply;
  reply.output.Set("Return", true);
  return reply;
}

AwsResult<Reply> ReplaceRoute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto table = FindTable(call, state);
  if (!table) return std::unexpected(table.error());
  auto destination = Destination(call.input);
  if (!destination) return std::unexpected(destination.error());
  auto target = Target(call, *table, state);
  if (!target) return std::unexpected(target.error());
  if (OriginOf(state, *table, *destination) != "CreateRoute") {
    return AwsFailure("InvalidParameterValue",
                      "There is no route defined for '{}' in the route table. Use CreateRoute "
                      "instead.",
                      *destination);
  }
  state.Execute("UPDATE ec2_route SET target = ? WHERE route_table_id = ? AND destination = ?", *target, table->id,
                *destination);
  return Reply{};
}

AwsResult<Reply> DeleteRoute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto table = FindTable(call, state);
  if (!table) return std::unexpected(table.error());
  auto destination = Destination(call.input);
  if (!destination) return std::unexpected(destination.error());
  const std::string origin = OriginOf(state, *table, *destination);
  if (origin.empty()) return NoSuchRoute(*table, *destination);
  if (origin != "CreateRoute") {
    return AwsFailure("InvalidParameterValue", "cannot remove local route {} in route table {}", *destination,
                      table->id);
  }
  state.Execute("DELETE FROM ec2_route WHERE route_table_id = ? AND destination = ?", table->id, *destination);
  return Reply{};
}

AwsResult<Reply> AssociateRouteTable(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto table = FindTable(call, state);
  if (!table) return std::unexpected(table.error());
  auto subnet = FindSubnet(state, call.region, call.input["SubnetId"].Text());
  if (!subnet) return std::unexpected(subnet.error());
  if (subnet->vpc_id != table->vpc_id) {
    return AwsFailure("InvalidParameterValue", "Route table {} and subnet {} belong to different networks", table->id,
                      subnet->id);
  }
  if (state.Query("SELECT 1 FROM ec2_route_association WHERE subnet_id = ?", subnet->id).Next()) {
    return AwsFailure("Resource.AlreadyAssociated",
                      "the specified association for route table {} conflicts with an existing association", table->id);
  }
  const std::string id = RandomHexId(service.environment().random, "rtbassoc-");
  state.Execute("INSERT INTO ec2_route_association VALUES(?, ?, ?)", id, table->id, subnet->id);
  Reply reply;
  reply.output.Set("AssociationId", id).Set("AssociationState", Value::Object({{"State", "associated"}}));
  return reply;
}

AwsResult<Reply> DisassociateRouteTable(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view id = call.input["AssociationId"].Text();
  store::Rows rows = state.Query("SELECT subnet_id FROM ec2_route_association WHERE association_id = ?", id);
  if (!rows.Next()) {
    return AwsFailure("InvalidAssociationID.NotFound", "The association ID '{}' does not exist", id);
  }
  if (rows.IsNull(0)) {
    return AwsFailure("InvalidParameterValue", "cannot disassociate the main route table association {}", id);
  }
  state.Execute("DELETE FROM ec2_route_association WHERE association_id = ?", id);
  return Reply{};
}

}  // namespace opentrail::services::ec2
