#include "services/iam/iam_service.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "services/iam/entity.h"
#include "services/iam/handlers.h"

namespace opentrail::services::iam {
namespace {

using opentrail::iam::AccessRequest;

template <OperationFunction& Operation>
AwsResult<Reply> Run(Service& service, Call& call, store::Transaction& transaction) {
  return Operation(static_cast<IamService&>(service), call, transaction);
}

// The ARN of what the call names, with the path that it has, or will have.
std::string EntityResource(const Call& call, const EntityKind& kind, store::Connection& state) {
  const std::string name(call.input[kind.name_member].Text());
  if (auto entity = FindEntity(state, kind, name)) return EntityArn(call.account_id, kind, *entity);
  return EntityArn(call.account_id, kind, {.name = name, .path = std::string(call.input["Path"].Text("/"))});
}

std::string ResourceOf(const Call& call, store::Connection& state) {
  // A list of all of a kind is about the account; so is what names nothing.
  for (const EntityKind* kind : {&kGroup, &kRole, &kUser}) {
    if (call.input.Has(kind->name_member)) return EntityResource(call, *kind, state);
  }
  if (call.input.Has("PolicyArn")) return std::string(call.input["PolicyArn"].Text());
  if (call.input.Has("PolicyName")) {
    return fmt::format("arn:aws:iam::{}:policy{}{}", call.account_id, call.input["Path"].Text("/"),
                       call.input["PolicyName"].Text());
  }
  // Operations on one's own user.
  const bool own = call.principal.type == opentrail::iam::PrincipalType::kIamUser;
  const std::string_view name = call.operation->name;
  if (own && (name == "GetUser" || name.ends_with("AccessKey") || name == "ListAccessKeys")) return call.principal.arn;
  return "*";
}

AwsResult<std::vector<AccessRequest>> Authorize(Service&, const Call& call, store::Connection& state) {
  std::vector<AccessRequest> requests(1);
  requests[0].action = fmt::format("iam:{}", call.operation->name);
  requests[0].resource = ResourceOf(call, state);
  if (call.input.Has("PolicyArn"))
    requests[0].context.Add("iam:PolicyARN", std::string(call.input["PolicyArn"].Text()));
  if (call.input.Has("PermissionsBoundary")) {
    requests[0].context.Add("iam:PermissionsBoundary", std::string(call.input["PermissionsBoundary"].Text()));
  }
  for (const Value& tag : call.input["Tags"].elements()) {
    requests[0].context.Add(fmt::format("aws:RequestTag/{}", tag["Key"].Text()), std::string(tag["Value"].Text()));
  }
  return requests;
}

constexpr std::array kHandlers = std::to_array<Handler>({
    {"AddUserToGroup", Authorize, Run<AddUserToGroup>},
    {"AttachGroupPolicy", Authorize, Run<AttachGroupPolicy>},
    {"AttachRolePolicy", Authorize, Run<AttachRolePolicy>},
    {"AttachUserPolicy", Authorize, Run<AttachUserPolicy>},
    {"CreateAccessKey", Authorize, Run<CreateAccessKey>},
    {"CreateAccountAlias", Authorize, Run<CreateAccountAlias>},
    {"CreateGroup", Authorize, Run<CreateGroup>},
    {"CreateLoginProfile", Authorize, Run<CreateLoginProfile>, PrepareLoginProfile},
    {"CreatePolicy", Authorize, Run<CreatePolicy>},
    {"CreateRole", Authorize, Run<CreateRole>},
    {"CreateUser", Authorize, Run<CreateUser>},
    {"DeleteAccessKey", Authorize, Run<DeleteAccessKey>},
    {"DeleteAccountAlias", Authorize, Run<DeleteAccountAlias>},
    {"DeleteGroup", Authorize, Run<DeleteGroup>},
    {"DeleteGroupPolicy", Authorize, Run<DeleteGroupPolicy>},
    {"DeleteLoginProfile", Authorize, Run<DeleteLoginProfile>},
    {"DeletePolicy", Authorize, Run<DeletePolicy>},
    {"DeleteRole", Authorize, Run<DeleteRole>},
    {"DeleteRolePolicy", Authorize, Run<DeleteRolePolicy>},
    {"DeleteUser", Authorize, Run<DeleteUser>},
    {"DeleteUserPolicy", Authorize, Run<DeleteUserPolicy>},
    {"DetachGroupPolicy", Authorize, Run<DetachGroupPolicy>},
    {"DetachRolePolicy", Authorize, Run<DetachRolePolicy>},
    {"DetachUserPolicy", Authorize, Run<DetachUserPolicy>},
    {"GetGroup", Authorize, Run<GetGroup>},
    {"GetGroupPolicy", Authorize, Run<GetGroupPolicy>},
    {"GetLoginProfile", Authorize, Run<GetLoginProfile>},
    {"GetPolicy", Authorize, Run<GetPolicy>},
    {"GetPolicyVersion", Authorize, Run<GetPolicyVersion>},
    {"GetRole", Authorize, Run<GetRole>},
    {"GetRolePolicy", Authorize, Run<GetRolePolicy>},
    {"GetUser", Authorize, Run<GetUser>},
    {"GetUserPolicy", Authorize, Run<GetUserPolicy>},
    {"ListAccessKeys", Authorize, Run<ListAccessKeys>},
    {"ListAccountAliases", Authorize, Run<ListAccountAliases>},
    {"ListAttachedGroupPolicies", Authorize, Run<ListAttachedGroupPolicies>},
    {"ListAttachedRolePolicies", Authorize, Run<ListAttachedRolePolicies>},
    {"ListAttachedUserPolicies", Authorize, Run<ListAttachedUserPolicies>},
    {"ListGroupPolicies", Authorize, Run<ListGroupPolicies>},
    {"ListGroups", Authorize, Run<ListGroups>},
    {"ListGroupsForUser", Authorize, Run<ListGroupsForUser>},
    {"ListMFADevices", Authorize, Run<ListNothingOfUser>},
    {"ListPolicies", Authorize, Run<ListPolicies>},
    {"ListPolicyVersions", Authorize, Run<ListPolicyVersions>},
    {"ListRolePolicies", Authorize, Run<ListRolePolicies>},
    {"ListRoleTags", Authorize, Run<ListRoleTags>},
    {"ListRoles", Authorize, Run<ListRoles>},
    {"ListSSHPublicKeys", Authorize, Run<ListNothingOfUser>},
    {"ListServiceSpecificCredentials", Authorize, Run<ListNothingOfUser>},
    {"ListSigningCertificates", Authorize, Run<ListNothingOfUser>},
    {"ListUserPolicies", Authorize, Run<ListUserPolicies>},
    {"ListUserTags", Authorize, Run<ListUserTags>},
    {"ListUsers", Authorize, Run<ListUsers>},
    {"PutGroupPolicy", Authorize, Run<PutGroupPolicy>},
    {"PutRolePolicy", Authorize, Run<PutRolePolicy>},
    {"PutUserPolicy", Authorize, Run<PutUserPolicy>},
    {"RemoveUserFromGroup", Authorize, Run<RemoveUserFromGroup>},
    {"TagRole", Authorize, Run<TagRole>},
    {"TagUser", Authorize, Run<TagUser>},
    {"UpdateAccessKey", Authorize, Run<UpdateAccessKey>},
    {"UpdateAssumeRolePolicy", Authorize, Run<UpdateAssumeRolePolicy>},
    {"UpdateLoginProfile", Authorize, Run<UpdateLoginProfile>, PrepareLoginProfile},
});
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

std::span<const Handler> IamService::handlers() const { return kHandlers; }

void IamService::InvalidateAfterCommit(store::Transaction& transaction) {
  transaction.OnCommit([this] { directory_.Invalidate(); });
}

}  // namespace opentrail::services::iam
