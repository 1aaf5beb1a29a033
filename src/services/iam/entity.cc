#include "services/iam/entity.h"

#include <array>

#include <fmt/format.h>

#include "services/iam/account.h"

namespace opentrail::services::iam {
namespace {

constexpr std::array<EntityKindInfo, 5> kKinds = {{
    {"user", "AIDA", "User", "UsersPerAccount", 5000, 2048},
    {"group", "AGPA", "Group", "GroupsPerAccount", 300, 5120},
    {"role", "AROA", "Role", "RolesPerAccount", 1000, 10240},
    {"instance-profile", "AIPA", "InstanceProfile", "InstanceProfilesPerAccount", 1000, 0},
    {"policy", "ANPA", "Policy", "PoliciesPerAccount", 1500, 0},
}};

constexpr size_t kIdSize = 21;

#define ENTITY_COLUMNS                                                                                           \
  "e.kind, e.id, e.name, e.path, e.created, e.updated, e.description, e.boundary, e.document, e.max_session_s, " \
  "e.default_version, e.last_version, e.last_used, e.last_used_region"

EntityKind KindOf(std::string_view key) {
  for (size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i].key == key) return static_cast<EntityKind>(i);
  }
  return EntityKind::kUser;
}

Entity Read(const store::Rows& rows) {
  return {.kind = KindOf(rows.Text(0)),
          .id = std::string(rows.Text(1)),
          .name = std::string(rows.Text(2)),
          .path = std::string(rows.Text(3)),
          .created = rows.Integer(4),
          .updated = rows.Integer(5),
          .description = std::string(rows.Text(6)),
          .boundary = std::string(rows.Text(7)),
          .document = std::string(rows.Text(8)),
          .max_session_s = rows.Integer(9),
          .default_version = rows.Integer(10),
          .last_version = rows.Integer(11),
          .last_used = rows.Integer(12),
          .last_used_region = std::string(rows.Text(13))};
}

std::optional<Entity> First(store::Rows rows) { return rows.Next() ? std::optional(Read(rows)) : std::nullopt; }

std::vector<Entity> All(store::Rows rows) {
  std::vector<Entity> entities;
  while (rows.Next()) entities.push_back(Read(rows));
  return entities;
}

std::unexpected<AwsError> AlreadyExists(EntityKind kind, std::string_view name) {
  constexpr const char* kCode = "EntityAlreadyExists";
  switch (kind) {
    case EntityKind::kInstanceProfile: return AwsFailure(kCode, "Instance Profile {} already exists.", name);
    case EntityKind::kPolicy:
      return AwsFailure(kCode, "A policy called {} already exists. Duplicate names are not allowed.", name);
    case EntityKind::kUser:
    case EntityKind::kGroup:
    case EntityKind::kRole: break;
  }
  return AwsFailure(kCode, "{} with name {} already exists.", InfoOf(kind).label, name);
}

}  // namespace

const EntityKindInfo& InfoOf(EntityKind kind) { return kKinds[static_cast<size_t>(kind)]; }

std::string MakeArn(std::string_view account_id, std::string_view type, std::string_view path, std::string_view name) {
  return fmt::format("arn:aws:iam::{}:{}{}{}", account_id, type, path.empty() ? "/" : path, name);
}

std::string ArnOf(std::string_view account_id, const Entity& entity) {
  if (IsRootEntity(entity)) return fmt::format("arn:aws:iam::{}:root", account_id);
  return MakeArn(account_id, InfoOf(entity.kind).key, entity.path, entity.name);
}

std::optional<Entity> FindEntity(store::Connection& state, EntityKind kind, std::string_view name) {
  return First(state.Query("SELECT " ENTITY_COLUMNS " FROM iam_entity e WHERE e.kind = ? AND e.name = ?",
                           InfoOf(kind).key, name));
}

std::optional<Entity> FindEntityById(store::Connection& state, std::string_view id) {
  return First(state.Query("SELECT " ENTITY_COLUMNS " FROM iam_entity e WHERE e.id = ?", id));
}

std::unexpected<AwsError> NoSuchEntity(EntityKind kind, std::string_view name) {
  constexpr const char* kCode = "NoSuchEntity";
  switch (kind) {
    case EntityKind::kUser: return AwsFailure(kCode, "The user with name {} cannot be found.", name);
    case EntityKind::kGroup: return AwsFailure(kCode, "The group with name {} cannot be found.", name);
    case EntityKind::kRole: return AwsFailure(kCode, "The role with name {} cannot be found.", name);
    case EntityKind::kInstanceProfile: return AwsFailure(kCode, "Instance Profile {} cannot be found.", name);
    case EntityKind::kPolicy: break;
  }
  return AwsFailure(kCode, "Policy {} was not found.", name);
}

AwsResult<Entity> RequireEntity(store::Connection& state, EntityKind kind, std::string_view name) {
  auto entity = FindEntity(state, kind, name);
  if (!entity) return NoSuchEntity(kind, name);
  return std::move(*entity);
}

AwsResult<Entity> InputEntity(const Context& context, EntityKind kind) {
  const std::string member = std::string(InfoOf(kind).label) + "Name";
  return RequireEntity(context.state, kind, context.input[member].Text());
}

Entity RootEntity(const Context& context) {
  return {.kind = EntityKind::kUser,
          .id = context.account_id(),
          .name = context.account_id(),
          .path = "/",
          .description = {},
          .boundary = {},
          .document = {},
          .last_used_region = {}};
}

bool IsRootEntity(const Entity& entity) { return entity.kind == EntityKind::kUser && entity.id == entity.name; }

