#include "services/ec2/instance.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "services/ec2/filter.h"
#include "services/ec2/handlers.h"
#include "services/ec2/instance_profile.h"
#include "services/ec2/network.h"
#include "services/ec2/resources.h"
#include "services/ec2/volume.h"

namespace opentrail::services::ec2 {
namespace {

constexpr auto kTransition = std::chrono::seconds(2);
constexpr auto kTerminatedShown = std::chrono::hours(1);
constexpr std::string_view kColumns =
    "instance_id, reservation_id, launch_index, image_id, instance_type, subnet_id, vpc_id, zone, private_ip, "
    "public_ip, key_name, launched, "
    "wanted, changed, reason, user_data, termination_protection, client_token, interface_id, volume_id, profile_arn, "
    "metadata, monitoring, source_dest_check, stop_protection, shutdown_behavior, ebs_optimized, "
    "(SELECT state FROM ec2_instance_host AS host WHERE host.instance_id = ec2_instance.instance_id)";

constexpr FilterPath kInstanceFilters[] = {
    {"architecture", "Architecture"},
    {"availability-zone", "Placement.AvailabilityZone"},
    {"client-token", "ClientToken"},
    {"dns-name", "PublicDnsName"},
    {"iam-instance-profile.arn", "IamInstanceProfile.Arn"},
    {"image-id", "ImageId"},
    {"instance-id", "InstanceId"},
    {"instance-state-code", "State.Code"},
    {"instance-state-name", "State.Name"},
    {"instance-type", "InstanceType"},
    {"instance.group-id", "SecurityGroups.GroupId"},
    {"instance.group-name", "SecurityGroups.GroupName"},
    {"ip-address", "PublicIpAddress"},
    {"key-name", "KeyName"},
    {"launch-index", "AmiLaunchIndex"},
    {"launch-time", "LaunchTime"},
    {"metadata-options.http-tokens", "MetadataOptions.HttpTokens"},
    {"monitoring-state", "Monitoring.State"},
    {"network-interface.network-interface-id", "NetworkInterfaces.NetworkInterfaceId"},
    {"network-interface.subnet-id", "SubnetId"},
    {"network-interface.vpc-id", "VpcId"},
    {"network-interface.addresses.private-ip-address", "PrivateIpAddress"},
    {"owner-id", "NetworkInterfaces.OwnerId"},
    {"private-dns-name", "PrivateDnsName"},
    {"private-ip-address", "PrivateIpAddress"},
    {"root-device-name", "RootDeviceName"},
    {"root-device-type", "RootDeviceType"},
    {"subnet-id", "SubnetId"},
    {"tenancy", "Placement.Tenancy"},
    {"virtualization-type", "VirtualizationType"},
    {"vpc-id", "VpcId"},
};

Instance Read(const store::Rows& rows) {
  const auto text = [&](int column) { return std::string(rows.Text(column)); };
  const auto time = [&](int column) { return Time(std::chrono::milliseconds(rows.Integer(column))); };
  return {.id = text(0),
          .reservation_id = text(1),
          .image_id = text(3),
          .type = text(4),
          .subnet_id = text(5),
          .vpc_id = text(6),
          .zone = text(7),
          .private_ip = text(8),
          .public_ip = text(9),
          .key_name = text(10),
          .user_data = text(15),
          .interface_id = text(18),
          .volume_id = text(19),
          .profile_arn = text(20),
          .client_token = text(17),
          .reason = text(14),
          .metadata = text(21),
          .launch_index = rows.Integer(2),
          .launched = time(11),
          .changed = time(13),
          .wanted = text(12),
          .termination_protection = rows.Boolean(16),
          .monitoring = rows.Boolean(22),
          .source_dest_check = rows.Boolean(23),
          .stop_protection = rows.Boolean(24),
          .shutdown_behavior = text(25),
          .ebs_optimized = rows.Boolean(26),
          .host_state = text(27)};
}

std::string DashedName(std::string_view prefix, std::string address) {
  std::ranges::replace(address, '.', '-');
  return std::string(prefix) + address;
}

Value StateValue(const InstanceState& state) { return Value::Object({{"Code", state.code}, {"Name", state.name}}); }

Value Interface(const Call& call, const Instance& instance, const Value& groups, Time attached) {
  Value attachment = Value::Object(
      {{"AttachTime", attached}, {"DeleteOnTermination", true}, {"DeviceIndex", 0}, {"Status", "attached"}});
  return Value::Object({{"NetworkInterfaceId", instance.interface_id},
                        {"OwnerId", call.account_id},
                        {"SubnetId", instance.subnet_id},
                        {"VpcId", instance.vpc_id},
                        {"PrivateIpAddress", instance.private_ip},
                        {"SourceDestCheck", instance.source_dest_check},
                        {"Status", "in-use"},
                        {"InterfaceType", "interface"},
                        {"Groups", groups},
                        {"Attachment", std::move(attachment)}});
}

void AddPlace(Value& value, const Call& call, const Instance& instance, const InstanceState& state) {
  value.Set("Placement",
            Value::Object({{"AvailabilityZone", instance.zone}, {"GroupName", ""}, {"Tenancy", "default"}}));
  value.Set("State", StateValue(state));
  if (state.code == kTerminated.code) return;  // it has given its addresses back
  value.Set("SubnetId", instance.subnet_id).Set("VpcId", instance.vpc_id).Set("PrivateIpAddress", instance.private_ip);
  const std::string inside =
      call.region == "us-east-1" ? ".ec2.internal" : fmt::format(".{}.compute.internal", call.region);
  value.Set("PrivateDnsName", DashedName("ip-", instance.private_ip) + inside);
  if (instance.public_ip.empty() || state.code == kStopped.code) {
    value.Set("PublicDnsName", "");
    return;
  }
  const std::string outside =
      call.region == "us-east-1" ? ".compute-1.amazonaws.com" : fmt::format(".{}.compute.amazonaws.com", call.region);
  value.Set("PublicIpAddress", instance.public_ip)
      .Set("PublicDnsName", DashedName("ec2-", instance.public_ip) + outside);
}

// One change of many instances, each from states that allow it.
struct Transition {
  std::string_view wanted, list;
  InstanceHosts::Change change;
  bool (*allowed)(const InstanceState& state);
};

AwsResult<Reply> Move(Ec2Service& service, Call& call, store::Transaction& transaction, const Transition& transition) {
  store::Connection& state = transaction.connection();
  auto instances = FindInstances(state, call, call.input["InstanceIds"]);
  if (!instances) return std::unexpected(instances.error());
  Value list = Value::List();
  for (Instance& instance : *instances) {
    const InstanceState before = StateAt(instance, call.now);
    if (transition.wanted == "terminated" && instance.termination_protection) {
      return AwsFailure(
          "OperationNotPermitted",
          "The instance '{}' may not be terminated. Modify its 'disableApiTermination' instance attribute "
          "and try again.",
          instance.id);
    }
    if (transition.wanted == "stopped" && instance.stop_protection) {
      return AwsFailure("OperationNotPermitted",
                        "The instance '{}' may not be stopped. Modify its 'disableApiStop' instance attribute and try "
                        "again.",
                        instance.id);
    }
    if (!transition.allowed(before)) {
      return AwsFailure("IncorrectInstanceState", "The instance '{}' is not in a state from which it can be {}.",
                        instance.id, transition.wanted == "running" ? "started" : transition.wanted);
    }
    if (instance.wanted != transition.wanted) {
      instance.wanted = transition.wanted;
      instance.changed = call.now;
      state.Execute("UPDATE ec2_instance SET wanted = ?, changed = ?, reason = ? WHERE instance_id = ?",
                    instance.wanted, call.now.time_since_epoch().count(),
                    transition.wanted == "running" ? "" : "User initiated", instance.id);
      if (transition.wanted == "terminated") {
        state.Execute("DELETE FROM ec2_instance_group WHERE instance_id = ?", instance.id);
        ReleaseElasticAddresses(state, instance.id);
        FreeVolumesOf(state, instance.id);
      }
      transaction.OnCommit(
          [&service, id = instance.id, change = transition.change] { service.hosts().Apply(change, id); });
    }
    list.Append(Value::Object({{"CurrentState", StateValue(StateAt(instance, call.now))},
                               {"InstanceId", instance.id},
                               {"PreviousState", StateValue(before)}}));
  }
  Reply reply;
  reply.output.Set(transition.list, std::move(list));
  return reply;
}

}  // namespace

Value GroupsOf(store::Connection& state, std::string_view instance_id) {
  Value groups = Value::List();
  store::Rows rows = state.Query(
      "SELECT g.group_id, g.name FROM ec2_instance_group i JOIN ec2_group g USING(group_id) WHERE i.instance_id = ? "
      "ORDER BY g.name",
      instance_id);
  while (rows.Next()) groups.Append(Value::Object({{"GroupId", rows.Text(0)}, {"GroupName", rows.Text(1)}}));
  return groups;
}

InstanceState StateAt(const Instance& instance, Time now) {
  const bool settled =
      instance.host_state.empty() ? now - instance.changed >= kTransition : instance.host_state == instance.wanted;
  if (instance.wanted == "running") return settled ? kRunning : kPending;
  if (instance.wanted == "stopped") return settled ? kStopped : kStopping;
  return settled ? kTerminated : kShuttingDown;
}

std::vector<Instance> AllInstances(store::Connection& state, std::string_view region, Time now) {
  static const std::string kSql =
      fmt::format("SELECT {} FROM ec2_instance WHERE region = ? ORDER BY launched, instance_id", kColumns);
  std::vector<Instance> instances;
  store::Rows rows = state.Query(kSql, region);
  while (rows.Next()) {
    Instance instance = Read(rows);
    if (instance.wanted == "terminated" && now - instance.changed > kTerminatedShown) continue;
    instances.push_back(std::move(instance));
  }
  return instances;
}

AwsResult<std::vector<Instance>> FindInstances(store::Connection& state, const Call& call, const Value& ids) {
  std::vector<Instance> all = AllInstances(state, call.region, call.now);
  std::vector<Instance> found;
  for (const Value& id : ids.elements()) {
    if (!id.Text().starts_with("i-"))
      return AwsFailure("InvalidInstanceID.Malformed", "Invalid id: \"{}\" (expecting \"i-...\")", id.Text());
    const auto at = std::ranges::find(all, id.Text(), &Instance::id);
    if (at == all.end())
      return AwsFailure("InvalidInstanceID.NotFound", "The instance ID '{}' does not exist", id.Text());
    found.push_back(*at);
  }
  return found;
}

Value DescribeInstance(const Call& call, const Instance& instance, store::Connection& state) {
  const InstanceState now = StateAt(instance, call.now);
  const Value groups = now.code == kTerminated.code ? Value::List() : GroupsOf(state, instance.id);
  Value value = Value::Object({{"AmiLaunchIndex", instance.launch_index},
                               {"ImageId", instance.image_id},
                               {"InstanceId", instance.id},
                               {"InstanceType", instance.type},
                               {"LaunchTime", instance.launched},
                               {"ProductCodes", Value::List()},
                               {"Monitoring", Value::Object({{"State", instance.monitoring ? "enabled" : "disabled"}})},
                               {"StateTransitionReason", instance.reason}});
  if (!instance.key_name.empty()) value.Set("KeyName", instance.key_name);
  AddPlace(value, call, instance, now);
  Value volumes = Value::List(), interfaces = Value::List();
  if (now.code != kTerminated.code && now.code != kPending.code)
    volumes = BlockDeviceMappingsOf(state, call, instance.id);
  if (now.code != kTerminated.code) interfaces.Append(Interface(call, instance, groups, instance.launched));
  value.Set("Architecture", "x86_64")
      .Set("BlockDeviceMappings", std::move(volumes))
      .Set("ClientToken", instance.client_token);
  value.Set("EbsOptimized", instance.ebs_optimized).Set("EnaSupport", true).Set("Hypervisor", "xen");
  if (!instance.profile_arn.empty())
    value.Set("IamInstanceProfile", DescribeInstanceProfile(instance.profile_arn, state));
  value.Set("NetworkInterfaces", std::move(interfaces)).Set("RootDeviceName", "/dev/xvda").Set("RootDeviceType", "ebs");
  value.Set("SecurityGroups", groups)
      .Set("SourceDestCheck", instance.source_dest_check)
      .Set("Tags", TagsOf(state, instance.id))
      .Set("VirtualizationType", "hvm");
  if (now.code == kPending.code) value.Set("StateReason", Value::Object({{"Code", "pending"}, {"Message", "pending"}}));
  value.Set("CpuOptions", Value::Object({{"CoreCount", 1}, {"ThreadsPerCore", 2}}));
  if (auto metadata = codec::ParseJsonValue(instance.metadata)) value.Set("MetadataOptions", std::move(*metadata));
  value.Set("PlatformDetails", "Linux/UNIX")
      .Set("UsageOperation", "RunInstances")
      .Set("UsageOperationUpdateTime", instance.launched);
  return value.Set("CurrentInstanceBootMode", "legacy-bios");
}

Value Reservation(const Call& call, std::string_view id, Value::Elements instances) {
  return Value::Object({{"ReservationId", id},
                        {"OwnerId", call.account_id},
                        {"Groups", Value::List()},
                        {"Instances", Value::List(std::move(instances))}});
}

AwsResult<Reply> DescribeInstances(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  std::vector<Instance> instances = AllInstances(state, call.region, call.now);
  if (!call.input["InstanceIds"].elements().empty()) {
    auto found = FindInstances(state, call, call.input["InstanceIds"]);
    if (!found) return std::unexpected(found.error());
    instances = std::move(*found);
  }
  Value::Elements all;
  std::map<std::string, std::string, std::less<>> reservations;
  for (const Instance& instance : instances) {
    reservations[instance.id] = instance.reservation_id;
    all.push_back(DescribeInstance(call, instance, state));
  }
  if (auto kept = ApplyFilters(call.input["Filters"], kInstanceFilters, all); !kept)
    return std::unexpected(kept.error());
  std::vector<std::pair<std::string, Value::Elements>> grouped;
  for (Value& instance : all) {
    const std::string& reservation = reservations.find(instance["InstanceId"].Text())->second;
    if (grouped.empty() || grouped.back().first != reservation) grouped.emplace_back(reservation, Value::Elements());
    grouped.back().second.push_back(std::move(instance));
  }
  Value::Elements list;
  for (auto& [id, members] : grouped) list.push_back(Reservation(call, id, std::move(members)));
  Reply reply;
  if (auto paged = Page(call.input, "Reservations", std::move(list), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> DescribeInstanceStatus(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  std::vector<Instance> instances = AllInstances(state, call.region, call.now);
  if (!call.input["InstanceIds"].elements().empty()) {
    auto found = FindInstances(state, call, call.input["InstanceIds"]);
    if (!found) return std::unexpected(found.error());
    instances = std::move(*found);
  }
  const bool every = call.input["IncludeAllInstances"].Boolean();
  Value::Elements all;
  for (const Instance& instance : instances) {
    const InstanceState now = StateAt(instance, call.now);
    if (!every && now.code != kRunning.code) continue;
    const char* status = now.code == kRunning.code ? "ok" : "not-applicable";
    all.push_back(Value::Object({{"AvailabilityZone", instance.zone},
                                 {"InstanceId", instance.id},
                                 {"InstanceState", StateValue(now)},
                                 {"InstanceStatus", Value::Object({{"Details", Value::List()}, {"Status", status}})},
                                 {"SystemStatus", Value::Object({{"Details", Value::List()}, {"Status", status}})}}));
  }
  static constexpr FilterPath kFilters[] = {{"availability-zone", "AvailabilityZone"},
                                            {"instance-state-name", "InstanceState.Name"},
                                            {"instance-state-code", "InstanceState.Code"},
                                            {"instance-status.status", "InstanceStatus.Status"}};
  if (auto kept = ApplyFilters(call.input["Filters"], kFilters, all); !kept) return std::unexpected(kept.error());
  Reply reply;
  if (auto paged = Page(call.input, "InstanceStatuses", std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> StartInstances(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return Move(service, call, transaction,
              {"running", "StartingInstances", InstanceHosts::Change::kStart, [](const InstanceState& s) {
                 return s.code == kStopped.code || s.code == kRunning.code || s.code == kPending.code;
               }});
}

AwsResult<Reply> StopInstances(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return Move(service, call, transaction,
              {"stopped", "StoppingInstances", InstanceHosts::Change::kStop, [](const InstanceState& s) {
                 return s.code == kRunning.code || s.code == kStopping.code || s.code == kStopped.code;
               }});
}

AwsResult<Reply> TerminateInstances(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return Move(service, call, transaction,
              {"terminated", "TerminatingInstances", InstanceHosts::Change::kTerminate,
               [](const InstanceState&) { return true; }});
}

AwsResult<Reply> RebootInstances(Ec2Service& service, Call& call, store::Transaction& transaction) {
  auto instances = FindInstances(transaction.connection(), call, call.input["InstanceIds"]);
  if (!instances) return std::unexpected(instances.error());
  for (const Instance& instance : *instances) {
    if (StateAt(instance, call.now).code != kRunning.code) {
      return AwsFailure("IncorrectInstanceState", "The instance '{}' is not in a state from which it can be rebooted.",
                        instance.id);
    }
    transaction.OnCommit([&service, id = instance.id] { service.hosts().Apply(InstanceHosts::Change::kReboot, id); });
  }
  return Reply{};
}

}  // namespace opentrail::services::ec2
