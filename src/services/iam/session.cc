#include "services/iam/session.h"

#include "codec/json_value.h"
#include "codec/text.h"
#include "services/iam/iam_service.h"

namespace opentrail::services::iam {
namespace {

using opentrail::iam::Principal;
using opentrail::iam::PrincipalType;
using opentrail::iam::SessionContext;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kSecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr size_t kTokenBytes = 240;

int64_t Count(Time time) { return time.time_since_epoch().count(); }
Time AsTime(const Value& value) { return Time(std::chrono::milliseconds(value.Integer(0))); }
std::string Str(const Value& value) { return std::string(value.Text()); }

Value FromPairs(const Pairs& pairs) {
  Value list = Value::List();
  for (const auto& [key, value] : pairs) list.Append(Value::List({key, value}));
  return list;
}
Pairs ToPairs(const Value& list) {
  Pairs pairs;
  for (const Value& pair : list.elements()) {
    if (pair.elements().size() == 2) pairs.emplace_back(pair.elements()[0].Text(), pair.elements()[1].Text());
  }
  return pairs;
}
Value FromTexts(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.Append(text);
  return list;
}
std::vector<std::string> ToTexts(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& text : list.elements()) texts.emplace_back(text.Text());
  return texts;
}

Value FromSession(const SessionContext& session) {
  Value value = Value::Object({{"creation", Count(session.creation)},
                               {"mfa", session.mfa_authenticated},
                               {"console", session.from_console},
                               {"sourceIdentity", session.source_identity},
                               {"delivery", session.ec2_role_delivery},
                               {"instance", session.in_scope_of_instance},
                               {"policies", FromTexts(session.policies)},
                               {"policyArns", FromTexts(session.policy_arns)},
                               {"tags", FromPairs(session.tags)}});
  if (session.mfa_time) value.Set("mfaTime", Count(*session.mfa_time));
  if (session.issuer) {
    const auto& issuer = *session.issuer;
    value.Set("issuer", FromTexts({issuer.type, issuer.principal_id, issuer.arn, issuer.account_id, issuer.user_name}));
  }
  return value;
}

SessionContext ToSession(const Value& value) {
  SessionContext session{.issuer = std::nullopt,
                         .creation = AsTime(value["creation"]),
                         .mfa_authenticated = value["mfa"].Boolean(),
                         .mfa_time = std::nullopt,
                         .from_console = value["console"].Boolean(),
                         .source_identity = Str(value["sourceIdentity"]),
                         .ec2_role_delivery = Str(value["delivery"]),
                         .in_scope_of_instance = Str(value["instance"]),
                         .policies = ToTexts(value["policies"]),
                         .policy_arns = ToTexts(value["policyArns"]),
                         .tags = ToPairs(value["tags"])};
  if (value.Has("mfaTime")) session.mfa_time = AsTime(value["mfaTime"]);
  if (const auto issuer = ToTexts(value["issuer"]); issuer.size() == 5) {
    session.issuer = SessionContext::Issuer{issuer[0], issuer[1], issuer[2], issuer[3], issuer[4]};
  }
  return session;
}

}  // namespace

std::string PrincipalToJson(const Principal& principal) {
  Value value = Value::Object({{"type", static_cast<int64_t>(principal.type)},
                               {"account", principal.account_id},
                               {"id", principal.principal_id},
                               {"arn", principal.arn},
                               {"userName", principal.user_name},
                               {"accessKey", principal.access_key_id},
                               {"tags", FromPairs(principal.tags)}});
  if (principal.session) value.Set("session", FromSession(*principal.session));
  return codec::WriteJson(value);
}

Result<Principal> PrincipalFromJson(std::string_view json) {
  auto value = codec::ParseJsonValue(json);
  if (!value) return std::unexpected(std::move(value.error()));
  Principal principal{.type = static_cast<PrincipalType>((*value)["type"].Integer(0)),
                      .account_id = Str((*value)["account"]),
                      .principal_id = Str((*value)["id"]),
                      .arn = Str((*value)["arn"]),
                      .user_name = Str((*value)["userName"]),
                      .access_key_id = Str((*value)["accessKey"]),
                      .service = {},
                      .session = std::nullopt,
                      .tags = ToPairs((*value)["tags"])};
  if (value->Has("session")) principal.session = ToSession((*value)["session"]);
  return principal;
}

TemporaryCredentials IssueSession(const Environment& environment, const store::Secrets& secrets,
                                  store::Connection& state, Principal principal, Time now, Time expires) {
  RandomSource& random = environment.random;
  std::string token(kTokenBytes, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(token.data()), token.size()});
  TemporaryCredentials made{RandomIamId(random, "ASIA", 20), RandomText(random, kSecretAlphabet, 40),
                            codec::Base64Encode(token), expires};
  principal.access_key_id = made.access_key_id;
  state.Execute("DELETE FROM iam_session WHERE expires < ?", Count(now) - Count(Time(std::chrono::hours(24))));
  state.Execute("INSERT INTO iam_session VALUES(?, ?, ?, ?, ?)", made.access_key_id,
                store::Blob{secrets.Seal(made.secret_access_key, SealPurpose(made.access_key_id))}, made.session_token,
                Count(expires), PrincipalToJson(principal));
  return made;
}

Value TemporaryCredentials::Describe() const {
  return Value::Object({{"AccessKeyId", access_key_id},
                        {"SecretAccessKey", secret_access_key},
                        {"SessionToken", session_token},
                        {"Expiration", expires}});
}

}  // namespace opentrail::services::iam
