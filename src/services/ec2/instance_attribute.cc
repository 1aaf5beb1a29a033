#include <algorithm>

#include <fmt/format.h>

#include "codec/text.h"
#include "services/ec2/handlers.h"
#include "services/ec2/instance.h"
#include "services/ec2/instance_type.h"
#include "services/ec2/resources.h"

// An instance's attributes, one by one.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
namespace opentrail::services::ec2 {
namespace {

enum class AttributeType : uint8_t { kBoolean, kUserData, kInstanceType, kShutdownBehavior };

struct Attribute {
  std::string_view name;    // as `Attribute` names it
  std::string_view member;  // of input and output
  std::string_view column;
  AttributeType type;
  bool must_be_stopped;
};
constexpr Attribute kAttributes[] = {
    {"disableApiStop", "DisableApiStop", "stop_protection", AttributeType::kBoolean, false},
    {"disableApiTermination", "DisableApiTermination", "termination_protection", AttributeType::kBoolean, false},
    {"ebsOptimized", "EbsOptimized", "ebs_optimized", AttributeType::kBoolean, true},
    {"instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior", "shutdown_behavior",
     AttributeType::kShutdownBehavior, false},
    {"instanceType", "InstanceType", "instance_type", AttributeType::kInstanceType, true},
    {"sourceDestCheck", "SourceDestCheck", "source_dest_check", AttributeType::kBoolean, false},
    {"userData", "UserData", "user_data", AttributeType::kUserData, true},
};

AwsResult<Instance> FindOne(const Call& call, store::Connection& state) {
  auto found = FindInstances(state, call, Value::List({call.input["InstanceId"]}));
  if (!found) return std::unexpected(found.error());
  return std::move(found->front());
}

std::unexpected<AwsError> UnknownAttribute(std::string_view name) {
  return AwsFailure("InvalidParameterValue", "Value ({}) for parameter attribute is invalid. Unknown attribute.", name);
}

// What is asked of the attribute: its own member, or Attribute and Value; null where it is not meant.
Value Wanted(const Value& input, const Attribute& attribute) {
  if (input.Has(attribute.member)) return input[attribute.member]["Value"];
  if (input["Attribute"].Text() != attribute.name) return {};
  const std::string_view text = input["Value"].Text();
  if (attribute.type == AttributeType::kBoolean) return Value(text == "true");
  return Value(text);
}

AwsStatus Modify(const Attribute& attribute, const Value& wanted, const Instance& instance, Time now,
                 store::Connection& state) {
  if (attribute.must_be_stopped && StateAt(instance, now).code != kStopped.code) {
    return AwsFailure("IncorrectInstanceState",
                      "The instance '{}' must be stopped before its attribute '{}' can be modified.", instance.id,
                      attribute.name);
  }
  const std::string sql = fmt::format("UPDATE ec2_instance SET {} = ? WHERE instance_id = ?", attribute.column);
  switch (attribute.type) {
    case AttributeType::kBoolean: state.Execute(sql, wanted.Boolean(), instance.id); return {};
    case AttributeType::kUserData:
      // A member is a blob, read already; Value is the base64 text itself.
      state.Execute(sql, wanted.IsString() ? std::string(wanted.Text()) : codec::Base64Encode(wanted.Bytes()),
                    instance.id);
      return {};
    case AttributeType::kInstanceType:
      if (IsInstanceType(wanted.Text())) break;
      return AwsFailure("InvalidInstanceAttributeValue", "Invalid value '{}' for InstanceType.", wanted.Text());
    case AttributeType::kShutdownBehavior:
      if (wanted.Text() == "stop" || wanted.Text() == "terminate") break;
      return AwsFailure("InvalidParameterValue",
                        "Invalid value '{}' for instanceInitiatedShutdownBehavior. Valid: stop, terminate.",
                        wanted.Text());
  }
  state.Execute(sql, wanted.Text(), instance.id);
  return {};
}

AwsStatus SetGroups(Ec2Service& service, const Call& call, const Instance& instance, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const Value before = GroupsOf(state, instance.id);
  state.Execute("DELETE FROM ec2_instance_group WHERE instance_id = ?", instance.id);
  for (const Value& group : call.input["Groups"].elements()) {
    if (!state.Query("SELECT 1 FROM ec2_group WHERE group_id = ? AND vpc_id = ?", group.Text(), instance.vpc_id)
             .Next()) {
      return AwsFailure("InvalidGroup.NotFound", "The security group '{}' does not exist", group.Text());
    }
    state.Execute("INSERT OR IGNORE INTO ec2_instance_group VALUES(?, ?)", instance.id, group.Text());
    transaction.OnCommit([&service, id = Text(group)] { service.hosts().ApplySecurityGroup(id); });
  }
  for (const Value& group : before.elements()) {
    transaction.OnCommit([&service, id = Text(group["GroupId"])] { service.hosts().ApplySecurityGroup(id); });
  }
  return {};
}

Value Shown(const Attribute& attribute, const Instance& instance) {
  const auto wrapped = [](Value value) { return Value::Object({{"Value", std::move(value)}}); };
  if (attribute.name == "disableApiStop") return wrapped(instance.stop_protection);
  if (attribute.name == "disableApiTermination") return wrapped(instance.termination_protection);
  if (attribute.name == "ebsOptimized") return wrapped(instance.ebs_optimized);
  if (attribute.name == "instanceInitiatedShutdownBehavior") return wrapped(instance.shutdown_behavior);
  if (attribute.name == "instanceType") return wrapped(instance.type);
  if (attribute.name == "sourceDestCheck") return wrapped(instance.source_dest_check);
  return instance.user_data.empty() ? Value::Object() : wrapped(instance.user_data);
}

}  // namespace

AwsResult<Reply> DescribeInstanceAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto instance = FindOne(call, state);
  if (!instance) return std::unexpected(instance.error());
  const std::string_view name = call.input["Attribute"].Text();
  Reply reply;
  reply.output.Set("InstanceId", instance->id);
  const auto* const attribute = std::ranges::find(kAttributes, name, &Attribute::name);
  if (attribute != std::end(kAttributes)) {
    reply.output.Set(attribute->member, Shown(*attribute, *instance));
  } else if (name == "groupSet") {
    reply.output.Set("Groups", GroupsOf(state, instance->id));
  } else if (name == "rootDeviceName") {
    reply.output.Set("RootDeviceName", Value::Object({{"Value", "/dev/xvda"}}));
  } else if (name == "blockDeviceMapping") {
    reply.output.Set("BlockDeviceMappings", DescribeInstance(call, *instance, state)["BlockDeviceMappings"]);
  } else if (name == "enaSupport") {
    reply.output.Set("EnaSupport", Value::Object({{"Value", true}}));
  } else if (name == "productCodes") {
    reply.output.Set("ProductCodes", Value::List());
  } else if (name == "kernel" || name == "ramdisk" || name == "sriovNetSupport") {
    reply.output.Set(name == "kernel"    ? "KernelId"
                     : name == "ramdisk" ? "RamdiskId"
                                         : "SriovNetSupport",
                     Value::Object());
  } else {
    return UnknownAttribute(name);
  }
  return reply;
}

