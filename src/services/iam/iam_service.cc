#include "services/iam/iam_service.h"

#include "services/iam/access_key.h"
#include "services/iam/account.h"
#include "services/iam/authorization.h"
#include "services/iam/entity_policies.h"
#include "services/iam/login_profile.h"
#include "services/iam/managed_policy.h"
#include "services/iam/mfa.h"
#include "services/iam/role.h"
#include "services/iam/service_access.h"
#include "services/iam/tags.h"
#include "services/iam/user.h"
#include "services/iam/user_credential.h"

namespace opentrail::services::iam {
namespace {

template <Target kTarget, OperationFunction kFunction>
constexpr Handler Make(std::string_view operation, AwsStatus (*prepare)(Service& service, Call& call) = nullptr) {
  return {.operation = operation, .authorize = Authorize<kTarget>, .handle = Handle<kFunction>, .prepare = prepare};
}

// Sorted by operation.
constexpr Handler kHandlers[] = {
    Make<Target::kInstanceProfile, AddRoleToInstanceProfile>("AddRoleToInstanceProfile"),
    Make<Target::kGroup, AddUserToGroup>("AddUserToGroup"),
    Make<Target::kGroup, AttachPolicy<EntityKind::kGroup>>("AttachGroupPolicy"),
    Make<Target::kRole, AttachPolicy<EntityKind::kRole>>("AttachRolePolicy"),
    Make<Target::kUser, AttachPolicy<EntityKind::kUser>>("AttachUserPolicy"),
    Make<Target::kUserOrSelf, ChangePassword>("ChangePassword", PrepareChangePassword),
    Make<Target::kUserOrSelf, CreateAccessKey>("CreateAccessKey"),
    Make<Target::kAny, CreateAccountAlias>("CreateAccountAlias"),
    Make<Target::kGroup, CreateGroup>("CreateGroup"),
    Make<Target::kInstanceProfile, CreateInstanceProfile>("CreateInstanceProfile"),
    Make<Target::kUserOrSelf, CreateLoginProfile>("CreateLoginProfile", PrepareLoginProfile),
    Make<Target::kPolicy, CreatePolicy>("CreatePolicy"),
    Make<Target::kPolicy, CreatePolicyVersion>("CreatePolicyVersion"),
    Make<Target::kRole, CreateRole>("CreateRole"),
    Make<Target::kUser, CreateServiceSpecificCredential>("CreateServiceSpecificCredential"),
    Make<Target::kUser, CreateUser>("CreateUser"),
    Make<Target::kMfaDevice, CreateVirtualMfaDevice>("CreateVirtualMFADevice"),
    Make<Target::kUserOrSelf, DeactivateMfaDevice>("DeactivateMFADevice"),
    Make<Target::kUserOrSelf, DeleteAccessKey>("DeleteAccessKey"),
    Make<Target::kAny, DeleteAccountAlias>("DeleteAccountAlias"),
    Make<Target::kAny, DeleteAccountPasswordPolicy>("DeleteAccountPasswordPolicy"),
    Make<Target::kGroup, DeleteGroup>("DeleteGroup"),
    Make<Target::kGroup, DeleteInlinePolicy<EntityKind::kGroup>>("DeleteGroupPolicy"),
    Make<Target::kInstanceProfile, DeleteInstanceProfile>("DeleteInstanceProfile"),
    Make<Target::kUserOrSelf, DeleteLoginProfile>("DeleteLoginProfile"),
    Make<Target::kPolicy, DeletePolicy>("DeletePolicy"),
    Make<Target::kPolicy, DeletePolicyVersion>("DeletePolicyVersion"),
    Make<Target::kRole, DeleteRole>("DeleteRole"),
    Make<Target::kRole, DeleteBoundary<EntityKind::kRole>>("DeleteRolePermissionsBoundary"),
    Make<Target::kRole, DeleteInlinePolicy<EntityKind::kRole>>("DeleteRolePolicy"),
    Make<Target::kUser, DeleteSshPublicKey>("DeleteSSHPublicKey"),
    Make<Target::kUserOrSelf, DeleteServiceSpecificCredential>("DeleteServiceSpecificCredential"),
    Make<Target::kUserOrSelf, DeleteSigningCertificate>("DeleteSigningCertificate"),
    Make<Target::kUser, DeleteUser>("DeleteUser"),
    Make<Target::kUser, DeleteBoundary<EntityKind::kUser>>("DeleteUserPermissionsBoundary"),
    Make<Target::kUser, DeleteInlinePolicy<EntityKind::kUser>>("DeleteUserPolicy"),
    Make<Target::kMfaDevice, DeleteVirtualMfaDevice>("DeleteVirtualMFADevice"),
    Make<Target::kGroup, DetachPolicy<EntityKind::kGroup>>("DetachGroupPolicy"),
    Make<Target::kRole, DetachPolicy<EntityKind::kRole>>("DetachRolePolicy"),
    Make<Target::kUser, DetachPolicy<EntityKind::kUser>>("DetachUserPolicy"),
    Make<Target::kUser, EnableMfaDevice>("EnableMFADevice"),
    Make<Target::kAny, GenerateCredentialReport>("GenerateCredentialReport"),
    Make<Target::kArn, GenerateServiceLastAccessedDetails>("GenerateServiceLastAccessedDetails"),
    Make<Target::kKeyOwner, GetAccessKeyLastUsed>("GetAccessKeyLastUsed"),
    Make<Target::kAny, GetAccountAuthorizationDetails>("GetAccountAuthorizationDetails"),
    Make<Target::kAny, GetAccountPasswordPolicy>("GetAccountPasswordPolicy"),
    Make<Target::kAny, GetAccountSummary>("GetAccountSummary"),
    Make<Target::kAny, GetCredentialReport>("GetCredentialReport"),
    Make<Target::kGroup, GetGroup>("GetGroup"),
    Make<Target::kGroup, GetInlinePolicy<EntityKind::kGroup>>("GetGroupPolicy"),
    Make<Target::kInstanceProfile, GetInstanceProfile>("GetInstanceProfile"),
    Make<Target::kUserOrSelf, GetLoginProfile>("GetLoginProfile"),
    Make<Target::kMfaDevice, GetMfaDevice>("GetMFADevice"),
    Make<Target::kPolicy, GetPolicy>("GetPolicy"),
    Make<Target::kPolicy, GetPolicyVersion>("GetPolicyVersion"),
    Make<Target::kRole, GetRole>("GetRole"),
    Make<Target::kRole, GetInlinePolicy<EntityKind::kRole>>("GetRolePolicy"),
    Make<Target::kUser, GetSshPublicKey>("GetSSHPublicKey"),
    Make<Target::kAny, GetServiceLastAccessedDetails>("GetServiceLastAccessedDetails"),
    Make<Target::kUserOrSelf, GetUser>("GetUser"),
    Make<Target::kUser, GetInlinePolicy<EntityKind::kUser>>("GetUserPolicy"),
    Make<Target::kUserOrSelf, ListAccessKeys>("ListAccessKeys"),
    Make<Target::kAny, ListAccountAliases>("ListAccountAliases"),
    Make<Target::kGroup, ListAttachedPolicies<EntityKind::kGroup>>("ListAttachedGroupPolicies"),
    Make<Target::kRole, ListAttachedPolicies<EntityKind::kRole>>("ListAttachedRolePolicies"),
    Make<Target::kUser, ListAttachedPolicies<EntityKind::kUser>>("ListAttachedUserPolicies"),
    Make<Target::kPolicy, ListEntitiesForPolicy>("ListEntitiesForPolicy"),
    Make<Target::kGroup, ListInlinePolicies<EntityKind::kGroup>>("ListGroupPolicies"),
    Make<Target::kGroupList, ListGroups>("ListGroups"),
    Make<Target::kUser, ListGroupsForUser>("ListGroupsForUser"),
    Make<Target::kInstanceProfile, ListEntityTags<EntityKind::kInstanceProfile>>("ListInstanceProfileTags"),
    Make<Target::kInstanceProfileList, ListInstanceProfiles>("ListInstanceProfiles"),
    Make<Target::kRole, ListInstanceProfilesForRole>("ListInstanceProfilesForRole"),
    Make<Target::kMfaDevice, ListMfaDeviceTags>("ListMFADeviceTags"),
    Make<Target::kUserOrSelf, ListMfaDevices>("ListMFADevices"),
    Make<Target::kAny, ListOpenIdConnectProviders>("ListOpenIDConnectProviders"),
    Make<Target::kAny, ListPolicies>("ListPolicies"),
    Make<Target::kPolicy, ListEntityTags<EntityKind::kPolicy>>("ListPolicyTags"),
    Make<Target::kPolicy, ListPolicyVersions>("ListPolicyVersions"),
    Make<Target::kRole, ListInlinePolicies<EntityKind::kRole>>("ListRolePolicies"),
    Make<Target::kRole, ListEntityTags<EntityKind::kRole>>("ListRoleTags"),
    Make<Target::kRoleList, ListRoles>("ListRoles"),
    Make<Target::kAny, ListSamlProviders>("ListSAMLProviders"),
    Make<Target::kUserOrSelf, ListSshPublicKeys>("ListSSHPublicKeys"),
    Make<Target::kAny, ListServerCertificates>("ListServerCertificates"),
    Make<Target::kUserOrSelf, ListServiceSpecificCredentials>("ListServiceSpecificCredentials"),
    Make<Target::kUserOrSelf, ListSigningCertificates>("ListSigningCertificates"),
    Make<Target::kUser, ListInlinePolicies<EntityKind::kUser>>("ListUserPolicies"),
    Make<Target::kUser, ListEntityTags<EntityKind::kUser>>("ListUserTags"),
    Make<Target::kUserList, ListUsers>("ListUsers"),
    Make<Target::kMfaDeviceList, ListVirtualMfaDevices>("ListVirtualMFADevices"),
    Make<Target::kGroup, PutInlinePolicy<EntityKind::kGroup>>("PutGroupPolicy"),
    Make<Target::kRole, PutBoundary<EntityKind::kRole>>("PutRolePermissionsBoundary"),
    Make<Target::kRole, PutInlinePolicy<EntityKind::kRole>>("PutRolePolicy"),
    Make<Target::kUser, PutBoundary<EntityKind::kUser>>("PutUserPermissionsBoundary"),
    Make<Target::kUser, PutInlinePolicy<EntityKind::kUser>>("PutUserPolicy"),
    Make<Target::kInstanceProfile, RemoveRoleFromInstanceProfile>("RemoveRoleFromInstanceProfile"),
    Make<Target::kGroup, RemoveUserFromGroup>("RemoveUserFromGroup"),
    Make<Target::kUserOrSelf, ResetServiceSpecificCredential>("ResetServiceSpecificCredential"),
    Make<Target::kUser, ResyncMfaDevice>("ResyncMFADevice"),
    Make<Target::kPolicy, SetDefaultPolicyVersion>("SetDefaultPolicyVersion"),
    Make<Target::kAny, SimulateCustomPolicy>("SimulateCustomPolicy"),
    Make<Target::kPolicySource, SimulatePrincipalPolicy>("SimulatePrincipalPolicy"),
    Make<Target::kInstanceProfile, TagEntity<EntityKind::kInstanceProfile>>("TagInstanceProfile"),
    Make<Target::kMfaDevice, TagMfaDevice>("TagMFADevice"),
    Make<Target::kPolicy, TagEntity<EntityKind::kPolicy>>("TagPolicy"),
    Make<Target::kRole, TagEntity<EntityKind::kRole>>("TagRole"),
    Make<Target::kUser, TagEntity<EntityKind::kUser>>("TagUser"),
    Make<Target::kInstanceProfile, UntagEntity<EntityKind::kInstanceProfile>>("UntagInstanceProfile"),
    Make<Target::kMfaDevice, UntagMfaDevice>("UntagMFADevice"),
    Make<Target::kPolicy, UntagEntity<EntityKind::kPolicy>>("UntagPolicy"),
    Make<Target::kRole, UntagEntity<EntityKind::kRole>>("UntagRole"),
    Make<Target::kUser, UntagEntity<EntityKind::kUser>>("UntagUser"),
    Make<Target::kUserOrSelf, UpdateAccessKey>("UpdateAccessKey"),
    Make<Target::kAny, UpdateAccountPasswordPolicy>("UpdateAccountPasswordPolicy"),
    Make<Target::kRole, UpdateAssumeRolePolicy>("UpdateAssumeRolePolicy"),
    Make<Target::kGroup, UpdateGroup>("UpdateGroup"),
    Make<Target::kUserOrSelf, UpdateLoginProfile>("UpdateLoginProfile", PrepareLoginProfile),
    Make<Target::kRole, UpdateRole>("UpdateRole"),
    Make<Target::kRole, UpdateRoleDescription>("UpdateRoleDescription"),
    Make<Target::kUser, UpdateSshPublicKey>("UpdateSSHPublicKey"),
    Make<Target::kUserOrSelf, UpdateServiceSpecificCredential>("UpdateServiceSpecificCredential"),
    Make<Target::kUserOrSelf, UpdateSigningCertificate>("UpdateSigningCertificate"),
    Make<Target::kUser, UpdateUser>("UpdateUser"),
    Make<Target::kUser, UploadSshPublicKey>("UploadSSHPublicKey"),
    Make<Target::kUserOrSelf, UploadSigningCertificate>("UploadSigningCertificate"),
};

}  // namespace

std::span<const Handler> IamService::handlers() const { return kHandlers; }

AwsStatus IamService::Initialize(store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const Time now = environment_.clock.Now();
  root_credentials_ = MakeAccessKey(*this, state, environment_.account_id, now);
  state.Execute("INSERT INTO iam_account (name, value) VALUES ('created', ?)", std::to_string(ToMilliseconds(now)));
  return {};
}

}  // namespace opentrail::services::iam
