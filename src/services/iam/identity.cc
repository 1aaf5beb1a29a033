#include <algorithm>

#include <fmt/format.h>

#include "iam/policy.h"
#include "services/iam/entity.h"
#include "services/iam/handlers.h"
#include "services/iam/managed_policy.h"

namespace opentrail::services::iam {
namespace {

constexpr size_t kMaxTags = 50;

AwsStatus SetTags(store::Connection& state, std::string_view entity_id, const Value& tags) {
  for (const Value& tag : tags.elements()) {
    if (tag["Key"].Text().starts_with("aws:")) {
      return AwsFailure("InvalidInput", "Tag keys starting with 'aws:' are reserved for internal use.");
    }
    state.Execute("INSERT INTO iam_tag VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", entity_id,
                  tag["Key"].Text(), tag["Value"].Text());
  }
  if (TagsOf(state, entity_id).elements().size() > kMaxTags) {
    return std::unexpected(
        AwsError{"LimitExceeded", fmt::format("The number of tags has reached the maximum limit: {}.", kMaxTags), 409});
  }
  return {};
}

AwsResult<Reply> Create(IamService& service, Call& call, store::Transaction& transaction, const EntityKind& kind,
                        Entity entity) {
  store::Connection& state = transaction.connection();
  entity.name = call.input[kind.name_member].Text();
  entity.path = call.input["Path"].Text("/");
  entity.created = call.now;
  entity.boundary = call.input["PermissionsBoundary"].Text();
  if (FindEntity(state, kind, entity.name)) {
    std::string spoken(kind.member);
    return std::unexpected(
        AwsError{"EntityAlreadyExists", fmt::format("{} with name {} already exists.", spoken, entity.name), 409});
  }
  if (!entity.boundary.empty() && !FindManagedPolicy(state, entity.boundary)) {
    return std::unexpected(
        NoSuchEntity(fmt::format("Policy {} does not exist or is not attachable.", entity.boundary)));
  }
  entity.id = RandomIamId(service.environment().random, kind.id_prefix, 21);
  state.Execute(
      "INSERT INTO iam_entity(id, kind, name, path, created, boundary, trust, description, max_session) VALUES(?, ?, "
      "?, ?, ?, ?, ?, ?, ?)",
      entity.id, kind.kind, entity.name, entity.path, call.now.time_since_epoch().count(), entity.boundary,
      entity.trust, entity.description, entity.max_session);
  if (auto tagged = SetTags(state, entity.id, call.input["Tags"]); !tagged) return std::unexpected(tagged.error());
  service.InvalidateAfterCommit(transaction);
  Reply reply;
  reply.output.Set(kind.member, DescribeEntity(call, kind, entity, state, Detail::kBrief));
  return reply;
}

AwsResult<Reply> Get(Call& call, store::Connection& state, const EntityKind& kind) {
  auto entity = NeedEntity(call, kind, state);
  if (!entity) return std::unexpected(entity.error());
  Reply reply;
  reply.output.Set(kind.member, DescribeEntity(call, kind, *entity, state, Detail::kFull));
  return reply;
}

AwsResult<Reply> List(Call& call, store::Connection& state, const EntityKind& kind) {
  Value::Elements all;
  for (const Entity& entity : AllEntities(state, kind, call.input["PathPrefix"].Text())) {
    all.push_back(DescribeEntity(call, kind, entity, state, Detail::kBrief));
  }
  Reply reply;
  if (auto paged = Page(call.input, kind.list, std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

// What still hangs on an entity, in the order in which AWS looks.
struct Obstacle {
  std::string_view sql, message;
};
constexpr Obstacle kObstacles[] = {
    {"SELECT 1 FROM iam_inline_policy WHERE entity_id = ?", "Cannot delete entity, must delete policies first."},
    {"SELECT 1 FROM iam_attachment WHERE entity_id = ?", "Cannot delete entity, must detach all policies first."},
    {"SELECT 1 FROM iam_access_key WHERE user_id = ?", "Cannot delete entity, must delete access keys first."},
    {"SELECT 1 FROM iam_login_profile WHERE user_id = ?", "Cannot delete entity, must delete login profile first."},
    {"SELECT 1 FROM iam_member WHERE user_id = ?", "Cannot delete entity, must remove users from group first."},
    {"SELECT 1 FROM iam_member WHERE group_id = ?", "Cannot delete entity, must remove users from group first."},
};

AwsResult<Reply> Delete(IamService& service, Call& call, store::Transaction& transaction, const EntityKind& kind) {
  store::Connection& state = transaction.connection();
  auto entity = NeedEntity(call, kind, state);
  if (!entity) return std::unexpected(entity.error());
  for (const auto& [sql, message] : kObstacles) {
    if (state.Query(sql, entity->id).Next())
      return std::unexpected(AwsError{"DeleteConflict", std::string(message), 409});
  }
  state.Execute("DELETE FROM iam_tag WHERE entity_id = ?", entity->id);
  state.Execute("DELETE FROM iam_entity WHERE id = ?", entity->id);
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> Tag(IamService& service, Call& call, store::Transaction& transaction, const EntityKind& kind) {
  auto entity = NeedEntity(call, kind, transaction.connection());
  if (!entity) return std::unexpected(entity.error());
  if (auto tagged = SetTags(transaction.connection(), entity->id, call.input["Tags"]); !tagged)
    return std::unexpected(tagged.error());
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> ListTags(Call& call, store::Connection& state, const EntityKind& kind) {
  auto entity = NeedEntity(call, kind, state);
  if (!entity) return std::unexpected(entity.error());
  Reply reply;
  if (auto paged = Page(call.input, "Tags", TagsOf(state, entity->id).elements(), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<std::string> CheckedTrust(const Value& document) {
  auto policy = opentrail::iam::Policy::Parse(document.Text(), opentrail::iam::PolicyKind::kResource);
  if (!policy) return std::unexpected(policy.error());
  return std::string(document.Text());
}

}  // namespace

AwsResult<Reply> CreateUser(IamService& service, Call& call, store::Transaction& transaction) {
  return Create(service, call, transaction, kUser, {});
}
AwsResult<Reply> CreateGroup(IamService& service, Call& call, store::Transaction& transaction) {
  return Create(service, call, transaction, kGroup, {});
}

AwsResult<Reply> CreateRole(IamService& service, Call& call, store::Transaction& transaction) {
  auto trust = CheckedTrust(call.input["AssumeRolePolicyDocument"]);
  if (!trust) return std::unexpected(trust.error());
  return Create(service, call, transaction, kRole,
                {.trust = std::move(*trust),
                 .description = std::string(call.input["Description"].Text()),
                 .max_session = call.input["MaxSessionDuration"].Integer(3600)});
}

AwsResult<Reply> UpdateAssumeRolePolicy(IamService& service, Call& call, store::Transaction& transaction) {
  auto role = NeedEntity(call, kRole, transaction.connection());
  if (!role) return std::unexpected(role.error());
  auto trust = CheckedTrust(call.input["PolicyDocument"]);
  if (!trust) return std::unexpected(trust.error());
  transaction.connection().Execute("UPDATE iam_entity SET trust = ? WHERE id = ?", *trust, role->id);
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

// Without a name: the caller.
AwsResult<Reply> GetUser(IamService&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (call.input.Has("UserName")) return Get(call, state, kUser);
  Reply reply;
  if (call.principal.IsRoot()) {
    reply.output.Set(
        "User", Value::Object({{"UserId", call.account_id}, {"Arn", call.principal.arn}, {"CreateDate", call.now}}));
    return reply;
  }
  const auto user = FindEntity(state, kUser, call.principal.user_name);
  if (call.principal.user_name.empty() || !user) {
    return AwsFailure("ValidationError", "Must specify userName when calling with non-User credentials");
  }
  reply.output.Set("User", DescribeEntity(call, kUser, *user, state, Detail::kFull));
  return reply;
}

AwsResult<Reply> GetRole(IamService&, Call& call, store::Transaction& transaction) {
  return Get(call, transaction.connection(), kRole);
}
AwsResult<Reply> ListUsers(IamService&, Call& call, store::Transaction& transaction) {
  return List(call, transaction.connection(), kUser);
}
AwsResult<Reply> ListGroups(IamService&, Call& call, store::Transaction& transaction) {
  return List(call, transaction.connection(), kGroup);
}
AwsResult<Reply> ListRoles(IamService&, Call& call, store::Transaction& transaction) {
  return List(call, transaction.connection(), kRole);
}
AwsResult<Reply> DeleteUser(IamService& service, Call& call, store::Transaction& transaction) {
  return Delete(service, call, transaction, kUser);
}
AwsResult<Reply> DeleteGroup(IamService& service, Call& call, store::Transaction& transaction) {
  return Delete(service, call, transaction, kGroup);
}
AwsResult<Reply> DeleteRole(IamService& service, Call& call, store::Transaction& transaction) {
  return Delete(service, call, transaction, kRole);
}
AwsResult<Reply> TagUser(IamService& service, Call& call, store::Transaction& transaction) {
  return Tag(service, call, transaction, kUser);
}
AwsResult<Reply> TagRole(IamService& service, Call& call, store::Transaction& transaction) {
  return Tag(service, call, transaction, kRole);
}
AwsResult<Reply> ListUserTags(IamService&, Call& call, store::Transaction& transaction) {
  return ListTags(call, transaction.connection(), kUser);
}
AwsResult<Reply> ListRoleTags(IamService&, Call& call, store::Transaction& transaction) {
  return ListTags(call, transaction.connection(), kRole);
}

AwsResult<Reply> GetGroup(IamService&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto group = NeedEntity(call, kGroup, state);
  if (!group) return std::unexpected(group.error());
  Value::Elements users;
  for (const Entity& user : AllEntities(state, kUser, "")) {
    if (state.Query("SELECT 1 FROM iam_member WHERE group_id = ? AND user_id = ?", group->id, user.id).Next()) {
      users.push_back(DescribeEntity(call, kUser, user, state, Detail::kBrief));
    }
  }
  Reply reply;
  reply.output.Set("Group", DescribeEntity(call, kGroup, *group, state, Detail::kFull));
  if (auto paged = Page(call.input, "Users", std::move(users), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> AddUserToGroup(IamService& service, Call& call, store::Transaction& transaction) {
  auto group = NeedEntity(call, kGroup, transaction.connection());
  if (!group) return std::unexpected(group.error());
  auto user = NeedEntity(call, kUser, transaction.connection());
  if (!user) return std::unexpected(user.error());
  transaction.connection().Execute("INSERT OR IGNORE INTO iam_member VALUES(?, ?)", group->id, user->id);
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> RemoveUserFromGroup(IamService& service, Call& call, store::Transaction& transaction) {
  auto group = NeedEntity(call, kGroup, transaction.connection());
  if (!group) return std::unexpected(group.error());
  auto user = NeedEntity(call, kUser, transaction.connection());
  if (!user) return std::unexpected(user.error());
  transaction.connection().Execute("DELETE FROM iam_member WHERE group_id = ? AND user_id = ?", group->id, user->id);
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> ListGroupsForUser(IamService&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto user = NeedEntity(call, kUser, state);
  if (!user) return std::unexpected(user.error());
  Value::Elements groups;
  for (const Entity& group : AllEntities(state, kGroup, "")) {
    if (state.Query("SELECT 1 FROM iam_member WHERE group_id = ? AND user_id = ?", group.id, user->id).Next()) {
      groups.push_back(DescribeEntity(call, kGroup, group, state, Detail::kBrief));
    }
  }
  Reply reply;
  if (auto paged = Page(call.input, "Groups", std::move(groups), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

}  // namespace opentrail::services::iam
