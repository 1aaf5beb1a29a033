#include <algorithm>
#include <span>

#include "codec/timestamp.h"
#include "trail/record_ec2_disk.h"
#include "trail/record_values.h"

namespace opentrail::trail {
namespace {

using protocol::Member;
using protocol::Shape;
using protocol::ShapeKind;

constexpr std::string_view kRedacted = "<sensitiveDataRemoved>";
constexpr std::string_view kXmlNamespace = "http://ec2.amazonaws.com/doc/2016-11-15/";

// How a list of plain values is written: {"items": [{"instanceId": "i-1"}]}, under a name of its own.
struct ListName {
  std::string_view member;   // the model's
  std::string_view name;     // the record's
  std::string_view element;  // what each value is called; "" for structures
};

constexpr ListName kListNames[] = {
    {"InstanceIds", "instancesSet", "instanceId"},
    {"GroupIds", "securityGroupIdSet", "groupId"},
    {"GroupNames", "securityGroupSet", "groupName"},
    {"SecurityGroupIds", "groupSet", "groupId"},
    {"SecurityGroups", "groupSet", "groupName"},
    {"Groups", "groupSet", "groupId"},
    {"SecurityGroupRuleIds", "securityGroupRuleIds", "securityGroupRuleId"},
    {"KeyNames", "keySet", "keyName"},
    {"KeyPairIds", "keyPairIdSet", "keyPairId"},
    {"ImageIds", "imagesSet", "imageId"},
    {"Owners", "ownersSet", "owner"},
    {"ExecutableUsers", "executableBySet", "user"},
    {"VpcIds", "vpcSet", "vpcId"},
    {"SubnetIds", "subnetSet", "subnetId"},
    {"InternetGatewayIds", "internetGatewayIdSet", "internetGatewayId"},
    {"RouteTableIds", "routeTableIdSet", "routeTableId"},
    {"NetworkInterfaceIds", "networkInterfaceIdSet", "networkInterfaceId"},
    {"NetworkAclIds", "networkAclIdSet", "networkAclId"},
    {"DhcpOptionsIds", "dhcpOptionsSet", "dhcpOptionsId"},
    {"VolumeIds", "volumeSet", "volumeId"},
    {"SnapshotIds", "snapshotSet", "snapshotId"},
    {"OwnerIds", "ownersSet", "owner"},
    {"RestorableByUserIds", "sharedUsersSet", "user"},
    {"AllocationIds", "allocationIdsSet", "allocationId"},
    {"PublicIps", "publicIpsSet", "publicIp"},
    {"RegionNames", "regionSet", "regionName"},
    {"ZoneNames", "availabilityZoneSet", "zoneName"},
    {"ZoneIds", "availabilityZoneIdSet", "zoneId"},
    {"AttributeNames", "accountAttributeNameSet", "attributeName"},
    {"Resources", "resourcesSet", "resourceId"},
    {"Tags", "tagSet", ""},
    {"Filters", "filterSet", ""},
    {"TagSpecifications", "tagSpecificationSet", ""},
    {"BlockDeviceMappings", "blockDeviceMapping", ""},
    {"NetworkInterfaces", "networkInterfaceSet", ""},
};

// Containers that an operation's record carries though nothing was sent.
struct AlwaysThere {
  std::string_view operation;
  std::initializer_list<std::string_view> names;
};

const std::span<const AlwaysThere> AlwaysTheres() {
  static const AlwaysThere always[] = {
      {"AuthorizeSecurityGroupEgress", {"ipPermissions"}},
      {"AuthorizeSecurityGroupIngress", {"ipPermissions"}},
      {"RevokeSecurityGroupEgress", {"ipPermissions"}},
      {"RevokeSecurityGroupIngress", {"ipPermissions"}},
      {"DescribeAccountAttributes", {"accountAttributeNameSet", "filterSet"}},
      {"DescribeAddresses", {"publicIpsSet", "allocationIdsSet", "filterSet"}},
      {"DescribeAvailabilityZones", {"availabilityZoneSet", "availabilityZoneIdSet"}},
      {"DescribeDhcpOptions", {"dhcpOptionsSet", "filterSet"}},
      {"DescribeImages", {"executableBySet", "imagesSet", "ownersSet", "filterSet"}},
      {"DescribeInstanceStatus", {"instancesSet", "filterSet"}},
      {"DescribeInstances", {"instancesSet", "filterSet"}},
      {"DescribeInternetGateways", {"internetGatewayIdSet", "filterSet"}},
      {"DescribeKeyPairs", {"keySet", "keyPairIdSet", "filterSet"}},
      {"DescribeNetworkAcls", {"networkAclIdSet", "filterSet"}},
      {"DescribeNetworkInterfaces", {"networkInterfaceIdSet", "filterSet"}},
      {"DescribeRegions", {"regionSet"}},
      {"DescribeRouteTables", {"routeTableIdSet", "filterSet"}},
      {"DescribeSecurityGroups", {"securityGroupSet", "securityGroupIdSet", "filterSet"}},
      {"DescribeSnapshots", {"snapshotSet", "ownersSet", "sharedUsersSet", "filterSet"}},
      {"DescribeSubnets", {"subnetSet", "filterSet"}},
      {"DescribeTags", {"filterSet"}},
      {"DescribeVolumes", {"volumeSet", "filterSet"}},
      {"DescribeVpcs", {"vpcSet", "filterSet"}},
      {"RunInstances", {"blockDeviceMapping"}},
  };
  return always;
}

// EC2 answers <return>true</return> here; the model has no member for it.
constexpr std::string_view kReturnUnmodelled[] = {"AssociateAddress", "CreateSecurityGroup"};

// Younger operations are recorded as their XML, in an object named after the request.
constexpr std::string_view kWrapped[] = {
    "AssociateIamInstanceProfile",
    "CreateDefaultSubnet",
    "CreateDefaultVpc",
    "CreateSnapshots",
    "DescribeIamInstanceProfileAssociations",
    "DescribeInstanceCreditSpecifications",
    "DescribeInstanceTypeOfferings",
    "DescribeInstanceTypes",
    "DescribeSecurityGroupRules",
    "DescribeSecurityGroupReferences",
    "DescribeStaleSecurityGroups",
    "DescribeVpcEndpoints",
    "DisassociateIamInstanceProfile",
    "DisableEbsEncryptionByDefault",
    "DisableImageBlockPublicAccess",
    "DisableSerialConsoleAccess",
    "DisableSnapshotBlockPublicAccess",
    "EnableEbsEncryptionByDefault",
    "EnableImageBlockPublicAccess",
    "EnableSerialConsoleAccess",
    "EnableSnapshotBlockPublicAccess",
    "GetEbsDefaultKmsKeyId",
    "GetEbsEncryptionByDefault",
    "GetImageBlockPublicAccessState",
    "GetSecurityGroupsForVpc",
    "GetSerialConsoleAccessStatus",
    "GetSnapshotBlockPublicAccessState",
    "ModifyEbsDefaultKmsKeyId",
    "ModifyInstanceMetadataOptions",
    "ModifySecurityGroupRules",
    "ReplaceIamInstanceProfileAssociation",
    "ResetEbsDefaultKmsKeyId",
};

bool IsWrapped(std::string_view operation) { return std::ranges::find(kWrapped, operation) != std::end(kWrapped); }

bool IsRedacted(const Member& member) {
  return member.name == "UserData" || member.name == "KeyMaterial" || member.sensitive;
}

std::string_view WireName(const Member& member) {
  return member.location_name.empty() ? member.name : member.location_name;
}

Value WriteScalar(const Value& value) {
  if (value.kind() == Value::Kind::kTimestamp) return value.Timestamp()->time_since_epoch().count();
  return value;
}

// --- requests ------------------------------------------------------------------------------------------------------

Value RequestValue(const Value& value, const Shape& shape);

// {name: value}. Value::Object would copy the value.
Value Named(std::string_view name, Value value) {
  Value object = Value::Object();
  object.Set(name, std::move(value));
  return object;
}

Value RequestItems(const Value& value, const Shape& shape, std::string_view element) {
  if (value.elements().empty()) return Value::Object();
  Value items = Value::List();
  for (const Value& each : value.elements()) {
    Value item = RequestValue(each, *shape.element);
    items.Append(element.empty() ? std::move(item) : Named(element, std::move(item)));
  }
  return Named("items", std::move(items));
}

// A rule always shows its four kinds of source.
void CompletePermission(Value& permission) {
  for (const std::string_view name : {"groups", "ipRanges", "ipv6Ranges", "prefixListIds"}) {
    if (!permission.Has(name)) permission.Set(name, Value::Object());
  }
}

std::string RequestName(const Member& member) {
  if (member.name == "UserIdGroupPairs") return "groups";
  return LowerFirst(WireName(member));
}

void AddRequestMember(Value& object, const Member& member, const Value& value, bool in_tag_specification) {
  const Shape& shape = *member.shape;
  if (IsRedacted(member)) {
    object.Set(LowerFirst(member.name), kRedacted);
  } else if (shape.kind != ShapeKind::kList) {
    object.Set(RequestName(member), RequestValue(value, shape));
  } else if (in_tag_specification && member.name == "Tags") {
    Value tags = Value::List();
    for (const Value& tag : value.elements()) tags.Append(RequestValue(tag, *shape.element));
    object.Set("tags", std::move(tags));
  } else if (member.name == "Values") {
    object.Set("valueSet", RequestItems(value, shape, "value"));
  } else {
    const auto* named = std::ranges::find(kListNames, member.name, &ListName::member);
    const bool known = named != std::end(kListNames);
    const bool scalar = shape.element->kind != ShapeKind::kStructure;
    object.Set(known ? std::string(named->name) : RequestName(member), RequestItems(value, shape,
                                                                                    !scalar ? ""
                                                                                    : known ? named->element
                                                                                            : "value"));
  }
}

Value RequestStructure(const Value& value, const Shape& shape) {
  Value object = Value::Object();
  const bool tag_specification = shape.name == "TagSpecification";
  // An attribute that is named beside its value may be anything: user data, say.
  const bool hides_value = shape.name == "ModifyInstanceAttributeRequest";
  for (const auto& [name, child] : value.members()) {
    const Member* member = shape.Find(name);
    if (member != nullptr && !child.IsNull()) AddRequestMember(object, *member, child, tag_specification);
  }
  if (hides_value && object.Has("value")) object.Set("value", kRedacted);
  if (shape.name == "IpPermission") CompletePermission(object);
  return object;
}

Value RequestValue(const Value& value, const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::kStructure: return RequestStructure(value, shape);
    case ShapeKind::kList: return RequestItems(value, shape, "");
    case ShapeKind::kMap:
    case ShapeKind::kString:
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kFloat:
    case ShapeKind::kDouble:
    case ShapeKind::kBoolean:
    case ShapeKind::kTimestamp:
    case ShapeKind::kBlob: break;
  }
  return WriteScalar(value);
}

// RunInstances tells the machines apart from the rest of what was asked.
void MoveInstanceMembers(Value& parameters) {
  Value item = Value::Object();
  for (const std::string_view name : {"imageId", "minCount", "maxCount", "keyName"}) {
    item.SetIfPresent(name, parameters[name]);
    parameters.Remove(name);
  }
  parameters.Set("instancesSet", Named("items", Value::List({std::move(item)})));
  const std::pair<std::string_view, Value> defaults[] = {{"monitoring", Value::Object({{"enabled", false}})},
                                                         {"disableApiTermination", false},
                                                         {"disableApiStop", false},
                                                         {"ebsOptimized", false}};
  for (const auto& [name, value] : defaults) {
    if (!parameters.Has(name)) parameters.Set(name, value);
  }
}

// --- younger operations: the XML as JSON ----------------------------------------------------------------------------

Value WrappedValue(const Value& value, const Shape& shape);

// A flattened list: each element with its number; one alone stands without brackets.
Value WrappedList(const Value& value, const Shape& shape) {
  Value list = Value::List();
  int64_t tag = 0;
  for (const Value& each : value.elements()) {
    Value item = Value::Object({{"tag", ++tag}});
    const Value written = WrappedValue(each, *shape.element);
    if (written.IsObject()) {
      for (const auto& [name, child] : written.members()) item.Set(name, child);
    } else {
      item.Set("content", written);
    }
    list.Append(std::move(item));
  }
  return list.elements().size() == 1 ? list.elements().front() : list;
}

Value WrappedStructure(const Value& value, const Shape& shape) {
  Value object = Value::Object();
  for (const auto& [name, child] : value.members()) {
    const Member* member = shape.Find(name);
    if (member == nullptr || child.IsNull()) continue;
    std::string wire(member->query_name.empty() ? WireName(*member) : member->query_name);
    if (!wire.empty() && wire.front() >= 'a' && wire.front() <= 'z')
      wire.front() = static_cast<char>(wire.front() - 32);
    object.Set(wire, IsRedacted(*member) ? Value(kRedacted) : WrappedValue(child, *member->shape));
  }
  return object;
}

Value WrappedValue(const Value& value, const Shape& shape) {
  if (shape.kind == ShapeKind::kStructure) return WrappedStructure(value, shape);
  if (shape.kind == ShapeKind::kList) return WrappedList(value, shape);
  return WriteScalar(value);
}

// --- responses -------------------------------------------------------------------------------------------------------

Value ResponseValue(const Value& value, const Shape& shape, std::string_view items);

Value ResponseStructure(const Value& value, const Shape& shape, std::string_view items) {
  Value object = Value::Object();
  for (const auto& [name, child] : value.members()) {
    const Member* member = shape.Find(name);
    if (member == nullptr || child.IsNull()) continue;
    const std::string_view wire = WireName(*member);
    const std::string_view list = wire == "privateIpAddressesSet" ? "item" : items;
    object.Set(wire == "return" ? "_return" : wire,
               IsRedacted(*member) ? Value(kRedacted) : ResponseValue(child, *member->shape, list));
  }
  return object;
}

Value ResponseValue(const Value& value, const Shape& shape, std::string_view items) {
  if (shape.kind == ShapeKind::kStructure) return ResponseStructure(value, shape, items);
  if (shape.kind != ShapeKind::kList) return WriteScalar(value);
  if (value.elements().empty()) return Value::Object();
  Value list = Value::List();
  for (const Value& each : value.elements()) list.Append(ResponseValue(each, *shape.element, items));
  return Named(items, std::move(list));
}

}  // namespace

