#include "services/iam/page.h"
#include "services/iam/role.h"
#include "services/iam/tags.h"

namespace opentrail::services::iam {
namespace {

constexpr int64_t kAllMembers = 100;

struct ProfileAndRole {
  Entity profile;
  Entity role;
};

AwsResult<ProfileAndRole> InputProfileAndRole(const Context& context) {
  return Then(InputEntity(context, EntityKind::kInstanceProfile), [&](Entity& profile) -> AwsResult<ProfileAndRole> {
    return Then(InputEntity(context, EntityKind::kRole), [&](Entity& role) -> AwsResult<ProfileAndRole> {
      return ProfileAndRole{std::move(profile), std::move(role)};
    });
  });
}

Reply ProfileReply(const Context& context, const Entity& profile) {
  Value value = DescribeInstanceProfile(context, profile);
  value.SetIfPresent("Tags", DescribeTags(context.state, profile.id));
  Reply reply;
  reply.output.Set("InstanceProfile", std::move(value));
  return reply;
}

}  // namespace

Value DescribeInstanceProfile(const Context& context, const Entity& profile) {
  Value roles = Value::List();
  for (const Entity& role :
       ListMembers(context.state, profile.id, MemberSide::kMembers, EntityKind::kRole, "", kAllMembers)) {
    Value value = DescribeRole(context, role);
    value.Remove("MaxSessionDuration");
    roles.Append(std::move(value));
  }
  Value value = DescribeEntity(context, profile);
  value.Set("Roles", std::move(roles));
  return value;
}

AwsResult<Reply> CreateInstanceProfile(Context& context) {
  return Then(NewEntity(context, EntityKind::kInstanceProfile), [&](const Entity& profile) -> AwsResult<Reply> {
    StoreEntity(context.state, profile);
    return Then(AddTags(context, profile.id), [&]() -> AwsResult<Reply> { return ProfileReply(context, profile); });
  });
}

AwsResult<Reply> GetInstanceProfile(Context& context) {
  return Then(InputEntity(context, EntityKind::kInstanceProfile),
              [&](const Entity& profile) -> AwsResult<Reply> { return ProfileReply(context, profile); });
}

AwsResult<Reply> ListInstanceProfiles(Context& context) {
  Page page(context, "InstanceProfiles");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  const std::string path = context.Text("PathPrefix");
  for (const Entity& profile :
       ListEntities(context.state, EntityKind::kInstanceProfile, path, page.after(), page.limit())) {
    page.Add(profile.name, DescribeInstanceProfile(context, profile));
  }
  return page.Finish();
}

AwsResult<Reply> DeleteInstanceProfile(Context& context) {
  return Then(InputEntity(context, EntityKind::kInstanceProfile), [&](const Entity& profile) -> AwsResult<Reply> {
    if (CountRows(context.state, "SELECT count(*) FROM iam_member WHERE container = ?", profile.id) > 0) {
      return AwsFailure("DeleteConflict", "{}", "Cannot delete entity, must remove roles from instance profile first.");
    }
    DeleteEntity(context.state, profile);
    return Reply{};
  });
}

AwsResult<Reply> AddRoleToInstanceProfile(Context& context) {
  return Then(InputProfileAndRole(context), [&](const ProfileAndRole& in) -> AwsResult<Reply> {
    const int64_t roles =
        CountRows(context.state, "SELECT count(*) FROM iam_member WHERE container = ?", in.profile.id);
    return Then(CheckQuota(roles, 1, "InstanceSessionsPerInstanceProfile"), [&]() -> AwsResult<Reply> {
      context.state.Execute("INSERT INTO iam_member (container, member) VALUES (?, ?)", in.profile.id, in.role.id);
      return Reply{};
    });
  });
}

AwsResult<Reply> RemoveRoleFromInstanceProfile(Context& context) {
  return Then(InputProfileAndRole(context), [&](const ProfileAndRole& in) -> AwsResult<Reply> {
    if (context.state.Execute("DELETE FROM iam_member WHERE container = ? AND member = ?", in.profile.id, in.role.id) ==
        0) {
      return AwsFailure("NoSuchEntity", "Role {} in instance profile {} cannot be found.", in.role.name,
                        in.profile.name);
    }
    return Reply{};
  });
}

AwsResult<Reply> ListInstanceProfilesForRole(Context& context) {
  return Then(InputEntity(context, EntityKind::kRole), [&](const Entity& role) -> AwsResult<Reply> {
    Page page(context, "InstanceProfiles");
    if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
    for (const Entity& profile : ListMembers(context.state, role.id, MemberSide::kContainers,
                                             EntityKind::kInstanceProfile, page.after(), page.limit())) {
      page.Add(profile.name, DescribeInstanceProfile(context, profile));
    }
    return page.Finish();
  });
}

}  // namespace opentrail::services::iam
