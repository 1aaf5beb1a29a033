#pragma once

#include "services/iam/context.h"
#include "services/iam/entity.h"

namespace opentrail::services::iam {

AwsResult<Reply> CreateUser(Context& context);
AwsResult<Reply> GetUser(Context& context);
AwsResult<Reply> ListUsers(Context& context);
AwsResult<Reply> UpdateUser(Context& context);
AwsResult<Reply> DeleteUser(Context& context);

AwsResult<Reply> CreateGroup(Context& context);
AwsResult<Reply> GetGroup(Context& context);
AwsResult<Reply> ListGroups(Context& context);
AwsResult<Reply> UpdateGroup(Context& context);
AwsResult<Reply> DeleteGroup(Context& context);
AwsResult<Reply> AddUserToGroup(Context& context);
AwsResult<Reply> RemoveUserFromGroup(Context& context);
AwsResult<Reply> ListGroupsForUser(Context& context);

// As ListUsers shows a user: without tags and boundary.
[[nodiscard]] Value DescribeUser(const Context& context, const Entity& user);

}  // namespace opentrail::services::iam
