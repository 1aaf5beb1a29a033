#include "services/iam/entity.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "codec/text.h"

namespace opentrail::services::iam {
namespace {

constexpr int64_t kDefaultPage = 100;

Entity Read(const store::Rows& rows) {
  const auto text = [&](int column) { return std::string(rows.Text(column)); };
  return {.id = text(0),
          .name = text(1),
          .path = text(2),
          .boundary = text(4),
          .trust = text(5),
          .description = text(6),
          .created = Time(std::chrono::milliseconds(rows.Integer(3))),
          .max_session = rows.Integer(7)};
}

}  // namespace

AwsError NoSuchEntity(std::string message) { return {"NoSuchEntity", std::move(message), 404}; }

std::string EntityArn(std::string_view account_id, const EntityKind& kind, const Entity& entity) {
  return fmt::format("arn:aws:iam::{}:{}{}{}", account_id, kind.kind, entity.path, entity.name);
}

std::optional<Entity> FindEntity(store::Connection& state, const EntityKind& kind, std::string_view name) {
  store::Rows rows = state.Query(
      "SELECT id, name, path, created, boundary, trust, description, max_session FROM iam_entity "
      "WHERE kind = ? AND name = ?",
      kind.kind, name);
  return rows.Next() ? std::optional(Read(rows)) : std::nullopt;
}

AwsResult<Entity> NeedEntity(const Call& call, const EntityKind& kind, store::Connection& state) {
  const std::string_view name = call.input[kind.name_member].Text();
  auto entity = FindEntity(state, kind, name);
  if (!entity) {
    return std::unexpected(NoSuchEntity(fmt::format("The {} with name {} cannot be found.", kind.spoken, name)));
  }
  return std::move(*entity);
}

std::vector<Entity> AllEntities(store::Connection& state, const EntityKind& kind, std::string_view path_prefix) {
  std::vector<Entity> all;
  store::Rows rows = state.Query(
      "SELECT id, name, path, created, boundary, trust, description, max_session FROM iam_entity "
      "WHERE kind = ? ORDER BY name",
      kind.kind);
  while (rows.Next()) {
    if (rows.Text(2).starts_with(path_prefix)) all.push_back(Read(rows));
  }
  return all;
}

Value TagsOf(store::Connection& state, std::string_view entity_id) {
  Value tags = Value::List();
  store::Rows rows = state.Query("SELECT key, value FROM iam_tag WHERE entity_id = ? ORDER BY key", entity_id);
  while (rows.Next()) tags.Append(Value::Object({{"Key", rows.Text(0)}, {"Value", rows.Text(1)}}));
  return tags;
}

Value DescribeEntity(const Call& call, const EntityKind& kind, const Entity& entity, store::Connection& state,
                     Detail detail) {
  Value value = Value::Object({{"Path", entity.path}});
  value.Set(kind.name_member, entity.name).Set(kind.id_member, entity.id);
  value.Set("Arn", EntityArn(call.account_id, kind, entity)).Set("CreateDate", entity.created);
  if (kind.kind == kRole.kind) {
    value.Set("AssumeRolePolicyDocument", codec::UriEncode(entity.trust));
    if (!entity.description.empty()) value.Set("Description", entity.description);
    if (detail == Detail::kFull || call.operation->name == "ListRoles")
      value.Set("MaxSessionDuration", entity.max_session);
  }
  if (!entity.boundary.empty()) {
    value.Set("PermissionsBoundary",
              Value::Object({{"PermissionsBoundaryType", "Policy"}, {"PermissionsBoundaryArn", entity.boundary}}));
  }
  if (Value tags = TagsOf(state, entity.id); !tags.elements().empty()) value.Set("Tags", std::move(tags));
  return value;
}

AwsStatus Page(const Value& input, std::string_view list, Value::Elements all, Value& output) {
  size_t begin = 0;
  if (const std::string_view marker = input["Marker"].Text(); !marker.empty()) {
    const auto text = codec::Base64Decode(marker);
    const char* end = text ? text->data() + text->size() : nullptr;
    if (!text || std::from_chars(text->data(), end, begin).ptr != end || begin > all.size()) {
      return AwsFailure("ValidationError", "Invalid Marker.");
    }
  }
  const size_t end = std::min(all.size(), begin + static_cast<size_t>(input["MaxItems"].Integer(kDefaultPage)));
  output.Set("IsTruncated", end < all.size());
  if (end < all.size()) output.Set("Marker", codec::Base64Encode(std::to_string(end)));
  output.Set(list, Value::List(Value::Elements(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                               all.begin() + static_cast<std::ptrdiff_t>(end))));
  return {};
}

}  // namespace opentrail::services::iam
