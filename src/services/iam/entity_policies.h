#pragma once

#include <string>
#include <vector>

#include "services/iam/context.h"
#include "services/iam/entity.h"

// Policies of users, groups and roles: inline, attached, boundaries. One function a kind of operation; the kind of
// entity is a parameter.
namespace opentrail::services::iam {

template <EntityKind kKind>
AwsResult<Reply> PutInlinePolicy(Context& context);
template <EntityKind kKind>
AwsResult<Reply> GetInlinePolicy(Context& context);
template <EntityKind kKind>
AwsResult<Reply> DeleteInlinePolicy(Context& context);
template <EntityKind kKind>
AwsResult<Reply> ListInlinePolicies(Context& context);
template <EntityKind kKind>
AwsResult<Reply> AttachPolicy(Context& context);
template <EntityKind kKind>
AwsResult<Reply> DetachPolicy(Context& context);
template <EntityKind kKind>
AwsResult<Reply> ListAttachedPolicies(Context& context);
template <EntityKind kKind>
AwsResult<Reply> PutBoundary(Context& context);
template <EntityKind kKind>
AwsResult<Reply> DeleteBoundary(Context& context);

// The input's PermissionsBoundary at creation.
[[nodiscard]] AwsStatus ReadBoundary(const Context& context, Entity& entity);

[[nodiscard]] bool HasInlinePolicies(store::Connection& state, std::string_view owner);
[[nodiscard]] bool HasAttachments(store::Connection& state, std::string_view owner);
// {PolicyName, PolicyDocument} and {PolicyName, PolicyArn}, for GetAccountAuthorizationDetails.
[[nodiscard]] Value DescribeInlinePolicies(store::Connection& state, std::string_view owner);
[[nodiscard]] Value DescribeAttachments(store::Connection& state, std::string_view owner);

}  // namespace opentrail::services::iam
