#include "services/iam/session_record.h"

#include "codec/json_value.h"
#include "services/iam/access_key.h"

namespace opentrail::services::iam {
namespace {

using opentrail::iam::Principal;
using opentrail::iam::PrincipalType;
using opentrail::iam::SessionContext;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Value TagsToValue(const Pairs& tags) {
  Value list = Value::List();
  for (const auto& [key, value] : tags) list.Append(Value::List({key, value}));
  return list;
}

Pairs TagsFrom(const Value& list) {
  Pairs tags;
  for (const Value& pair : list.elements()) {
    if (pair.elements().size() == 2) tags.emplace_back(pair.elements()[0].Text(), pair.elements()[1].Text());
  }
  return tags;
}

Value TextsToValue(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.Append(text);
  return list;
}

std::vector<std::string> TextsFrom(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& text : list.elements()) texts.emplace_back(text.Text());
  return texts;
}

Value SessionToValue(const SessionContext& session) {
  Value value = Value::Object({{"creation", ToMilliseconds(session.creation)},
                               {"mfa", session.mfa_authenticated},
                               {"console", session.from_console},
                               {"source_identity", session.source_identity},
                               {"delivery", session.ec2_role_delivery},
                               {"instance", session.in_scope_of_instance},
                               {"policies", TextsToValue(session.policies)},
                               {"policy_arns", TextsToValue(session.policy_arns)},
                               {"tags", TagsToValue(session.tags)}});
  if (session.mfa_time) value.Set("mfa_time", ToMilliseconds(*session.mfa_time));
  if (session.issuer) {
    const SessionContext::Issuer& issuer = *session.issuer;
    value.Set("issuer",
              Value::List({issuer.type, issuer.principal_id, issuer.arn, issuer.account_id, issuer.user_name}));
  }
  return value;
}

SessionContext SessionFrom(const Value& value) {
  SessionContext session;
  session.creation = FromMilliseconds(value["creation"].Integer(0));
  session.mfa_authenticated = value["mfa"].Boolean();
  session.from_console = value["console"].Boolean();
  session.source_identity = value["source_identity"].Text();
  session.ec2_role_delivery = value["delivery"].Text();
  session.in_scope_of_instance = value["instance"].Text();
  session.policies = TextsFrom(value["policies"]);
  session.policy_arns = TextsFrom(value["policy_arns"]);
  session.tags = TagsFrom(value["tags"]);
  if (const auto time = value["mfa_time"].Integer()) session.mfa_time = FromMilliseconds(*time);
  const auto issuer = TextsFrom(value["issuer"]);
  if (issuer.size() == 5) session.issuer = {issuer[0], issuer[1], issuer[2], issuer[3], issuer[4]};
  return session;
}

}  // namespace

void StoreSession(store::Connection& state, const store::Secrets& secrets, const Credential& credential) {
  const Principal& principal = credential.principal;
  Value value = Value::Object({{"secret", credential.secret_access_key},
                               {"token", credential.session_token},
                               {"type", static_cast<int>(principal.type)},
                               {"account", principal.account_id},
                               {"id", principal.principal_id},
                               {"arn", principal.arn},
                               {"user", principal.user_name},
                               {"tags", TagsToValue(principal.tags)}});
  if (principal.session) value.Set("session", SessionToValue(*principal.session));
  const std::string& key = principal.access_key_id;
  const std::string sealed = secrets.Seal(codec::WriteJson(value), AccessKeyPurpose(key));
  state.Execute("INSERT INTO sts_session (access_key_id, expires, sealed) VALUES (?, ?, ?)", key,
                ToMilliseconds(*credential.expires), store::Blob{sealed});
}

std::optional<Credential> LoadSession(store::Connection& state, const store::Secrets& secrets,
                                      std::string_view access_key_id) {
  store::Rows rows = state.Query("SELECT expires, sealed FROM sts_session WHERE access_key_id = ?", access_key_id);
  if (!rows.Next()) return std::nullopt;
  const auto opened = secrets.Unseal(rows.Text(1), AccessKeyPurpose(access_key_id));
  const auto value = opened ? codec::ParseJsonValue(*opened) : Result<Value>(std::unexpected(opened.error()));
  if (!value) return std::nullopt;
  Credential credential;
  credential.secret_access_key = (*value)["secret"].Text();
  credential.session_token = (*value)["token"].Text();
  credential.expires = FromMilliseconds(rows.Integer(0));
  Principal& principal = credential.principal;
  principal.type = static_cast<PrincipalType>((*value)["type"].Integer(0));
  principal.account_id = (*value)["account"].Text();
  principal.principal_id = (*value)["id"].Text();
  principal.arn = (*value)["arn"].Text();
  principal.user_name = (*value)["user"].Text();
  principal.access_key_id = access_key_id;
  principal.tags = TagsFrom((*value)["tags"]);
  if (value->Has("session")) principal.session = SessionFrom((*value)["session"]);
  return credential;
}

}  // namespace opentrail::services::iam