AwsResult<Entity> UserOrSelf(const Context& context) {
  if (context.input.Has("UserName")) return InputEntity(context, EntityKind::kUser);
  const auto& principal = context.call.principal;
  if (principal.IsRoot()) return RootEntity(context);
  if (principal.type != opentrail::iam::PrincipalType::kIamUser) {
    return AwsFailure("ValidationError", "{}", "Must specify userName when calling with non-User credentials");
  }
  auto user = FindEntityById(context.state, principal.principal_id);
  if (!user) return NoSuchEntity(EntityKind::kUser, principal.user_name);
  return std::move(*user);
}

std::vector<Entity> ListEntities(store::Connection& state, EntityKind kind, std::string_view path_prefix,
                                 std::string_view after, int64_t limit) {
  return All(
      state.Query("SELECT " ENTITY_COLUMNS
                  " FROM iam_entity e WHERE e.kind = ? AND e.name > ? AND substr(e.path || e.name, 1, length(?)) = ? "
                  "ORDER BY e.name LIMIT ?",
                  InfoOf(kind).key, after, path_prefix, path_prefix, limit));
}

std::vector<Entity> ListMembers(store::Connection& state, std::string_view id, MemberSide side, EntityKind kind,
                                std::string_view after, int64_t limit) {
  const std::string_view sql =
      side == MemberSide::kMembers
          ? "SELECT " ENTITY_COLUMNS
            " FROM iam_member m JOIN iam_entity e ON e.id = m.member WHERE m.container = ? AND e.kind = ? AND e.name > "
            "? ORDER BY e.name LIMIT ?"
          : "SELECT " ENTITY_COLUMNS
            " FROM iam_member m JOIN iam_entity e ON e.id = m.container WHERE m.member = ? AND e.kind = ? AND e.name > "
            "? ORDER BY e.name LIMIT ?";
  return All(state.Query(sql, id, InfoOf(kind).key, after, limit));
}

AwsResult<Entity> NewEntity(const Context& context, EntityKind kind) {
  const EntityKindInfo& info = InfoOf(kind);
  const std::string name = context.Text(std::string(info.label) + "Name");
  if (FindEntity(context.state, kind, name)) return AlreadyExists(kind, name);
  const int64_t count = CountRows(context.state, "SELECT count(*) FROM iam_entity WHERE kind = ?", info.key);
  if (auto status = CheckQuota(count, info.quota, info.quota_name); !status) {
    return std::unexpected(std::move(status.error()));
  }
  return Entity{.kind = kind,
                .id = RandomIamId(context.random(), info.id_prefix, kIdSize),
                .name = name,
                .path = std::string(context.input["Path"].Text("/")),
                .created = context.now_ms(),
                .updated = context.now_ms(),
                .description = context.Text("Description"),
                .boundary = {},
                .document = {},
                .last_used_region = {}};
}

void StoreEntity(store::Connection& state, const Entity& entity) {
  state.Execute(
      "INSERT INTO iam_entity (id, kind, name, path, created, updated, description, boundary, document, max_session_s, "
      "default_version, last_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
      "name = excluded.name, path = excluded.path, updated = excluded.updated, description = excluded.description, "
      "boundary = excluded.boundary, document = excluded.document, max_session_s = excluded.max_session_s, "
      "default_version = excluded.default_version, last_version = excluded.last_version",
      entity.id, InfoOf(entity.kind).key, entity.name, entity.path, entity.created, entity.updated, entity.description,
      entity.boundary, entity.document, entity.max_session_s, entity.default_version, entity.last_version);
}

AwsStatus RenameEntity(const Context& context, Entity entity, std::string_view new_name, std::string_view new_path) {
  if (!new_name.empty()) {
    const auto taken = FindEntity(context.state, entity.kind, new_name);
    if (taken && taken->id != entity.id) return AlreadyExists(entity.kind, new_name);
    entity.name = new_name;
  }
  if (!new_path.empty()) entity.path = new_path;
  StoreEntity(context.state, entity);
  return {};
}

void DeleteEntity(store::Connection& state, const Entity& entity) {
  state.Execute("DELETE FROM iam_entity WHERE id = ?", entity.id);
  state.Execute("DELETE FROM iam_tag WHERE owner = ?", entity.id);
  state.Execute("DELETE FROM iam_service_access WHERE entity = ?", entity.id);
}

Value DescribeEntity(const Context& context, const Entity& entity) {
  if (IsRootEntity(entity)) {
    Value root = Value::Object({{"UserId", entity.id}, {"Arn", ArnOf(context.account_id(), entity)}});
    root.Set("CreateDate", AccountCreated(context.state));
    return root;
  }
  const std::string label(InfoOf(entity.kind).label);
  Value value = Value::Object({{"Path", entity.path}});
  value.Set(label + "Name", entity.name);
  value.Set(label + "Id", entity.id);
  value.Set("Arn", ArnOf(context.account_id(), entity));
  value.Set("CreateDate", FromMilliseconds(entity.created));
  return value;
}

Value DescribeBoundary(const Entity& entity) {
  if (entity.boundary.empty()) return nullptr;
  return Value::Object({{"PermissionsBoundaryType", "Policy"}, {"PermissionsBoundaryArn", entity.boundary}});
}

int64_t CountRows(store::Connection& state, std::string_view sql, std::string_view argument) {
  store::Rows rows = state.Query(sql, argument);
  return rows.Next() ? rows.Integer(0) : 0;
}

AwsStatus CheckQuota(int64_t count, int64_t limit, std::string_view quota) {
  if (count < limit) return {};
  return AwsFailure("LimitExceeded", "Cannot exceed quota for {}: {}", quota, limit);
}

}  // namespace opentrail::services::iam
