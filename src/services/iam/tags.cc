#include "services/iam/tags.h"

#include <set>

#include "services/iam/managed_policy.h"
#include "services/iam/page.h"

namespace opentrail::services::iam {
namespace {

std::string Folded(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

// Whose tags: by name, or a policy by its ARN.
AwsResult<std::string> OwnerOf(const Context& context, EntityKind kind) {
  auto entity = kind == EntityKind::kPolicy ? RequireCustomerPolicy(context, context.input["PolicyArn"].Text())
                                            : InputEntity(context, kind);
  if (!entity) return std::unexpected(std::move(entity.error()));
  return std::move(entity->id);
}

}  // namespace

TagList ReadTags(store::Connection& state, std::string_view owner) {
  TagList tags;
  store::Rows rows = state.Query("SELECT key, value FROM iam_tag WHERE owner = ? ORDER BY key", owner);
  while (rows.Next()) tags.emplace_back(rows.Text(0), rows.Text(1));
  return tags;
}

Value DescribeTags(store::Connection& state, std::string_view owner) {
  Value list;
  for (auto& [key, value] : ReadTags(state, owner)) list.Append(Value::Object({{"Key", key}, {"Value", value}}));
  return list;
}

AwsStatus AddTags(const Context& context, std::string_view owner) {
  std::set<std::string> seen;
  for (const Value& tag : context.input["Tags"].elements()) {
    const std::string_view key = tag["Key"].Text();
    if (!seen.insert(Folded(key)).second) {
      return AwsFailure("InvalidInput", "{}",
                        "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    if (key.size() >= 4 && Folded(key.substr(0, 4)) == "aws:") {
      return AwsFailure("InvalidInput", "{}", "Tag keys beginning with aws: are reserved for system use.");
    }
    context.state.Execute(
        "INSERT INTO iam_tag (owner, key, value) VALUES (?, ?, ?) ON CONFLICT (owner, key) DO UPDATE SET key = "
        "excluded.key, value = excluded.value",
        owner, key, tag["Value"].Text());
  }
  if (CountRows(context.state, "SELECT count(*) FROM iam_tag WHERE owner = ?", owner) > kMaxTags) {
    return AwsFailure("LimitExceeded", "{}", "The number of tags has reached the maximum limit.");
  }
  return {};
}

AwsResult<Reply> TagOwner(Context& context, std::string_view owner) {
  if (auto status = AddTags(context, owner); !status) return std::unexpected(std::move(status.error()));
  return Reply{};
}

AwsResult<Reply> UntagOwner(Context& context, std::string_view owner) {
  for (const Value& key : context.input["TagKeys"].elements()) {
    context.state.Execute("DELETE FROM iam_tag WHERE owner = ? AND key = ?", owner, key.Text());
  }
  return Reply{};
}

AwsResult<Reply> ListOwnerTags(Context& context, std::string_view owner) {
  Page page(context, "Tags");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  store::Rows rows =
      context.state.Query("SELECT key, value FROM iam_tag WHERE owner = ? AND key > ? ORDER BY key LIMIT ?", owner,
                          page.after(), page.limit());
  while (rows.Next()) page.Add(rows.Text(0), Value::Object({{"Key", rows.Text(0)}, {"Value", rows.Text(1)}}));
  return page.Finish();
}

template <EntityKind kKind>
AwsResult<Reply> TagEntity(Context& context) {
  return Then(OwnerOf(context, kKind), [&](const std::string& owner) { return TagOwner(context, owner); });
}

template <EntityKind kKind>
AwsResult<Reply> UntagEntity(Context& context) {
  return Then(OwnerOf(context, kKind), [&](const std::string& owner) { return UntagOwner(context, owner); });
}

template <EntityKind kKind>
AwsResult<Reply> ListEntityTags(Context& context) {
  return Then(OwnerOf(context, kKind), [&](const std::string& owner) { return ListOwnerTags(context, owner); });
}

#define FOR_KIND(kind)                                               \
  template AwsResult<Reply> TagEntity<EntityKind::kind>(Context&);   \
  template AwsResult<Reply> UntagEntity<EntityKind::kind>(Context&); \
  template AwsResult<Reply> ListEntityTags<EntityKind::kind>(Context&);
FOR_KIND(kUser)
FOR_KIND(kRole)
FOR_KIND(kInstanceProfile)
FOR_KIND(kPolicy)
#undef FOR_KIND

}  // namespace opentrail::services::iam
