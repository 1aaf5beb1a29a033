#include <algorithm>

#include "codec/json_value.h"
#include "services/ec2/handlers.h"
#include "services/ec2/instance.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

AwsResult<Instance> FindOne(const Call& call, store::Connection& state) {
  auto found = FindInstances(state, call, Value::List({call.input["InstanceId"]}));
  if (!found) return std::unexpected(found.error());
  return std::move(found->front());
}

AwsResult<Reply> SetMonitoring(Call& call, store::Transaction& transaction, bool on) {
  store::Connection& state = transaction.connection();
  auto instances = FindInstances(state, call, call.input["InstanceIds"]);
  if (!instances) return std::unexpected(instances.error());
  Value list = Value::List();
  for (const Instance& instance : *instances) {
    const std::string_view status =
        instance.monitoring == on ? (on ? "enabled" : "disabled") : (on ? "pending" : "disabling");
    state.Execute("UPDATE ec2_instance SET monitoring = ? WHERE instance_id = ?", on, instance.id);
    list.Append(Value::Object({{"InstanceId", instance.id}, {"Monitoring", Value::Object({{"State", status}})}}));
  }
  Reply reply;
  reply.output.Set("InstanceMonitorings", std::move(list));
  return reply;
}

// The setting stands for the region in ec2_region.
AwsResult<Reply> SetSerialConsole(Ec2Service& service, Call& call, store::Transaction& transaction, bool on) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  state.Execute("UPDATE ec2_region SET serial_console = ? WHERE region = ?", on, call.region);
  Reply reply;
  reply.output.Set("SerialConsoleAccessEnabled", on);
  return reply;
}

}  // namespace

AwsResult<Reply> MonitorInstances(Ec2Service&, Call& call, store::Transaction& transaction) {
  return SetMonitoring(call, transaction, true);
}
AwsResult<Reply> UnmonitorInstances(Ec2Service&, Call& call, store::Transaction& transaction) {
  return SetMonitoring(call, transaction, false);
}

AwsResult<Reply> ModifyInstanceMetadataOptions(Ec2Service&, Call& call, store::Transaction& transaction) {
  static constexpr int64_t kMaxHops = 64;
  store::Connection& state = transaction.connection();
  auto instance = FindOne(call, state);
  if (!instance) return std::unexpected(instance.error());
  if (const int64_t hops = call.input["HttpPutResponseHopLimit"].Integer(1); hops < 1 || hops > kMaxHops) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter HttpPutResponseHopLimit is invalid. It must be between 1 and {}.", hops,
                      kMaxHops);
  }
  auto options = codec::ParseJsonValue(instance->metadata);
  if (!options) return std::unexpected(AwsError{"InternalError", "An internal error has occurred", 500});
  for (const std::string_view member :
       {"HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags"}) {
    options->SetIfPresent(member, call.input[member]);
  }
  state.Execute("UPDATE ec2_instance SET metadata = ? WHERE instance_id = ?", codec::WriteJson(*options), instance->id);
  Reply reply;
  reply.output.Set("InstanceId", instance->id).Set("InstanceMetadataOptions", options->Set("State", "pending"));
  return reply;
}

AwsResult<Reply> GetSerialConsoleAccessStatus(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  store::Rows rows = state.Query("SELECT serial_console FROM ec2_region WHERE region = ?", call.region);
  Reply reply;
  reply.output.Set("SerialConsoleAccessEnabled", rows.Next() && rows.Boolean(0)).Set("ManagedBy", "account");
  return reply;
}

AwsResult<Reply> EnableSerialConsoleAccess(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return SetSerialConsole(service, call, transaction, true);
}
AwsResult<Reply> DisableSerialConsoleAccess(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return SetSerialConsole(service, call, transaction, false);
}

}  // namespace opentrail::services::ec2
