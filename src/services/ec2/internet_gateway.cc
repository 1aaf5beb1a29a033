#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/network.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr int64_t kMaxGateways = 5;  // of a region

constexpr FilterPath kGatewayFilters[] = {{"internet-gateway-id", "InternetGatewayId"},
                                          {"attachment.vpc-id", "Attachments.VpcId"},
                                          {"attachment.state", "Attachments.State"},
                                          {"owner-id", "OwnerId"}};

struct InternetGateway {
  std::string id, vpc_id;  // "" where it is not attached
};

Value Describe(const Call& call, const InternetGateway& gateway, store::Connection& state) {
  Value attachments = Value::List();
  if (!gateway.vpc_id.empty()) {
    attachments.Append(Value::Object({{"State", "available"}, {"VpcId", gateway.vpc_id}}));
  }
  return Value::Object({{"Attachments", std::move(attachments)},
                        {"InternetGatewayId", gateway.id},
                        {"OwnerId", call.account_id},
                        {"Tags", TagsOf(state, gateway.id)}});
}

AwsResult<InternetGateway> FindGateway(const Call& call, store::Connection& state) {
  const std::string_view id = call.input["InternetGatewayId"].Text();
  store::Rows rows =
      state.Query("SELECT vpc_id FROM ec2_internet_gateway WHERE gateway_id = ? AND region = ?", id, call.region);
  if (rows.Next()) return InternetGateway{std::string(id), std::string(rows.Text(0))};
  return AwsFailure("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist", id);
}

}  // namespace

AwsResult<Reply> CreateInternetGateway(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  store::Rows count = state.Query("SELECT count(*) FROM ec2_internet_gateway WHERE region = ?", call.region);
  if (count.Next() && count.Integer(0) >= kMaxGateways) {
    return AwsFailure("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.");
  }
  const InternetGateway gateway{RandomHexId(service.environment().random, "igw-"), ""};
  state.Execute("INSERT INTO ec2_internet_gateway VALUES(?, ?, NULL)", gateway.id, call.region);
  if (auto tagged = AddTagSpecifications(call, "internet-gateway", gateway.id, state); !tagged) {
    return std::unexpected(tagged.error());
  }
  Reply reply;
  reply.output.Set("InternetGateway", Describe(call, gateway, state));
  return reply;
}

AwsResult<Reply> DescribeInternetGateways(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Value::Elements all;
  store::Rows rows =
      state.Query("SELECT gateway_id, vpc_id FROM ec2_internet_gateway WHERE region = ? ORDER BY rowid", call.region);
  while (rows.Next()) {
    all.push_back(Describe(call, {std::string(rows.Text(0)), std::string(rows.Text(1))}, state));
  }
  if (auto found = SelectIds(call.input["InternetGatewayIds"], "InternetGatewayId", "InvalidInternetGatewayID.NotFound",
                             "internetGateway ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"InternetGateways", kGatewayFilters}, std::move(all));
}

AwsResult<Reply> AttachInternetGateway(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto gateway = FindGateway(call, state);
  if (!gateway) return std::unexpected(gateway.error());
  auto vpc = FindVpc(state, call.region, call.input["VpcId"].Text());
  if (!vpc) return std::unexpected(vpc.error());
  if (!gateway->vpc_id.empty()) {
    return AwsFailure("Resource.AlreadyAssociated", "resource {} is already attached to network {}", gateway->id,
                      gateway->vpc_id);
  }
  if (state.Query("SELECT 1 FROM ec2_internet_gateway WHERE vpc_id = ?", vpc->id).Next()) {
    return AwsFailure("InvalidParameterValue", "Network {} already has an internet gateway attached", vpc->id);
  }
  state.Execute("UPDATE ec2_internet_gateway SET vpc_id = ? WHERE gateway_id = ?", vpc->id, gateway->id);
  return Reply{};
}

AwsResult<Reply> DetachInternetGateway(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto gateway = FindGateway(call, state);
  if (!gateway) return std::unexpected(gateway.error());
  const std::string_view vpc_id = call.input["VpcId"].Text();
  if (gateway->vpc_id.empty() || gateway->vpc_id != vpc_id) {
    return AwsFailure("Gateway.NotAttached", "resource {} is not attached to network {}", gateway->id, vpc_id);
  }
  const bool mapped = state
                          .Query(
                              "SELECT 1 FROM ec2_instance WHERE vpc_id = ? AND wanted <> 'terminated' AND "
                              "public_ip <> ''",
                              vpc_id)
                          .Next();
  if (mapped) {
    return AwsFailure("DependencyViolation",
                      "Network {} has some mapped public address(es). Please unmap those public address(es) before "
                      "detaching the gateway.",
                      vpc_id);
  }
  state.Execute("UPDATE ec2_internet_gateway SET vpc_id = NULL WHERE gateway_id = ?", gateway->id);
  return Reply{};
}

AwsResult<Reply> DeleteInternetGateway(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto gateway = FindGateway(call, state);
  if (!gateway) return std::unexpected(gateway.error());
  if (!gateway->vpc_id.empty()) {
    return AwsFailure("DependencyViolation", "The internetGateway '{}' has dependencies and cannot be deleted.",
                      gateway->id);
  }
  state.Execute("DELETE FROM ec2_internet_gateway WHERE gateway_id = ?", gateway->id);
  RemoveTags(state, gateway->id);
  return Reply{};
}

}  // namespace opentrail::services::ec2
