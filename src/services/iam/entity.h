#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/iam/iam_service.h"

// Users, groups and roles have most in common: a name, a path, policies, tags.
namespace opentrail::services::iam {

// How one kind of entity is called where.
struct EntityKind {
  std::string_view kind;         // in the table and in ARNs: "user"
  std::string_view name_member;  // "UserName"
  std::string_view id_member;    // "UserId"
  std::string_view member;       // "User"
  std::string_view list;         // "Users"
  std::string_view id_prefix;    // "AIDA"
  std::string_view spoken;       // "user" as error messages have it
};
inline constexpr EntityKind kUser{"user", "UserName", "UserId", "User", "Users", "AIDA", "user"};
inline constexpr EntityKind kGroup{"group", "GroupName", "GroupId", "Group", "Groups", "AGPA", "group"};
inline constexpr EntityKind kRole{"role", "RoleName", "RoleId", "Role", "Roles", "AROA", "role"};

struct Entity {
  std::string id, name, path, boundary, trust, description;
  Time created;
  int64_t max_session = 3600;
};

[[nodiscard]] std::string EntityArn(std::string_view account_id, const EntityKind& kind, const Entity& entity);
[[nodiscard]] std::optional<Entity> FindEntity(store::Connection& state, const EntityKind& kind, std::string_view name);
// By the call's name member; NoSuchEntity.
[[nodiscard]] AwsResult<Entity> NeedEntity(const Call& call, const EntityKind& kind, store::Connection& state);
[[nodiscard]] std::vector<Entity> AllEntities(store::Connection& state, const EntityKind& kind,
                                              std::string_view path_prefix);
// As Get and List show it; `detail` adds what only Get shows.
enum class Detail : uint8_t { kBrief, kFull };
[[nodiscard]] Value DescribeEntity(const Call& call, const EntityKind& kind, const Entity& entity,
                                   store::Connection& state, Detail detail);
[[nodiscard]] Value TagsOf(store::Connection& state, std::string_view entity_id);

// Cuts one page by MaxItems and Marker; sets IsTruncated and Marker. ValidationError for a marker that is none.
[[nodiscard]] AwsStatus Page(const Value& input, std::string_view list, Value::Elements all, Value& output);

[[nodiscard]] AwsError NoSuchEntity(std::string message);

}  // namespace opentrail::services::iam
