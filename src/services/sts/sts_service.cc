#include "services/sts/sts_service.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "iam/policy.h"
#include "services/iam/entity.h"
#include "services/iam/session.h"

namespace opentrail::services::sts {
namespace {

using opentrail::iam::AccessRequest;
using opentrail::iam::Policy;
using opentrail::iam::PolicyKind;
using opentrail::iam::Principal;
using opentrail::iam::PrincipalType;
using opentrail::iam::SessionContext;
using std::chrono::seconds;

using AccessRequests = std::vector<AccessRequest>;

constexpr int64_t kDefaultRoleSeconds = 3600;
constexpr int64_t kMaxChainedSeconds = 3600;
constexpr int64_t kDefaultTokenSeconds = 43'200;
constexpr int64_t kMaxRootSeconds = 3600;

// The role of an ARN, with whatever path it has.
std::optional<iam::Entity> FindRole(const Call& call, store::Connection& state, std::string_view arn) {
  auto role = iam::FindEntity(state, iam::kRole, arn.substr(std::min(arn.size(), arn.rfind('/') + 1)));
  return role && iam::EntityArn(call.account_id, iam::kRole, *role) == arn ? role : std::nullopt;
}

// Whether there is such a role is nobody's business who may not assume it.
AwsResult<AccessRequests> AuthorizeAssumeRole(Service&, const Call& call, store::Connection& state) {
  const std::string_view arn = call.input["RoleArn"].Text();
  AccessRequests requests(1);
  AccessRequest& request = requests[0];
  request.action = "sts:AssumeRole";
  request.resource = arn;
  request.rule = opentrail::iam::ResourcePolicyRule::kMustAllow;
  if (const auto role = FindRole(call, state, arn)) {
    if (auto trust = Policy::Parse(role->trust, PolicyKind::kResource)) request.resource_policy = std::move(*trust);
  }
  if (call.input.Has("ExternalId")) request.context.Add("sts:ExternalId", std::string(call.input["ExternalId"].Text()));
  if (call.input.Has("RoleSessionName"))
    request.context.Add("sts:RoleSessionName", std::string(call.input["RoleSessionName"].Text()));
  if (call.input.Has("SourceIdentity"))
    request.context.Add("sts:SourceIdentity", std::string(call.input["SourceIdentity"].Text()));
  return requests;
}

AwsResult<AccessRequests> AuthorizeFederation(Service&, const Call& call, store::Connection&) {
  AccessRequests requests(1);
  requests[0].action = "sts:GetFederationToken";
  requests[0].resource = fmt::format("arn:aws:sts::{}:federated-user/{}", call.account_id, call.input["Name"].Text());
  return requests;
}

AwsResult<SessionContext> NewSession(const Call& call) {
  SessionContext session{.creation = call.now};
  if (call.input.Has("Policy")) {
    auto policy = Policy::Parse(call.input["Policy"].Text(), PolicyKind::kIdentity);
    if (!policy) return std::unexpected(policy.error());
    session.policies.emplace_back(call.input["Policy"].Text());
  }
  for (const Value& arn : call.input["PolicyArns"].elements()) session.policy_arns.emplace_back(arn["arn"].Text());
  for (const Value& tag : call.input["Tags"].elements())
    session.tags.emplace_back(tag["Key"].Text(), tag["Value"].Text());
  session.source_identity = call.input["SourceIdentity"].Text();
  return session;
}

AwsResult<Reply> GetCallerIdentity(Service&, Call& call, store::Transaction&) {
  Reply reply;
  reply.output.Set("UserId", call.principal.principal_id)
      .Set("Account", call.principal.account_id)
      .Set("Arn", call.principal.arn);
  return reply;
}

AwsResult<Reply> AssumeRole(Service& service, Call& call, store::Transaction& transaction) {
  auto& sts = static_cast<StsService&>(service);
  const auto role = FindRole(call, transaction.connection(), call.input["RoleArn"].Text());
  if (!role)
    return AwsFailure("AccessDenied", "Roles may not be assumed by root accounts.");  // let through by no trust policy
  if (call.principal.IsRoot())
    return std::unexpected(AwsError{"AccessDenied", "Roles may not be assumed by root accounts.", 403});
  const int64_t duration = call.input["DurationSeconds"].Integer(kDefaultRoleSeconds);
  if (duration > role->max_session) {
    return AwsFailure("ValidationError",
                      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  if (call.principal.type == PrincipalType::kAssumedRole && duration > kMaxChainedSeconds) {
    return AwsFailure(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
  }
  auto session = NewSession(call);
  if (!session) return std::unexpected(session.error());
  const std::string name(call.input["RoleSessionName"].Text());
  session->issuer = SessionContext::Issuer{"Role", role->id, iam::EntityArn(call.account_id, iam::kRole, *role),
                                           call.account_id, role->name};
  Principal principal{.type = PrincipalType::kAssumedRole,
                      .account_id = call.account_id,
                      .principal_id = role->id + ":" + name,
                      .arn = fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", call.account_id, role->name, name)};
  principal.session = std::move(*session);
  const auto credentials = iam::IssueSession(sts.environment(), sts.secrets(), transaction.connection(), principal,
                                             call.now, call.now + seconds(duration));
  Reply reply;
  reply.output.Set("Credentials", credentials.Describe());
  reply.output.Set("AssumedRoleUser",
                   Value::Object({{"AssumedRoleId", principal.principal_id}, {"Arn", principal.arn}}));
  if (call.input.Has("SourceIdentity")) reply.output.Set("SourceIdentity", call.input["SourceIdentity"]);
  return reply;
}

AwsResult<Reply> GetSessionToken(Service& service, Call& call, store::Transaction& transaction) {
  auto& sts = static_cast<StsService&>(service);
  if (call.principal.session) {
    return std::unexpected(AwsError{"AccessDenied", "Cannot call GetSessionToken with session credentials", 403});
  }
  int64_t duration = call.input["DurationSeconds"].Integer(kDefaultTokenSeconds);
  if (call.principal.IsRoot()) duration = std::min(duration, kMaxRootSeconds);
  Principal principal = call.principal;
  principal.session = SessionContext{.creation = call.now};
  const auto credentials = iam::IssueSession(sts.environment(), sts.secrets(), transaction.connection(), principal,
                                             call.now, call.now + seconds(duration));
  Reply reply;
  reply.output.Set("Credentials", credentials.Describe());
  return reply;
}

AwsResult<Reply> GetFederationToken(Service& service, Call& call, store::Transaction& transaction) {
  auto& sts = static_cast<StsService&>(service);
  if (call.principal.session) {
    return std::unexpected(AwsError{"AccessDenied", "Cannot call GetFederationToken with session credentials", 403});
  }
  auto session = NewSession(call);
  if (!session) return std::unexpected(session.error());
  // What no session policy allows, a federated user may not: without one it may nothing.
  if (session->policies.empty() && session->policy_arns.empty())
    session->policies.emplace_back(R"({"Version":"2012-10-17","Statement":[]})");
  const Principal& user = call.principal;
  session->issuer = SessionContext::Issuer{user.IsRoot() ? "Root" : "IAMUser", user.principal_id, user.arn,
                                           user.account_id, user.user_name};
  const std::string name(call.input["Name"].Text());
  Principal principal{.type = PrincipalType::kFederatedUser,
                      .account_id = call.account_id,
                      .principal_id = call.account_id + ":" + name,
                      .arn = fmt::format("arn:aws:sts::{}:federated-user/{}", call.account_id, name)};
  principal.session = std::move(*session);
  const int64_t duration = call.input["DurationSeconds"].Integer(kDefaultTokenSeconds);
  const auto credentials = iam::IssueSession(sts.environment(), sts.secrets(), transaction.connection(), principal,
                                             call.now, call.now + seconds(duration));
  Reply reply;
  reply.output.Set("Credentials", credentials.Describe());
  reply.output.Set("FederatedUser",
                   Value::Object({{"FederatedUserId", principal.principal_id}, {"Arn", principal.arn}}));
  reply.output.Set("PackedPolicySize", 0);
  return reply;
}

AwsResult<Reply> GetAccessKeyInfo(Service&, Call& call, store::Transaction&) {
  Reply reply;
  reply.output.Set("Account", call.account_id);
  return reply;
}

constexpr std::array kHandlers = std::to_array<Handler>({
    {"AssumeRole", AuthorizeAssumeRole, AssumeRole},
    {"GetAccessKeyInfo", nullptr, GetAccessKeyInfo},
    {"GetCallerIdentity", nullptr, GetCallerIdentity},
    {"GetFederationToken", AuthorizeFederation, GetFederationToken},
    {"GetSessionToken", nullptr, GetSessionToken},
});

}  // namespace

std::span<const Handler> StsService::handlers() const { return kHandlers; }

}  // namespace opentrail::services::sts