Value Ec2Parameters(const CallFacts& facts) {
  const std::string_view operation = facts.operation->name;
  if (facts.operation->input == nullptr) return {};
  if (IsWrapped(operation)) {
    Value inner = WrappedValue(*facts.input, *facts.operation->input);
    const std::string name = std::string(operation) + "Request";
    return Named(name, inner.members().empty() ? Value("") : std::move(inner));
  }
  Value parameters = RequestStructure(*facts.input, *facts.operation->input);
  parameters.Remove("dryRun");
  if (operation == "RunInstances") MoveInstanceMembers(parameters);
  CompleteDiskParameters(operation, *facts.input, parameters);
  const auto always = AlwaysTheres();
  const auto found = std::ranges::find(always, operation, &AlwaysThere::operation);
  if (found != always.end()) {
    for (const std::string_view name : found->names) {
      if (!parameters.Has(name)) parameters.Set(name, Value::Object());
    }
  }
  return parameters.members().empty() ? Value() : std::move(parameters);
}

Value Ec2Response(const CallFacts& facts) {
  const std::string_view operation = facts.operation->name;
  const bool wrapped = IsWrapped(operation);
  Value response = Value::Object();
  if (wrapped) response.Set("xmlns", kXmlNamespace);
  response.Set("requestId", facts.request_id);
  if (std::ranges::find(kReturnUnmodelled, operation) != std::end(kReturnUnmodelled)) response.Set("_return", true);
  if (facts.operation->output == nullptr) {
    response.Set("_return", true);  // what EC2 answers where the model names no output
  } else {
    Value output = ResponseStructure(*facts.output, *facts.operation->output, wrapped ? "item" : "items");
    for (auto& [name, child] : output.mutable_members()) response.Set(name, std::move(child));
  }
  if (!wrapped) CompleteDiskResponse(operation, response);
  return wrapped ? Named(std::string(operation) + "Response", std::move(response)) : std::move(response);
}

}  // namespace opentrail::trail
