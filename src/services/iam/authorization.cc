#include "services/iam/authorization.h"

#include <fmt/format.h>

#include "services/iam/tags.h"

namespace opentrail::services::iam {
namespace {

using opentrail::iam::AccessRequest;
using opentrail::iam::PrincipalType;

struct Resource {
  std::string arn = "*";
  std::string id;  // whose tags count; ""
  std::string boundary;
};

Resource Existing(const Context& context, const Entity& entity) {
  return {.arn = ArnOf(context.account_id(), entity), .id = entity.id, .boundary = entity.boundary};
}

Resource NamedEntity(const Context& context, EntityKind kind) {
  const EntityKindInfo& info = InfoOf(kind);
  const std::string_view name = context.input[std::string(info.label) + "Name"].Text();
  if (const auto entity = FindEntity(context.state, kind, name)) return Existing(context, *entity);
  return {
      .arn = MakeArn(context.account_id(), info.key, context.input["Path"].Text("/"), name), .id = {}, .boundary = {}};
}

AwsResult<Resource> Self(const Context& context) {
  if (context.input.Has("UserName")) return NamedEntity(context, EntityKind::kUser);
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Resource> { return Existing(context, user); });
}

Resource InputPolicy(const Context& context) {
  if (!context.input.Has("PolicyArn")) return NamedEntity(context, EntityKind::kPolicy);
  const std::string arn = context.Text("PolicyArn");
  Resource resource{.arn = arn, .id = {}, .boundary = {}};
  if (const auto policy = FindEntity(context.state, EntityKind::kPolicy, arn.substr(arn.rfind('/') + 1))) {
    if (ArnOf(context.account_id(), *policy) == arn) resource.id = policy->id;
  }
  return resource;
}

Resource MfaDevice(const Context& context) {
  if (context.input.Has("SerialNumber")) {
    return {.arn = context.Text("SerialNumber"), .id = context.Text("SerialNumber"), .boundary = {}};
  }
  return {.arn = MakeArn(context.account_id(), "mfa", context.input["Path"].Text("/"),
                         context.input["VirtualMFADeviceName"].Text()),
          .id = {},
          .boundary = {}};
}

// arn:aws:iam::123456789012:user/prefix/
Resource Listed(const Context& context, std::string_view type) {
  return {
      .arn = MakeArn(context.account_id(), type, context.input["PathPrefix"].Text("/"), ""), .id = {}, .boundary = {}};
}

Resource KeyOwner(const Context& context) {
  store::Rows rows =
      context.state.Query("SELECT owner FROM iam_access_key WHERE id = ?", context.input["AccessKeyId"].Text());
  const auto user = rows.Next() ? FindEntityById(context.state, rows.Text(0)) : std::nullopt;
  return user ? Existing(context, *user) : Resource{};
}

AwsResult<Resource> ResourceOf(const Context& context, Target target) {
  switch (target) {
    case Target::kAny: return Resource{};
    case Target::kUser: return NamedEntity(context, EntityKind::kUser);
    case Target::kUserOrSelf: return Self(context);
    case Target::kGroup: return NamedEntity(context, EntityKind::kGroup);
    case Target::kRole: return NamedEntity(context, EntityKind::kRole);
    case Target::kInstanceProfile: return NamedEntity(context, EntityKind::kInstanceProfile);
    case Target::kPolicy: return InputPolicy(context);
    case Target::kMfaDevice: return MfaDevice(context);
    case Target::kUserList: return Listed(context, "user");
    case Target::kGroupList: return Listed(context, "group");
    case Target::kRoleList: return Listed(context, "role");
    case Target::kInstanceProfileList: return Listed(context, "instance-profile");
    case Target::kMfaDeviceList: return Listed(context, "mfa");
    case Target::kKeyOwner: return KeyOwner(context);
    case Target::kArn: return Resource{.arn = context.Text("Arn"), .id = {}, .boundary = {}};
    case Target::kPolicySource: return Resource{.arn = context.Text("PolicySourceArn"), .id = {}, .boundary = {}};
  }
  return Resource{};
}

void AddRequestKeys(const Value& input, opentrail::iam::ContextKeys& keys) {
  std::vector<std::string> tag_keys;
  for (const Value& tag : input["Tags"].elements()) {
    keys.Add("aws:RequestTag/" + std::string(tag["Key"].Text()), std::string(tag["Value"].Text()));
    tag_keys.emplace_back(tag["Key"].Text());
  }
  for (const Value& key : input["TagKeys"].elements()) tag_keys.emplace_back(key.Text());
  if (!tag_keys.empty()) keys.Add("aws:TagKeys", std::move(tag_keys));
  if (input.Has("PolicyArn")) keys.Add("iam:PolicyARN", std::string(input["PolicyArn"].Text()));
}

void AddResourceKeys(const Context& context, const Resource& resource, opentrail::iam::ContextKeys& keys) {
  const std::string boundary =
      context.input.Has("PermissionsBoundary") ? context.Text("PermissionsBoundary") : resource.boundary;
  if (!boundary.empty()) keys.Add("iam:PermissionsBoundary", boundary);
  if (resource.id.empty()) return;
  for (const auto& [key, value] : ReadTags(context.state, resource.id)) {
    keys.Add("aws:ResourceTag/" + key, value);
    keys.Add("iam:ResourceTag/" + key, value);
  }
}

AccessRequest MakeRequest(const Context& context, std::string_view action, const Resource& resource) {
  AccessRequest request{.action = "iam:" + std::string(action),
                        .resource = resource.arn,
                        .resource_account = {},
                        .rule = opentrail::iam::ResourcePolicyRule::kNone,
                        .resource_policy = nullptr,
                        .context = {}};
  AddRequestKeys(context.input, request.context);
  AddResourceKeys(context, resource, request.context);
  return request;
}

// Temporary credentials of GetSessionToken reach IAM with MFA alone, those of GetFederationToken never; a console
// session is no such.
AwsStatus CheckSession(const opentrail::iam::Principal& principal) {
  if (!principal.session || principal.session->from_console) return {};
  const bool federated = principal.type == PrincipalType::kFederatedUser;
  const bool user = principal.type == PrincipalType::kIamUser && !principal.session->mfa_authenticated;
  if (!federated && !user) return {};
  return std::unexpected(
      AwsError{"InvalidClientTokenId", "The security token included in the request is invalid", 403});
}

// What else an operation touches.
void AddSecondRequests(const Context& context, Requests& requests) {
  const std::string_view operation = context.call.operation->name;
  if (operation == "AddRoleToInstanceProfile") {
    AccessRequest pass = MakeRequest(context, "PassRole", NamedEntity(context, EntityKind::kRole));
    pass.context.Add("iam:PassedToService", "ec2.amazonaws.com");
    requests.push_back(std::move(pass));
  }
  // A rename needs the permission on the new name, too.
  for (const auto& [name, kind] : {std::pair{"User", EntityKind::kUser}, std::pair{"Group", EntityKind::kGroup}}) {
    if (operation != "Update" + std::string(name)) continue;
    const auto entity = FindEntity(context.state, kind, context.input[std::string(name) + "Name"].Text());
    if (!entity) continue;
    Entity renamed = *entity;
    renamed.name = context.input["New" + std::string(name) + "Name"].Text(renamed.name);
    renamed.path = context.input["NewPath"].Text(renamed.path);
    if (ArnOf(context.account_id(), renamed) != requests.front().resource) {
      requests.push_back(MakeRequest(context, operation, Existing(context, renamed)));
    }
  }
}

}  // namespace

AwsResult<Requests> RequestsFor(const Context& context, Target target) {
  return Then(CheckSession(context.call.principal), [&]() -> AwsResult<Requests> {
    return Then(ResourceOf(context, target), [&](const Resource& resource) -> AwsResult<Requests> {
      Requests requests{MakeRequest(context, context.call.operation->name, resource)};
      AddSecondRequests(context, requests);
      return requests;
    });
  });
}

}  // namespace opentrail::services::iam
