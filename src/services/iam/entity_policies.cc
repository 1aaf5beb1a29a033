#include "services/iam/entity_policies.h"

#include <fmt/format.h>

#include "codec/text.h"
#include "services/iam/managed_policy.h"
#include "services/iam/page.h"

namespace opentrail::services::iam {
namespace {

constexpr int64_t kMaxAttachments = 10;

std::string NameMember(EntityKind kind) { return std::string(InfoOf(kind).label) + "Name"; }

std::string_view NameInArn(std::string_view arn) { return arn.substr(arn.rfind('/') + 1); }

Value DescribeAttachment(std::string_view arn) {
  return Value::Object({{"PolicyName", NameInArn(arn)}, {"PolicyArn", arn}});
}

std::unexpected<AwsError> NoSuchInlinePolicy(EntityKind kind, std::string_view name) {
  return AwsFailure("NoSuchEntity", "The {} policy with name {} cannot be found.", InfoOf(kind).key, name);
}

AwsStatus CheckInlineSize(const Context& context, const Entity& owner) {
  const EntityKindInfo& info = InfoOf(owner.kind);
  size_t total = SizeWithoutSpace(context.input["PolicyDocument"].Text());
  store::Rows rows = context.state.Query("SELECT document FROM iam_inline_policy WHERE owner = ? AND name <> ?",
                                         owner.id, context.input["PolicyName"].Text());
  while (rows.Next()) total += SizeWithoutSpace(rows.Text(0));
  if (total <= static_cast<size_t>(info.inline_bytes)) return {};
  return AwsFailure("LimitExceeded", "Maximum policy size of {} bytes exceeded for {} {}", info.inline_bytes, info.key,
                    owner.name);
}

}  // namespace

template <EntityKind kKind>
AwsResult<Reply> PutInlinePolicy(Context& context) {
  return Then(InputEntity(context, kKind), [&](const Entity& owner) -> AwsResult<Reply> {
    const std::string document = context.Text("PolicyDocument");
    return Then(CheckIdentityDocument(document), [&]() -> AwsResult<Reply> {
      return Then(CheckInlineSize(context, owner), [&]() -> AwsResult<Reply> {
        context.state.Execute(
            "INSERT INTO iam_inline_policy (owner, name, document) VALUES (?, ?, ?) ON CONFLICT (owner, name) DO "
            "UPDATE SET document = excluded.document",
            owner.id, context.input["PolicyName"].Text(), document);
        return Reply{};
      });
    });
  });
}

template <EntityKind kKind>
AwsResult<Reply> GetInlinePolicy(Context& context) {
  return Then(InputEntity(context, kKind), [&](const Entity& owner) -> AwsResult<Reply> {
    const std::string_view name = context.input["PolicyName"].Text();
    store::Rows rows = context.state.Query("SELECT name, document FROM iam_inline_policy WHERE owner = ? AND name = ?",
                                           owner.id, name);
    if (!rows.Next()) return NoSuchInlinePolicy(kKind, name);
    Reply reply;
    reply.output.Set(NameMember(kKind), owner.name);
    reply.output.Set("PolicyName", rows.Text(0));
    reply.output.Set("PolicyDocument", codec::UriEncode(rows.Text(1)));
    return reply;
  });
}

template <EntityKind kKind>
AwsResult<Reply> DeleteInlinePolicy(Context& context) {
  return Then(InputEntity(context, kKind), [&](const Entity& owner) -> AwsResult<Reply> {
    const std::string_view name = context.input["PolicyName"].Text();
    if (context.state.Execute("DELETE FROM iam_inline_policy WHERE owner = ? AND name = ?", owner.id, name) == 0) {
      return NoSuchInlinePolicy(kKind, name);
    }
    return Reply{};
  });
}

template <EntityKind kKind>
AwsResult<Reply> ListInlinePolicies(Context& context) {
  return Then(InputEntity(context, kKind), [&](const Entity& owner) -> AwsResult<Reply> {
    Page page(context, "PolicyNames");
    if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
    store::Rows rows =
        context.state.Query("SELECT name FROM iam_inline_policy WHERE owner = ? AND name > ? ORDER BY name LIMIT ?",
                            owner.id, page.after(), page.limit());
    while (rows.Next()) page.Add(rows.Text(0), rows.Text(0));
    return page.Finish();
  });
}

template <EntityKind kKind>
AwsResult<Reply> AttachPolicy(Context& context) {
  return Then(InputEntity(context, kKind), [&](const Entity& owner) -> AwsResult<Reply> {
    const std::string_view arn = context.input["PolicyArn"].Text();
    return Then(RequireAttachable(context, arn), [&]() -> AwsResult<Reply> {
      context.state.Execute("INSERT OR IGNORE INTO iam_attachment (owner, policy_arn) VALUES (?, ?)", owner.id, arn);
      const int64_t count = CountRows(context.state, "SELECT count(*) FROM iam_attachment WHERE owner = ?", owner.id);
      return Then(CheckQuota(count - 1, kMaxAttachments, fmt::format("PoliciesPer{}", InfoOf(kKind).label)),
                  []() -> AwsResult<Reply> { return Reply{}; });
    });
  });
}

template <EntityKind kKind>
AwsResult<Reply> DetachPolicy(Context& context) {
  return Then(InputEntity(context, kKind), [&](const Entity& owner) -> AwsResult<Reply> {
    const std::string_view arn = context.input["PolicyArn"].Text();
    if (!arn.starts_with("arn:")) return AwsFailure("InvalidInput", "ARN {} is not valid.", arn);
    if (context.state.Execute("DELETE FROM iam_attachment WHERE owner = ? AND policy_arn = ?", owner.id, arn) == 0) {
      return NoSuchEntity(EntityKind::kPolicy, arn);
    }
    return Reply{};
  });
}

template <EntityKind kKind>
AwsResult<Reply> ListAttachedPolicies(Context& context) {
  return Then(InputEntity(context, kKind), [&](const Entity& owner) -> AwsResult<Reply> {
    Page page(context, "AttachedPolicies");
    if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
    const std::string path = ":policy" + std::string(context.input["PathPrefix"].Text("/"));
    store::Rows rows = context.state.Query(
        "SELECT policy_arn FROM iam_attachment WHERE owner = ? AND policy_arn > ? AND instr(policy_arn, ?) > 0 ORDER "
        "BY policy_arn LIMIT ?",
        owner.id, page.after(), path, page.limit());
    while (rows.Next()) page.Add(rows.Text(0), DescribeAttachment(rows.Text(0)));
    return page.Finish();
  });
}

AwsStatus ReadBoundary(const Context& context, Entity& entity) {
  if (!context.input.Has("PermissionsBoundary")) return {};
  entity.boundary = context.Text("PermissionsBoundary");
  return RequireAttachable(context, entity.boundary);
}

template <EntityKind kKind>
AwsResult<Reply> PutBoundary(Context& context) {
  return Then(InputEntity(context, kKind), [&](Entity& entity) -> AwsResult<Reply> {
    return Then(ReadBoundary(context, entity), [&]() -> AwsResult<Reply> {
      StoreEntity(context.state, entity);
      return Reply{};
    });
  });
}

template <EntityKind kKind>
AwsResult<Reply> DeleteBoundary(Context& context) {
  return Then(InputEntity(context, kKind), [&](Entity& entity) -> AwsResult<Reply> {
    if (entity.boundary.empty()) {
      return AwsFailure("NoSuchEntity", "{} {} does not have a permissions boundary.", InfoOf(kKind).label,
                        entity.name);
    }
    entity.boundary.clear();
    StoreEntity(context.state, entity);
    return Reply{};
  });
}

bool HasInlinePolicies(store::Connection& state, std::string_view owner) {
  return CountRows(state, "SELECT count(*) FROM iam_inline_policy WHERE owner = ?", owner) > 0;
}

bool HasAttachments(store::Connection& state, std::string_view owner) {
  return CountRows(state, "SELECT count(*) FROM iam_attachment WHERE owner = ?", owner) > 0;
}

Value DescribeInlinePolicies(store::Connection& state, std::string_view owner) {
  Value list = Value::List();
  store::Rows rows = state.Query("SELECT name, document FROM iam_inline_policy WHERE owner = ? ORDER BY name", owner);
  while (rows.Next()) {
    list.Append(Value::Object({{"PolicyName", rows.Text(0)}, {"PolicyDocument", codec::UriEncode(rows.Text(1))}}));
  }
  return list;
}

Value DescribeAttachments(store::Connection& state, std::string_view owner) {
  Value list = Value::List();
  store::Rows rows = state.Query("SELECT policy_arn FROM iam_attachment WHERE owner = ? ORDER BY policy_arn", owner);
  while (rows.Next()) list.Append(DescribeAttachment(rows.Text(0)));
  return list;
}

#define FOR_KIND(kind)                                                      \
  template AwsResult<Reply> PutInlinePolicy<EntityKind::kind>(Context&);    \
  template AwsResult<Reply> GetInlinePolicy<EntityKind::kind>(Context&);    \
  template AwsResult<Reply> DeleteInlinePolicy<EntityKind::kind>(Context&); \
  template AwsResult<Reply> ListInlinePolicies<EntityKind::kind>(Context&); \
  template AwsResult<Reply> AttachPolicy<EntityKind::kind>(Context&);       \
  template AwsResult<Reply> DetachPolicy<EntityKind::kind>(Context&);       \
  template AwsResult<Reply> ListAttachedPolicies<EntityKind::kind>(Context&);
FOR_KIND(kUser)
FOR_KIND(kGroup)
FOR_KIND(kRole)
#undef FOR_KIND
template AwsResult<Reply> PutBoundary<EntityKind::kUser>(Context&);
template AwsResult<Reply> PutBoundary<EntityKind::kRole>(Context&);
template AwsResult<Reply> DeleteBoundary<EntityKind::kUser>(Context&);
template AwsResult<Reply> DeleteBoundary<EntityKind::kRole>(Context&);

}  // namespace opentrail::services::iam
