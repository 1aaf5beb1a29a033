#pragma once

#include "services/iam/iam_service.h"

// The operations, by file. Each takes a call whose rights were checked.
namespace opentrail::services::iam {

using OperationFunction = AwsResult<Reply>(IamService& service, Call& call, store::Transaction& transaction);

// identity.cc: users, groups, roles
OperationFunction CreateUser, GetUser, ListUsers, DeleteUser, CreateGroup, GetGroup, ListGroups, DeleteGroup,
    CreateRole, GetRole, ListRoles, DeleteRole, UpdateAssumeRolePolicy, AddUserToGroup, RemoveUserFromGroup,
    ListGroupsForUser, TagUser, TagRole, ListUserTags, ListRoleTags;
// access_key.cc
OperationFunction CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey;
// login_profile.cc
OperationFunction CreateLoginProfile, GetLoginProfile, UpdateLoginProfile, DeleteLoginProfile;
AwsStatus PrepareLoginProfile(Service& service, Call& call);
// managed_policy.cc
OperationFunction CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, GetPolicyVersion, ListPolicyVersions;
// entity_policy.cc: of users, groups and roles
OperationFunction PutUserPolicy, GetUserPolicy, ListUserPolicies, DeleteUserPolicy, AttachUserPolicy, DetachUserPolicy,
    ListAttachedUserPolicies, PutGroupPolicy, GetGroupPolicy, ListGroupPolicies, DeleteGroupPolicy, AttachGroupPolicy,
    DetachGroupPolicy, ListAttachedGroupPolicies, PutRolePolicy, GetRolePolicy, ListRolePolicies, DeleteRolePolicy,
    AttachRolePolicy, DetachRolePolicy, ListAttachedRolePolicies;
// account.cc
OperationFunction CreateAccountAlias, DeleteAccountAlias, ListAccountAliases, ListNothingOfUser;

}  // namespace opentrail::services::iam
