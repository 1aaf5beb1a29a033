#include "services/iam/entity_policies.h"
#include "services/iam/page.h"
#include "services/iam/user.h"

namespace opentrail::services::iam {
namespace {

constexpr int64_t kMaxGroupsPerUser = 10;

struct Membership {
  Entity group;
  Entity user;
};

AwsResult<Membership> InputMembership(const Context& context) {
  return Then(InputEntity(context, EntityKind::kGroup), [&](Entity& group) -> AwsResult<Membership> {
    return Then(InputEntity(context, EntityKind::kUser),
                [&](Entity& user) -> AwsResult<Membership> { return Membership{std::move(group), std::move(user)}; });
  });
}

}  // namespace

AwsResult<Reply> CreateGroup(Context& context) {
  return Then(NewEntity(context, EntityKind::kGroup), [&](const Entity& group) -> AwsResult<Reply> {
    StoreEntity(context.state, group);
    Reply reply;
    reply.output.Set("Group", DescribeEntity(context, group));
    return reply;
  });
}

AwsResult<Reply> GetGroup(Context& context) {
  return Then(InputEntity(context, EntityKind::kGroup), [&](const Entity& group) -> AwsResult<Reply> {
    Page page(context, "Users");
    if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
    for (const Entity& user :
         ListMembers(context.state, group.id, MemberSide::kMembers, EntityKind::kUser, page.after(), page.limit())) {
      page.Add(user.name, DescribeUser(context, user));
    }
    Reply reply = page.Finish();
    reply.output.Set("Group", DescribeEntity(context, group));
    return reply;
  });
}

AwsResult<Reply> ListGroups(Context& context) {
  Page page(context, "Groups");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  const std::string path = context.Text("PathPrefix");
  for (const Entity& group : ListEntities(context.state, EntityKind::kGroup, path, page.after(), page.limit())) {
    page.Add(group.name, DescribeEntity(context, group));
  }
  return page.Finish();
}

AwsResult<Reply> UpdateGroup(Context& context) {
  return Then(InputEntity(context, EntityKind::kGroup), [&](const Entity& group) -> AwsResult<Reply> {
    return Then(RenameEntity(context, group, context.input["NewGroupName"].Text(), context.input["NewPath"].Text()),
                []() -> AwsResult<Reply> { return Reply{}; });
  });
}

AwsResult<Reply> DeleteGroup(Context& context) {
  return Then(InputEntity(context, EntityKind::kGroup), [&](const Entity& group) -> AwsResult<Reply> {
    if (CountRows(context.state, "SELECT count(*) FROM iam_member WHERE container = ?", group.id) > 0) {
      return AwsFailure("DeleteConflict", "{}", "Cannot delete entity, must remove users from group first.");
    }
    if (HasAttachments(context.state, group.id)) {
      return AwsFailure("DeleteConflict", "{}", "Cannot delete entity, must detach all policies first.");
    }
    if (HasInlinePolicies(context.state, group.id)) {
      return AwsFailure("DeleteConflict", "{}", "Cannot delete entity, must delete policies first.");
    }
    DeleteEntity(context.state, group);
    return Reply{};
  });
}

AwsResult<Reply> AddUserToGroup(Context& context) {
  return Then(InputMembership(context), [&](const Membership& in) -> AwsResult<Reply> {
    context.state.Execute("INSERT OR IGNORE INTO iam_member (container, member) VALUES (?, ?)", in.group.id,
                          in.user.id);
    const int64_t groups = CountRows(context.state, "SELECT count(*) FROM iam_member WHERE member = ?", in.user.id);
    return Then(CheckQuota(groups - 1, kMaxGroupsPerUser, "GroupsPerUser"),
                []() -> AwsResult<Reply> { return Reply{}; });
  });
}

AwsResult<Reply> RemoveUserFromGroup(Context& context) {
  return Then(InputMembership(context), [&](const Membership& in) -> AwsResult<Reply> {
    if (context.state.Execute("DELETE FROM iam_member WHERE container = ? AND member = ?", in.group.id, in.user.id) ==
        0) {
      return AwsFailure("NoSuchEntity", "User {} not in group {}", in.user.name, in.group.name);
    }
    return Reply{};
  });
}

AwsResult<Reply> ListGroupsForUser(Context& context) {
  return Then(InputEntity(context, EntityKind::kUser), [&](const Entity& user) -> AwsResult<Reply> {
    Page page(context, "Groups");
    if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
    for (const Entity& group :
         ListMembers(context.state, user.id, MemberSide::kContainers, EntityKind::kGroup, page.after(), page.limit())) {
      page.Add(group.name, DescribeEntity(context, group));
    }
    return page.Finish();
  });
}

}  // namespace opentrail::services::iam
