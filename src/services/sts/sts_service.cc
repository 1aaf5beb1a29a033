#include "services/sts/sts_service.h"

#include <algorithm>

#include <fmt/format.h>

#include "services/iam/context.h"
#include "services/iam/entity.h"
#include "services/iam/managed_policy.h"
#include "services/iam/mfa.h"
#include "services/iam/role.h"
#include "services/iam/tags.h"
#include "services/sts/session_issuer.h"

namespace opentrail::services::sts {
namespace {

using iam::Then;
using opentrail::iam::AccessRequest;
using opentrail::iam::ContextKeys;
using opentrail::iam::Principal;
using opentrail::iam::PrincipalType;
using opentrail::iam::SessionContext;
using Requests = std::vector<AccessRequest>;

constexpr int64_t kHour = 3600;
constexpr int64_t kTwelveHours = 12 * kHour;
constexpr int64_t kInstanceSession = 6 * kHour;  // of an instance's role, whatever the role's MaxSessionDuration
constexpr size_t kMaxPacked = 2048;
constexpr size_t kMaxPolicyArns = 10;
constexpr size_t kMaxTags = 50;

constexpr store::Migration kMigrations[] = {{.part = "sts", .version = 1, .sql = R"sql(
CREATE TABLE sts_session (
  access_key_id TEXT PRIMARY KEY,
  expires INTEGER NOT NULL,  -- epoch milliseconds
  sealed BLOB NOT NULL       -- iam.access-key ID: secret, token and principal as JSON
) WITHOUT ROWID;
CREATE INDEX sts_session_expires ON sts_session (expires);
)sql"}};

std::unexpected<AwsError> AccessDenied(std::string message) {
  return std::unexpected(AwsError{"AccessDenied", std::move(message), 403});
}

StsService& Sts(Service& service) { return static_cast<StsService&>(service); }

bool HasSessionCredentials(const Principal& principal) {
  return principal.session.has_value() && !principal.session->from_console;
}

// --- What sessions are given -----------------------------------------------------------------------------------------

// Session policies and tags of the input. Their packed size, in percent of what may be, or nullopt for none.
AwsResult<std::optional<int64_t>> ReadSessionInput(const Call& call, iam::Context& context, SessionContext& session) {
  size_t packed = 0;
  if (call.input.Has("Policy")) {
    session.policies.emplace_back(call.input["Policy"].Text());
    packed += iam::SizeWithoutSpace(session.policies.back());
    if (auto status = iam::CheckIdentityDocument(session.policies.back()); !status) {
      return std::unexpected(std::move(status.error()));
    }
  }
  const auto& arns = call.input["PolicyArns"].elements();
  if (arns.size() > kMaxPolicyArns) {
    return AwsFailure("ValidationError", "{}", "The number of PolicyArns exceeds the limit of 10.");
  }
  for (const Value& descriptor : arns) {
    session.policy_arns.emplace_back(descriptor["arn"].Text());
    packed += session.policy_arns.back().size();
    if (auto status = iam::RequireAttachable(context, session.policy_arns.back()); !status) {
      return std::unexpected(std::move(status.error()));
    }
  }
  const auto& tags = call.input["Tags"].elements();
  if (tags.size() > kMaxTags) return AwsFailure("ValidationError", "{}", "The number of tags exceeds the limit of 50.");
  for (const Value& tag : tags) {
    session.tags.emplace_back(tag["Key"].Text(), tag["Value"].Text());
    packed += tag["Key"].Text().size() + tag["Value"].Text().size();
  }
  if (packed > kMaxPacked) {
    return AwsFailure("PackedPolicyTooLarge", "Packed size of session tags consumes {}% of allotted space.",
                      packed * 100 / kMaxPacked);
  }
  if (packed == 0) return std::nullopt;
  return static_cast<int64_t>((packed * 100 + kMaxPacked - 1) / kMaxPacked);
}

// Session tags stand above those of the role or user.
void ApplySessionTags(Principal& principal) {
  for (const auto& tag : principal.session->tags) {
    std::erase_if(principal.tags, [&](const auto& own) { return own.first == tag.first; });
    principal.tags.push_back(tag);
  }
}

Value DescribeCredentials(const iam::Credential& credential) {
  return Value::Object({{"AccessKeyId", credential.principal.access_key_id},
                        {"SecretAccessKey", credential.secret_access_key},
                        {"SessionToken", credential.session_token},
                        {"Expiration", *credential.expires}});
}

iam::Credential Issue(Service& service, const Call& call, store::Transaction& transaction, Principal principal,
                      int64_t seconds) {
  StsService& sts = Sts(service);
  return IssueSession(transaction, sts.secrets(), sts.environment().random,
                      {.principal = std::move(principal), .now = call.now, .seconds = seconds});
}

// --- AssumeRole ------------------------------------------------------------------------------------------------------

// arn:aws:iam::ACCOUNT:role/path/name of this account; nullopt: there is no such role.
std::optional<iam::Entity> FindRole(store::Connection& state, const std::string& account_id, std::string_view arn) {
  auto role = iam::FindEntity(state, iam::EntityKind::kRole, arn.substr(arn.rfind('/') + 1));
  if (!role || iam::ArnOf(account_id, *role) != arn) return std::nullopt;
  return role;
}

bool GivesMfa(const Call& call) { return call.input.Has("SerialNumber") || call.input.Has("TokenCode"); }

AwsStatus CheckMfa(Service& service, const Call& call, store::Connection& state) {
  if (!GivesMfa(call)) return {};
  if (iam::CheckMfaCode(Sts(service).secrets(), state, call.principal.principal_id, call.input["SerialNumber"].Text(),
                        call.input["TokenCode"].Text(), call.now)) {
    return {};
  }
  return AccessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
}

// The caller's tags for the session and what else its trust policy may ask for.
ContextKeys AssumeRoleKeys(const Call& call, store::Connection& state, const iam::Entity& role) {
  ContextKeys keys;
  const Value& input = call.input;
  keys.Add("sts:RoleSessionName", std::string(input["RoleSessionName"].Text()));
  if (input.Has("ExternalId")) keys.Add("sts:ExternalId", std::string(input["ExternalId"].Text()));
  if (input.Has("SourceIdentity")) keys.Add("sts:SourceIdentity", std::string(input["SourceIdentity"].Text()));
  if (GivesMfa(call)) {
    keys.Add("aws:MultiFactorAuthPresent", "true");
    keys.Add("aws:MultiFactorAuthAge", "0");
  }
  std::vector<std::string> tag_keys;
  for (const Value& tag : input["Tags"].elements()) {
    keys.Add("aws:RequestTag/" + std::string(tag["Key"].Text()), std::string(tag["Value"].Text()));
    tag_keys.emplace_back(tag["Key"].Text());
  }
  if (!tag_keys.empty()) keys.Add("aws:TagKeys", std::move(tag_keys));
  for (const auto& [key, value] : iam::ReadTags(state, role.id)) {
    keys.Add("aws:ResourceTag/" + key, value);
    keys.Add("iam:ResourceTag/" + key, value);
  }
  return keys;
}

AwsResult<Requests> AuthorizeAssumeRole(Service& service, const Call& call, store::Connection& state) {
  const std::string arn(call.input["RoleArn"].Text());
  if (!arn.starts_with("arn:")) return AwsFailure("ValidationError", "{} is invalid", arn);
  if (call.principal.IsRoot()) return AccessDenied("Roles may not be assumed by root accounts.");
  const auto role = FindRole(state, call.account_id, arn);
  if (!role) {
    return AccessDenied(
        fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}", call.principal.arn, arn));
  }
  return Then(CheckMfa(service, call, state), [&]() -> AwsResult<Requests> {
    return Then(iam::ParseTrustPolicy(role->document), [&](const auto& trust) -> AwsResult<Requests> {
      Requests requests;
      const auto add = [&](const char* action) {
        requests.push_back({.action = action,
                            .resource = arn,
                            .resource_account = call.account_id,
                            .rule = opentrail::iam::ResourcePolicyRule::kMustAllow,
                            .resource_policy = trust,
                            .context = AssumeRoleKeys(call, state, *role)});
      };
      add("sts:AssumeRole");
      if (!call.input["Tags"].elements().empty()) add("sts:TagSession");
      if (call.input.Has("SourceIdentity")) add("sts:SetSourceIdentity");
      return requests;
    });
  });
}

// EC2 assumes an instance's role for it.
bool IsForInstance(const Call& call) {
  return call.principal.type == PrincipalType::kAwsService && call.principal.service == "ec2.amazonaws.com";
}

// Which instance has the credentials, and how it got them: userIdentity.inScopeOf and sessionContext.ec2RoleDelivery.
void NoteInstance(const Call& call, SessionContext& session) {
  if (!IsForInstance(call)) return;
  if (const auto* arns = call.context.Find("ec2:SourceInstanceARN")) session.in_scope_of_instance = arns->front();
  if (const auto* versions = call.context.Find("ec2:RoleDelivery")) session.ec2_role_delivery = versions->front();
}

AwsResult<int64_t> RoleSessionSeconds(const Call& call, const iam::Entity& role) {
  if (IsForInstance(call)) return kInstanceSession;
  const int64_t seconds = call.input["DurationSeconds"].Integer(kHour);
  if (call.principal.type == PrincipalType::kAssumedRole && seconds > kHour) {
    return AwsFailure("ValidationError", "{}",
                      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
                      "chaining");
  }
  if (seconds > role.max_session_s) {
    return AwsFailure("ValidationError", "{}",
                      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return seconds;
}

// A read-only view for the functions of iam/ that take one; only the account's id is asked for.
struct IamView {
  iam::IamService service;
  iam::Context context;
  IamView(Service& from, const Call& call, store::Connection& state)
      : service(Sts(from).environment(), Sts(from).secrets(), Sts(from).directory()),
        context{service, call, state, call.input} {}
};

// Source identity stays with whoever assumes one role from another.
void InheritSource(const Call& call, SessionContext& session) {
  session.source_identity = call.input["SourceIdentity"].Text();
  if (call.principal.session && session.source_identity.empty()) {
    session.source_identity = call.principal.session->source_identity;
  }
}

AwsResult<Reply> AssumeRole(Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto role = FindRole(state, call.account_id, call.input["RoleArn"].Text());
  if (!role) return iam::NoSuchEntity(iam::EntityKind::kRole, call.input["RoleArn"].Text());
  return Then(RoleSessionSeconds(call, *role), [&](const int64_t seconds) -> AwsResult<Reply> {
    auto principal = RolePrincipal(state, call.account_id, role->name, call.input["RoleSessionName"].Text(), call.now);
    IamView view(service, call, state);
    auto packed = ReadSessionInput(call, view.context, *principal->session);
    if (!packed) return std::unexpected(std::move(packed.error()));
    InheritSource(call, *principal->session);
    NoteInstance(call, *principal->session);
    ApplySessionTags(*principal);
    // A role's session does not carry the caller's MFA on: aws:MultiFactorAuthPresent was for this call.
    if (GivesMfa(call)) {
      (void)iam::UseMfaCode(Sts(service).secrets(), state, call.principal.principal_id,
                            call.input["SerialNumber"].Text(), call.input["TokenCode"].Text(), call.now);
      principal->session->mfa_authenticated = true;
      principal->session->mfa_time = call.now;
    }
    state.Execute("UPDATE iam_entity SET last_used = ?, last_used_region = ? WHERE id = ?",
                  iam::ToMilliseconds(call.now), call.region, role->id);
    const std::string source = principal->session->source_identity;
    const iam::Credential credential = Issue(service, call, transaction, std::move(*principal), seconds);
    Reply reply;
    reply.output.Set("Credentials", DescribeCredentials(credential));
    reply.output.Set("AssumedRoleUser", Value::Object({{"AssumedRoleId", credential.principal.principal_id},
                                                       {"Arn", credential.principal.arn}}));
    if (*packed) reply.output.Set("PackedPolicySize", **packed);
    if (!source.empty()) reply.output.Set("SourceIdentity", source);
    reply.resources.push_back(
        {.type = "AWS::IAM::Role", .arn = iam::ArnOf(call.account_id, *role), .account_id = call.account_id});
    return reply;
  });
}

// --- The user's own sessions -----------------------------------------------------------------------------------------

// Root's sessions last an hour at most.
int64_t OwnSessionSeconds(const Call& call) {
  const int64_t seconds = call.input["DurationSeconds"].Integer(kTwelveHours);
  return call.principal.IsRoot() ? std::min(seconds, kHour) : seconds;
}

AwsResult<Reply> GetSessionToken(Service& service, Call& call, store::Transaction& transaction) {
  if (HasSessionCredentials(call.principal)) {
    return AccessDenied("Cannot call GetSessionToken with session credentials");
  }
  Principal principal = call.principal;
  SessionContext& session = principal.session.emplace();
  session.creation = std::chrono::floor<std::chrono::seconds>(call.now);
  if (GivesMfa(call)) {
    if (!iam::UseMfaCode(Sts(service).secrets(), transaction.connection(), principal.principal_id,
                         call.input["SerialNumber"].Text(), call.input["TokenCode"].Text(), call.now)) {
      return AccessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
    }
    session.mfa_authenticated = true;
    session.mfa_time = call.now;
  }
  const int64_t seconds = OwnSessionSeconds(call);
  Reply reply;
  reply.output.Set("Credentials",
                   DescribeCredentials(Issue(service, call, transaction, std::move(principal), seconds)));
  return reply;
}

AwsResult<Requests> AuthorizeGetFederationToken(Service&, const Call& call, store::Connection&) {
  if (HasSessionCredentials(call.principal)) {
    return AccessDenied("Cannot call GetFederationToken with session credentials");
  }
  AccessRequest request;
  request.action = "sts:GetFederationToken";
  request.resource = fmt::format("arn:aws:sts::{}:federated-user/{}", call.account_id, call.input["Name"].Text());
  return Requests{std::move(request)};
}

AwsResult<Reply> GetFederationToken(Service& service, Call& call, store::Transaction& transaction) {
  const Principal& caller = call.principal;
  const std::string name(call.input["Name"].Text());
  Principal principal;
  principal.type = PrincipalType::kFederatedUser;
  principal.account_id = call.account_id;
  principal.principal_id = fmt::format("{}:{}", call.account_id, name);
  principal.arn = fmt::format("arn:aws:sts::{}:federated-user/{}", call.account_id, name);
  principal.tags = caller.tags;
  SessionContext& session = principal.session.emplace();
  session.creation = std::chrono::floor<std::chrono::seconds>(call.now);
  session.issuer = {caller.IsRoot() ? "Root" : "IAMUser", caller.principal_id, caller.arn, call.account_id,
                    caller.user_name};
  IamView view(service, call, transaction.connection());
  auto packed = ReadSessionInput(call, view.context, session);
  if (!packed) return std::unexpected(std::move(packed.error()));
  ApplySessionTags(principal);
  const int64_t seconds = OwnSessionSeconds(call);
  const iam::Credential credential = Issue(service, call, transaction, std::move(principal), seconds);
  Reply reply;
  reply.output.Set("Credentials", DescribeCredentials(credential));
  reply.output.Set("FederatedUser", Value::Object({{"FederatedUserId", credential.principal.principal_id},
                                                   {"Arn", credential.principal.arn}}));
  if (*packed) reply.output.Set("PackedPolicySize", **packed);
  return reply;
}

// --- What is asked of keys and callers -------------------------------------------------------------------------------

AwsResult<Reply> GetCallerIdentity(Service&, Call& call, store::Transaction&) {
  Reply reply;
  reply.output.Set("UserId", call.principal.principal_id);
  reply.output.Set("Account", call.principal.account_id);
  reply.output.Set("Arn", call.principal.arn);
  return reply;
}

AwsResult<Requests> AuthorizeAny(Service&, const Call& call, store::Connection&) {
  AccessRequest request;
  request.action = "sts:" + std::string(call.operation->name);
  return Requests{std::move(request)};
}

AwsResult<Reply> GetAccessKeyInfo(Service& service, Call& call, store::Transaction&) {
  if (Sts(service).directory().FindCredential(call.input["AccessKeyId"].Text()) == nullptr) {
    return AwsFailure("ValidationError", "{}", "Invalid Access Key ID");
  }
  Reply reply;
  reply.output.Set("Account", call.account_id);
  return reply;
}

// Denials here carry no message that could be decoded.
AwsResult<Reply> DecodeAuthorizationMessage(Service&, Call&, store::Transaction&) {
  return AwsFailure("InvalidAuthorizationMessageException", "{}", "The authorization message is not valid.");
}

// No identity provider can be made here, so no token is of one.
AwsResult<Reply> AssumeRoleWithWebIdentity(Service&, Call& call, store::Transaction&) {
  const std::string_view token = call.input["WebIdentityToken"].Text();
  if (std::ranges::count(token, '.') != 2) {
    return AwsFailure("InvalidIdentityToken", "{}",
                      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
  }
  return AwsFailure("InvalidIdentityToken", "No OpenIDConnect provider found in your account for {}",
                    call.input["ProviderId"].Text("the token's issuer"));
}

AwsResult<Reply> AssumeRoleWithSaml(Service&, Call&, store::Transaction&) {
  return AwsFailure("InvalidIdentityToken", "{}", "Specified provider doesn't exist");
}

// Sorted by operation.
constexpr Handler kHandlers[] = {
    {.operation = "AssumeRole", .authorize = AuthorizeAssumeRole, .handle = AssumeRole},
    {.operation = "AssumeRoleWithSAML", .authorize = nullptr, .handle = AssumeRoleWithSaml},
    {.operation = "AssumeRoleWithWebIdentity", .authorize = nullptr, .handle = AssumeRoleWithWebIdentity},
    {.operation = "DecodeAuthorizationMessage", .authorize = AuthorizeAny, .handle = DecodeAuthorizationMessage},
    {.operation = "GetAccessKeyInfo", .authorize = AuthorizeAny, .handle = GetAccessKeyInfo},
    {.operation = "GetCallerIdentity", .authorize = nullptr, .handle = GetCallerIdentity},
    {.operation = "GetFederationToken", .authorize = AuthorizeGetFederationToken, .handle = GetFederationToken},
    {.operation = "GetSessionToken", .authorize = nullptr, .handle = GetSessionToken},
};

}  // namespace

std::span<const store::Migration> StsService::migrations() const { return kMigrations; }
std::span<const Handler> StsService::handlers() const { return kHandlers; }

}  // namespace opentrail::services::sts