AwsResult<Reply> ModifyInstanceAttribute(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto instance = FindOne(call, state);
  if (!instance) return std::unexpected(instance.error());
  bool changed = false;
  for (const Attribute& attribute : kAttributes) {
    const Value wanted = Wanted(call.input, attribute);
    if (wanted.IsNull()) continue;
    changed = true;
    if (auto modified = Modify(attribute, wanted, *instance, call.now, state); !modified) {
      return std::unexpected(modified.error());
    }
  }
  if (!call.input["Groups"].elements().empty()) {
    changed = true;
    if (auto set = SetGroups(service, call, *instance, transaction); !set) return std::unexpected(set.error());
  }
  if (changed) return Reply{};
  if (call.input.Has("Attribute")) return UnknownAttribute(call.input["Attribute"].Text());
  return AwsFailure("InvalidParameterCombination", "No attributes specified.");
}

AwsResult<Reply> ResetInstanceAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto instance = FindOne(call, state);
  if (!instance) return std::unexpected(instance.error());
  if (call.input["Attribute"].Text() != "sourceDestCheck") return UnknownAttribute(call.input["Attribute"].Text());
  state.Execute("UPDATE ec2_instance SET source_dest_check = 1 WHERE instance_id = ?", instance->id);
  return Reply{};
}

}  // namespace opentrail::services::ec2
