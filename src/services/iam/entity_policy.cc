#include <fmt/format.h>

#include "codec/text.h"
#include "iam/policy.h"
#include "services/iam/entity.h"
#include "services/iam/handlers.h"
#include "services/iam/managed_policy.h"

// Inline and attached policies: the same operations for users, groups and roles.
namespace opentrail::services::iam {
namespace {

constexpr int64_t kMaxAttached = 10;

AwsResult<Reply> Put(IamService& service, Call& call, store::Transaction& transaction, const EntityKind& kind) {
  auto entity = NeedEntity(call, kind, transaction.connection());
  if (!entity) return std::unexpected(entity.error());
  auto parsed =
      opentrail::iam::Policy::Parse(call.input["PolicyDocument"].Text(), opentrail::iam::PolicyKind::kIdentity);
  if (!parsed) return std::unexpected(parsed.error());
  transaction.connection().Execute(
      "INSERT INTO iam_inline_policy VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document",
      entity->id, call.input["PolicyName"].Text(), call.input["PolicyDocument"].Text());
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsError NoInline(const Call& call, const EntityKind& kind) {
  return NoSuchEntity(
      fmt::format("The {} policy with name {} cannot be found.", kind.spoken, call.input["PolicyName"].Text()));
}

AwsResult<Reply> Get(Call& call, store::Connection& state, const EntityKind& kind) {
  auto entity = NeedEntity(call, kind, state);
  if (!entity) return std::unexpected(entity.error());
  store::Rows rows = state.Query("SELECT name, document FROM iam_inline_policy WHERE entity_id = ? AND name = ?",
                                 entity->id, call.input["PolicyName"].Text());
  if (!rows.Next()) return std::unexpected(NoInline(call, kind));
  Reply reply;
  reply.output.Set(kind.name_member, entity->name)
      .Set("PolicyName", rows.Text(0))
      .Set("PolicyDocument", codec::UriEncode(rows.Text(1)));
  return reply;
}

AwsResult<Reply> List(Call& call, store::Connection& state, const EntityKind& kind) {
  auto entity = NeedEntity(call, kind, state);
  if (!entity) return std::unexpected(entity.error());
  Value::Elements names;
  store::Rows rows = state.Query("SELECT name FROM iam_inline_policy WHERE entity_id = ? ORDER BY name", entity->id);
  while (rows.Next()) names.emplace_back(rows.Text(0));
  Reply reply;
  if (auto paged = Page(call.input, "PolicyNames", std::move(names), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> Delete(IamService& service, Call& call, store::Transaction& transaction, const EntityKind& kind) {
  auto entity = NeedEntity(call, kind, transaction.connection());
  if (!entity) return std::unexpected(entity.error());
  const int64_t gone = transaction.connection().Execute(
      "DELETE FROM iam_inline_policy WHERE entity_id = ? AND name = ?", entity->id, call.input["PolicyName"].Text());
  if (gone == 0) return std::unexpected(NoInline(call, kind));
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> Attach(IamService& service, Call& call, store::Transaction& transaction, const EntityKind& kind) {
  store::Connection& state = transaction.connection();
  auto entity = NeedEntity(call, kind, state);
  if (!entity) return std::unexpected(entity.error());
  const std::string_view arn = call.input["PolicyArn"].Text();
  if (!FindManagedPolicy(state, arn))
    return std::unexpected(NoSuchEntity(fmt::format("Policy {} does not exist or is not attachable.", arn)));
  state.Execute("INSERT OR IGNORE INTO iam_attachment VALUES(?, ?)", entity->id, arn);
  store::Rows count = state.Query("SELECT count(*) FROM iam_attachment WHERE entity_id = ?", entity->id);
  if (count.Next() && count.Integer(0) > kMaxAttached) {
    return std::unexpected(AwsError{
        "LimitExceeded", fmt::format("Cannot exceed quota for PoliciesPer{}: {}", kind.member, kMaxAttached), 409});
  }
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> Detach(IamService& service, Call& call, store::Transaction& transaction, const EntityKind& kind) {
  auto entity = NeedEntity(call, kind, transaction.connection());
  if (!entity) return std::unexpected(entity.error());
  const std::string_view arn = call.input["PolicyArn"].Text();
  if (transaction.connection().Execute("DELETE FROM iam_attachment WHERE entity_id = ? AND arn = ?", entity->id, arn) ==
      0) {
    return std::unexpected(NoSuchEntity(fmt::format("Policy {} was not found.", arn)));
  }
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> ListAttached(Call& call, store::Connection& state, const EntityKind& kind) {
  auto entity = NeedEntity(call, kind, state);
  if (!entity) return std::unexpected(entity.error());
  std::vector<std::string> arns;
  {
    store::Rows rows = state.Query("SELECT arn FROM iam_attachment WHERE entity_id = ? ORDER BY arn", entity->id);
    while (rows.Next()) arns.emplace_back(rows.Text(0));
  }
  Value::Elements all;
  for (const std::string& arn : arns) {
    if (const auto policy = FindManagedPolicy(state, arn))
      all.push_back(Value::Object({{"PolicyName", policy->name}, {"PolicyArn", arn}}));
  }
  Reply reply;
  if (auto paged = Page(call.input, "AttachedPolicies", std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

}  // namespace

AwsResult<Reply> PutUserPolicy(IamService& s, Call& c, store::Transaction& t) { return Put(s, c, t, kUser); }
AwsResult<Reply> PutGroupPolicy(IamService& s, Call& c, store::Transaction& t) { return Put(s, c, t, kGroup); }
AwsResult<Reply> PutRolePolicy(IamService& s, Call& c, store::Transaction& t) { return Put(s, c, t, kRole); }
AwsResult<Reply> GetUserPolicy(IamService&, Call& c, store::Transaction& t) { return Get(c, t.connection(), kUser); }
AwsResult<Reply> GetGroupPolicy(IamService&, Call& c, store::Transaction& t) { return Get(c, t.connection(), kGroup); }
AwsResult<Reply> GetRolePolicy(IamService&, Call& c, store::Transaction& t) { return Get(c, t.connection(), kRole); }
AwsResult<Reply> ListUserPolicies(IamService&, Call& c, store::Transaction& t) {
  return List(c, t.connection(), kUser);
}
AwsResult<Reply> ListGroupPolicies(IamService&, Call& c, store::Transaction& t) {
  return List(c, t.connection(), kGroup);
}
AwsResult<Reply> ListRolePolicies(IamService&, Call& c, store::Transaction& t) {
  return List(c, t.connection(), kRole);
}
AwsResult<Reply> DeleteUserPolicy(IamService& s, Call& c, store::Transaction& t) { return Delete(s, c, t, kUser); }
AwsResult<Reply> DeleteGroupPolicy(IamService& s, Call& c, store::Transaction& t) { return Delete(s, c, t, kGroup); }
AwsResult<Reply> DeleteRolePolicy(IamService& s, Call& c, store::Transaction& t) { return Delete(s, c, t, kRole); }
AwsResult<Reply> AttachUserPolicy(IamService& s, Call& c, store::Transaction& t) { return Attach(s, c, t, kUser); }
AwsResult<Reply> AttachGroupPolicy(IamService& s, Call& c, store::Transaction& t) { return Attach(s, c, t, kGroup); }
AwsResult<Reply> AttachRolePolicy(IamService& s, Call& c, store::Transaction& t) { return Attach(s, c, t, kRole); }
AwsResult<Reply> DetachUserPolicy(IamService& s, Call& c, store::Transaction& t) { return Detach(s, c, t, kUser); }
AwsResult<Reply> DetachGroupPolicy(IamService& s, Call& c, store::Transaction& t) { return Detach(s, c, t, kGroup); }
AwsResult<Reply> DetachRolePolicy(IamService& s, Call& c, store::Transaction& t) { return Detach(s, c, t, kRole); }
AwsResult<Reply> ListAttachedUserPolicies(IamService&, Call& c, store::Transaction& t) {
  return ListAttached(c, t.connection(), kUser);
}
AwsResult<Reply> ListAttachedGroupPolicies(IamService&, Call& c, store::Transaction& t) {
  return ListAttached(c, t.connection(), kGroup);
}
AwsResult<Reply> ListAttachedRolePolicies(IamService&, Call& c, store::Transaction& t) {
  return ListAttached(c, t.connection(), kRole);
}

}  // namespace opentrail::services::iam
