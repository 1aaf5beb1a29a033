#include "trail/record_ec2_disk.h"

#include <algorithm>
#include <string>

#include "trail/record_values.h"

namespace opentrail::trail {
namespace {

struct Renaming {
  std::string_view operation, member, name;
};
constexpr Renaming kRenamings[] = {{"CopySnapshot", "kmsKeyId", "masterEncryptionKeyId"},
                                   {"CreateVolume", "availabilityZone", "zone"},
                                   {"CreateVolume", "kmsKeyId", "masterEncryptionKeyId"}};

struct MemberOf {
  std::string_view operation, name;
};
// Numbers that are written as text.
constexpr MemberOf kTextNumbers[] = {{"CreateSnapshot", "volumeSize"}, {"CreateVolume", "size"}};
// Flags that a request shows as false though they were not sent.
constexpr MemberOf kDefaultFlags[] = {{"AttachVolume", "deleteOnTermination"},
                                      {"DeleteSnapshot", "force"},
                                      {"DeleteVolume", "reportVolumeFailure"},
                                      {"DetachVolume", "force"}};
// Texts of a response that are left out where they are "".
constexpr MemberOf kOptionalTexts[] = {
    {"CreateSnapshot", "description"}, {"CreateSnapshot", "progress"}, {"CreateVolume", "snapshotId"}};

// Operations on one attribute, and how the permission's type is written.
struct AttributeOperation {
  std::string_view operation, id, permission, permission_type;
};
constexpr AttributeOperation kAttributeOperations[] = {
    {"DescribeImageAttribute", "ImageId", "LaunchPermission", "launchPermission"},
    {"DescribeSnapshotAttribute", "SnapshotId", "CreateVolumePermission", "CREATE_VOLUME_PERMISSION"},
    {"ModifyImageAttribute", "ImageId", "LaunchPermission", "launchPermission"},
    {"ModifySnapshotAttribute", "SnapshotId", "CreateVolumePermission", "CREATE_VOLUME_PERMISSION"},
    {"ResetImageAttribute", "ImageId", "LaunchPermission", "launchPermission"},
    {"ResetSnapshotAttribute", "SnapshotId", "CreateVolumePermission", "CREATE_VOLUME_PERMISSION"},
};

// {name: value}. Value::Object would copy the value.
Value Named(std::string_view name, Value value) {
  Value object = Value::Object();
  object.Set(name, std::move(value));
  return object;
}

void Rename(Value& object, std::string_view from, std::string_view to) {
  if (!object.Has(from)) return;
  Value value = object[from];
  object.Remove(from);
  object.Set(to, std::move(value));
}

void ApplyNames(std::string_view operation, Value& object) {
  for (const Renaming& row : kRenamings) {
    if (row.operation == operation) Rename(object, row.member, row.name);
  }
  for (const MemberOf& row : kTextNumbers) {
    const auto number = object[row.name].Integer();
    if (number && row.operation == operation) object.Set(row.name, std::to_string(*number));
  }
}

// [{"userId": "..."}, {"group": "all"}] of the older form, whose operation is beside it.
Value GranteesOfOlderForm(const Value& input) {
  Value items = Value::List();
  const std::pair<std::string_view, std::string_view> lists[] = {{"UserIds", "userId"},
                                                                 {"GroupNames", "group"},
                                                                 {"UserGroups", "group"},
                                                                 {"OrganizationArns", "organizationArn"},
                                                                 {"OrganizationalUnitArns", "organizationalUnitArn"}};
  for (const auto& [list, name] : lists) {
    for (const Value& grantee : input[list].elements()) items.Append(Named(name, grantee));
  }
  return items;
}

// A permission's changes, in whichever form they were sent: {"add": {"items": [{"userId": "..."}]}}
Value PermissionChanges(const Value& input, std::string_view permission) {
  Value changes = Value::Object();
  for (const auto& [operation, grantees] : input[permission].members()) {
    Value items = Value::List();
    for (const Value& grantee : grantees.elements()) {
      Value item = Value::Object();
      for (const auto& [name, value] : grantee.members()) item.Set(LowerFirst(name), value);
      items.Append(std::move(item));
    }
    if (!items.elements().empty()) changes.Set(LowerFirst(operation), Named("items", std::move(items)));
  }
  if (!changes.members().empty()) return changes;
  Value items = GranteesOfOlderForm(input);
  if (!items.elements().empty()) {
    changes.Set(LowerFirst(input["OperationType"].Text("add")), Named("items", std::move(items)));
  }
  return changes;
}

void WriteAttribute(const AttributeOperation& row, const Value& input, Value& parameters) {
  const std::string permission = LowerFirst(row.permission);
  Value changes = PermissionChanges(input, row.permission);
  parameters = Named(LowerFirst(row.id), input[row.id]);
  if (input["Attribute"].Text() == permission || !changes.members().empty()) {
    parameters.Set("attributeType", row.permission_type);
  } else if (input["Attribute"].Text() == "productCodes" && row.id == "SnapshotId") {
    parameters.Set("attributeType", "PRODUCT_CODES");
  } else if (input.Has("Attribute")) {
    parameters.Set("attributeType", input["Attribute"]).SetIfPresent("value", input["Value"]);
  } else if (input.Has("Description") || input.Has("ImdsSupport")) {
    const std::string_view member = input.Has("Description") ? "Description" : "ImdsSupport";
    parameters.Set("attributeType", LowerFirst(member)).Set(LowerFirst(member), Named("value", input[member]["Value"]));
  } else {
    parameters = Value::Object();  // EC2 records nothing of a call that names no attribute
  }
  if (!changes.members().empty()) parameters.Set(permission, std::move(changes));
}

}  // namespace

void CompleteDiskParameters(std::string_view operation, const Value& input, Value& parameters) {
  const auto* attribute = std::ranges::find(kAttributeOperations, operation, &AttributeOperation::operation);
  if (attribute != std::end(kAttributeOperations)) return WriteAttribute(*attribute, input, parameters);
  ApplyNames(operation, parameters);
  for (const MemberOf& row : kDefaultFlags) {
    if (row.operation == operation && !parameters.Has(row.name)) parameters.Set(row.name, false);
  }
  parameters.Remove("presignedUrl");  // it is signed: whoever reads it could use it
}

void CompleteDiskResponse(std::string_view operation, Value& response) {
  ApplyNames(operation, response);
  for (const MemberOf& row : kOptionalTexts) {
    if (row.operation == operation && response[row.name].Text("-").empty()) response.Remove(row.name);
  }
}

}  // namespace opentrail::trail
