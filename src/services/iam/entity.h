#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/aws_error.h"
#include "services/iam/context.h"
#include "store/connection.h"

// What has a name, a path, an id and an ARN: users, groups, roles, instance profiles, managed policies.
namespace opentrail::services::iam {

enum class EntityKind : uint8_t { kUser, kGroup, kRole, kInstanceProfile, kPolicy };

struct EntityKindInfo {
  std::string_view key;         // in the database, and in ARNs: "user"
  std::string_view id_prefix;   // "AIDA"
  std::string_view label;       // "User": UserName, UserId, and the words of errors
  std::string_view quota_name;  // "UsersPerAccount"
  int quota;
  int inline_bytes;  // of all inline policies together; 0: has none
};
[[nodiscard]] const EntityKindInfo& InfoOf(EntityKind kind);

struct Entity {
  EntityKind kind = EntityKind::kUser;
  std::string id, name, path;
  int64_t created = 0;  // epoch milliseconds
  int64_t updated = 0;
  std::string description;
  std::string boundary;
  std::string document;
  int64_t max_session_s = 0;
  int64_t default_version = 0;
  int64_t last_version = 0;
  int64_t last_used = 0;
  std::string last_used_region;
};

// arn:aws:iam::123456789012:user/path/name
[[nodiscard]] std::string MakeArn(std::string_view account_id, std::string_view type, std::string_view path,
                                  std::string_view name);
[[nodiscard]] std::string ArnOf(std::string_view account_id, const Entity& entity);

[[nodiscard]] std::optional<Entity> FindEntity(store::Connection& state, EntityKind kind, std::string_view name);
[[nodiscard]] std::optional<Entity> FindEntityById(store::Connection& state, std::string_view id);
// NoSuchEntity with the words of its kind.
[[nodiscard]] AwsResult<Entity> RequireEntity(store::Connection& state, EntityKind kind, std::string_view name);
// By the input's UserName, RoleName, ...
[[nodiscard]] AwsResult<Entity> InputEntity(const Context& context, EntityKind kind);
// Root as an entity: its id and name are the account's.
[[nodiscard]] Entity RootEntity(const Context& context);
// A user by UserName, or the caller where none is given, root too.
[[nodiscard]] AwsResult<Entity> UserOrSelf(const Context& context);
[[nodiscard]] bool IsRootEntity(const Entity& entity);

[[nodiscard]] std::unexpected<AwsError> NoSuchEntity(EntityKind kind, std::string_view name);

// Those after `after`, in the order of their names, under a path; at most `limit`.
[[nodiscard]] std::vector<Entity> ListEntities(store::Connection& state, EntityKind kind, std::string_view path_prefix,
                                               std::string_view after, int64_t limit);
// The entities that are, or that have, members: users of a group, groups of a user.
enum class MemberSide : uint8_t { kMembers, kContainers };
[[nodiscard]] std::vector<Entity> ListMembers(store::Connection& state, std::string_view id, MemberSide side,
                                              EntityKind kind, std::string_view after, int64_t limit);

// A new entity by the input's name and Path, not yet stored. EntityAlreadyExists, LimitExceeded.
[[nodiscard]] AwsResult<Entity> NewEntity(const Context& context, EntityKind kind);
void StoreEntity(store::Connection& state, const Entity& entity);
// New name and path, as UpdateUser and UpdateGroup.
[[nodiscard]] AwsStatus RenameEntity(const Context& context, Entity entity, std::string_view new_name,
                                     std::string_view new_path);
void DeleteEntity(store::Connection& state, const Entity& entity);

// Path, Name, Id, Arn, CreateDate.
[[nodiscard]] Value DescribeEntity(const Context& context, const Entity& entity);
// {PermissionsBoundaryType, PermissionsBoundaryArn}, or null.
[[nodiscard]] Value DescribeBoundary(const Entity& entity);

[[nodiscard]] int64_t CountRows(store::Connection& state, std::string_view sql, std::string_view argument);
[[nodiscard]] AwsStatus CheckQuota(int64_t count, int64_t limit, std::string_view quota);

}  // namespace opentrail::services::iam
