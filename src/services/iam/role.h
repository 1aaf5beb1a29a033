#pragma once

#include "iam/policy.h"
#include "services/iam/context.h"
#include "services/iam/entity.h"

namespace opentrail::services::iam {

// A role's trust policy: a resource policy without resources, of sts:AssumeRole and its siblings.
[[nodiscard]] AwsResult<opentrail::iam::PolicyPointer> ParseTrustPolicy(std::string_view document);

AwsResult<Reply> CreateRole(Context& context);
AwsResult<Reply> GetRole(Context& context);
AwsResult<Reply> ListRoles(Context& context);
AwsResult<Reply> UpdateRole(Context& context);
AwsResult<Reply> UpdateRoleDescription(Context& context);
AwsResult<Reply> UpdateAssumeRolePolicy(Context& context);
AwsResult<Reply> DeleteRole(Context& context);

AwsResult<Reply> CreateInstanceProfile(Context& context);
AwsResult<Reply> GetInstanceProfile(Context& context);
AwsResult<Reply> ListInstanceProfiles(Context& context);
AwsResult<Reply> DeleteInstanceProfile(Context& context);
AwsResult<Reply> AddRoleToInstanceProfile(Context& context);
AwsResult<Reply> RemoveRoleFromInstanceProfile(Context& context);
AwsResult<Reply> ListInstanceProfilesForRole(Context& context);

// As ListRoles shows a role: without tags, boundary and last use.
[[nodiscard]] Value DescribeRole(const Context& context, const Entity& role);
[[nodiscard]] Value DescribeRoleLastUsed(const Entity& role);
[[nodiscard]] Value DescribeInstanceProfile(const Context& context, const Entity& profile);

}  // namespace opentrail::services::iam
