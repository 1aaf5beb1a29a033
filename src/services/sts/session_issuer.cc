#include "services/sts/session_issuer.h"

#include <fmt/format.h>

#include "codec/text.h"
#include "services/iam/access_key.h"
#include "services/iam/context.h"
#include "services/iam/entity.h"
#include "services/iam/session_record.h"
#include "services/iam/tags.h"

namespace opentrail::services::sts {
namespace {

constexpr size_t kIdSize = 20;
constexpr size_t kTokenSize = 240;
constexpr std::string_view kTokenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

iam::Credential IssueSession(store::Transaction& transaction, const store::Secrets& secrets, RandomSource& random,
                             SessionOrder order) {
  iam::Credential credential;
  credential.principal = std::move(order.principal);
  credential.principal.access_key_id = RandomIamId(random, "ASIA", kIdSize);
  credential.secret_access_key = iam::RandomSecretKey(random);
  // Clients take it as it is; the beginning is what AWS's tokens begin with.
  credential.session_token = "IQoJb3JpZ2luX2Vj" + RandomText(random, kTokenAlphabet, kTokenSize);
  credential.expires = std::chrono::floor<std::chrono::seconds>(order.now) + std::chrono::seconds(order.seconds);
  iam::StoreSession(transaction.connection(), secrets, credential);
  SweepSessions(transaction.connection(), order.now);
  return credential;
}

std::optional<opentrail::iam::Principal> RolePrincipal(store::Connection& state, const std::string& account_id,
                                                       std::string_view role_name, std::string_view session_name,
                                                       Time now) {
  const auto role = iam::FindEntity(state, iam::EntityKind::kRole, role_name);
  if (!role) return std::nullopt;
  opentrail::iam::Principal principal;
  principal.type = opentrail::iam::PrincipalType::kAssumedRole;
  principal.account_id = account_id;
  principal.principal_id = fmt::format("{}:{}", role->id, session_name);
  principal.arn = fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", account_id, role->name, session_name);
  principal.tags = iam::ReadTags(state, role->id);
  opentrail::iam::SessionContext& session = principal.session.emplace();
  session.creation = std::chrono::floor<std::chrono::seconds>(now);
  session.issuer = {"Role", role->id, iam::ArnOf(account_id, *role), account_id, role->name};
  return principal;
}

void SweepSessions(store::Connection& state, Time now) {
  constexpr std::chrono::hours kKept{24};
  constexpr int64_t kMaxSwept = 100;
  state.Execute(
      "DELETE FROM sts_session WHERE access_key_id IN (SELECT access_key_id FROM sts_session WHERE expires < ? LIMIT "
      "?)",
      iam::ToMilliseconds(now - kKept), kMaxSwept);
}

}  // namespace opentrail::services::sts
