#include "services/iam/user.h"

#include "services/iam/entity_policies.h"
#include "services/iam/page.h"
#include "services/iam/tags.h"

namespace opentrail::services::iam {
namespace {

Value DescribeWholeUser(const Context& context, const Entity& user) {
  Value value = DescribeUser(context, user);
  value.SetIfPresent("PermissionsBoundary", DescribeBoundary(user));
  value.SetIfPresent("Tags", DescribeTags(context.state, user.id));
  return value;
}

// What must be gone before a user can be deleted, in the order in which it is looked for.
struct Dependent {
  const char* sql;
  const char* message;
};

constexpr Dependent kDependents[] = {
    {"SELECT count(*) FROM iam_inline_policy WHERE owner = ?", "Cannot delete entity, must delete policies first."},
    {"SELECT count(*) FROM iam_attachment WHERE owner = ?", "Cannot delete entity, must detach all policies first."},
    {"SELECT count(*) FROM iam_access_key WHERE owner = ?", "Cannot delete entity, must delete access keys first."},
    {"SELECT count(*) FROM iam_login_profile WHERE owner = ?",
     "Cannot delete entity, must delete login profile first."},
    {"SELECT count(*) FROM iam_member WHERE member = ?", "Cannot delete entity, must remove users from group first."},
    {"SELECT count(*) FROM iam_mfa_device WHERE owner = ?", "Cannot delete entity, must delete MFA device first."},
    {"SELECT count(*) FROM iam_user_credential WHERE kind = 'certificate' AND owner = ?",
     "Cannot delete entity, must delete signing certificates first."},
    {"SELECT count(*) FROM iam_user_credential WHERE kind <> 'certificate' AND owner = ?",
     "Cannot delete entity, must remove referenced objects first."},
};

}  // namespace

Value DescribeUser(const Context& context, const Entity& user) {
  Value value = DescribeEntity(context, user);
  if (user.last_used != 0) value.Set("PasswordLastUsed", FromMilliseconds(user.last_used));
  return value;
}

AwsResult<Reply> CreateUser(Context& context) {
  return Then(NewEntity(context, EntityKind::kUser), [&](Entity& user) -> AwsResult<Reply> {
    return Then(ReadBoundary(context, user), [&]() -> AwsResult<Reply> {
      StoreEntity(context.state, user);
      return Then(AddTags(context, user.id), [&]() -> AwsResult<Reply> {
        Reply reply;
        reply.output.Set("User", DescribeWholeUser(context, user));
        return reply;
      });
    });
  });
}

AwsResult<Reply> GetUser(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    Reply reply;
    reply.output.Set("User", DescribeWholeUser(context, user));
    return reply;
  });
}

AwsResult<Reply> ListUsers(Context& context) {
  Page page(context, "Users");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  const std::string path = context.Text("PathPrefix");
  for (const Entity& user : ListEntities(context.state, EntityKind::kUser, path, page.after(), page.limit())) {
    page.Add(user.name, DescribeUser(context, user));
  }
  return page.Finish();
}

AwsResult<Reply> UpdateUser(Context& context) {
  return Then(InputEntity(context, EntityKind::kUser), [&](const Entity& user) -> AwsResult<Reply> {
    return Then(RenameEntity(context, user, context.input["NewUserName"].Text(), context.input["NewPath"].Text()),
                []() -> AwsResult<Reply> { return Reply{}; });
  });
}

AwsResult<Reply> DeleteUser(Context& context) {
  return Then(InputEntity(context, EntityKind::kUser), [&](const Entity& user) -> AwsResult<Reply> {
    for (const Dependent& dependent : kDependents) {
      if (CountRows(context.state, dependent.sql, user.id) > 0) {
        return AwsFailure("DeleteConflict", "{}", dependent.message);
      }
    }
    context.state.Execute("DELETE FROM iam_password_history WHERE owner = ?", user.id);
    DeleteEntity(context.state, user);
    return Reply{};
  });
}

}  // namespace opentrail::services::iam
