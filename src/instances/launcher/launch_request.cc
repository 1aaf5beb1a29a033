#include "instances/launcher/launch_request.h"

#include "codec/text.h"

namespace opentrail::instances {
namespace {

Value ToValue(const InterfaceSpec& spec) {
  Value groups = Value::List();
  for (const std::string& group : spec.security_groups) groups.Append(group);
  Value value = Value::Object({{"instance_id", spec.instance_id},
                               {"region", spec.region},
                               {"vpc_id", spec.vpc_id},
                               {"vpc_cidr", spec.vpc_cidr},
                               {"subnet_cidr", spec.subnet_cidr},
                               {"private_address", spec.private_address},
                               {"mac", spec.mac},
                               {"security_groups", std::move(groups)}});
  if (spec.public_address) value.Set("public_address", *spec.public_address);
  return value;
}

Value ToValue(const std::vector<HostKey>& keys) {
  Value list = Value::List();
  for (const HostKey& key : keys) {
    list.Append(Value::Object({{"type", key.type},
                               {"private_key", key.private_key},
                               {"public_key", key.public_key},
                               {"fingerprint", key.fingerprint}}));
  }
  return list;
}

std::string Text(const Value& value) { return std::string(value.Text()); }

std::vector<HostKey> ReadHostKeys(const Value& value) {
  std::vector<HostKey> keys;
  for (const Value& key : value.elements()) {
    keys.push_back({Text(key["type"]), Text(key["private_key"]), Text(key["public_key"]), Text(key["fingerprint"])});
  }
  return keys;
}

InterfaceSpec ReadInterface(const Value& value) {
  InterfaceSpec spec{.instance_id = Text(value["instance_id"]),
                     .region = Text(value["region"]),
                     .vpc_id = Text(value["vpc_id"]),
                     .vpc_cidr = Text(value["vpc_cidr"]),
                     .subnet_cidr = Text(value["subnet_cidr"]),
                     .private_address = Text(value["private_address"]),
                     .mac = Text(value["mac"])};
  if (value.Has("public_address")) spec.public_address = Text(value["public_address"]);
  for (const Value& group : value["security_groups"].elements()) spec.security_groups.push_back(Text(group));
  return spec;
}

}  // namespace

bool IsInstanceId(std::string_view id) {
  constexpr size_t kMaxId = 40;
  return id.size() > 2 && id.size() <= kMaxId && id.starts_with("i-") &&
         id.find_first_not_of("0123456789abcdef", 2) == id.npos;
}

Value ToValue(const LaunchRequest& request) {
  return Value::Object({{"interface", ToValue(request.interface)},
                        {"image", request.image},
                        {"memory_bytes", request.limits.memory_bytes},
                        {"processes", request.limits.processes},
                        {"cpu_percent", request.limits.cpu_percent},
                        {"authorized_key", request.authorized_key},
                        {"host_keys", ToValue(request.host_keys)},
                        {"ca_certificate", request.ca_certificate},
                        {"user_data", codec::Base64Encode(request.user_data)}});
}

Result<LaunchRequest> ReadLaunchRequest(const Value& value) {
  LaunchRequest request{.interface = ReadInterface(value["interface"]),
                        .image = Text(value["image"]),
                        .limits = {.memory_bytes = value["memory_bytes"].Integer(0),
                                   .processes = value["processes"].Integer(0),
                                   .cpu_percent = value["cpu_percent"].Integer(0)},
                        .authorized_key = Text(value["authorized_key"]),
                        .host_keys = ReadHostKeys(value["host_keys"]),
                        .ca_certificate = Text(value["ca_certificate"])};
  if (!IsInstanceId(request.interface.instance_id))
    return MakeError(ErrorCode::kInvalidArgument, "'{}' is no instance id", request.interface.instance_id);
  auto user_data = codec::Base64Decode(value["user_data"].Text());
  if (!user_data) return MakeError(ErrorCode::kInvalidArgument, "user data is not base64");
  request.user_data = std::move(*user_data);
  return request;
}

}  // namespace opentrail::instances
