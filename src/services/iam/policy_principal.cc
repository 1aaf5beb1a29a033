#include "services/iam/policy_principal.h"

#include <fmt/format.h>

#include "iam/policy_body.h"
#include "services/iam/entity.h"

namespace opentrail::services::iam {

bool IsMissingPrincipal(store::Connection& state, std::string_view account_id, std::string_view arn) {
  const std::string here = fmt::format("arn:aws:iam::{}:", account_id);
  if (!arn.starts_with(here)) return false;
  const std::string_view rest = arn.substr(here.size());
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return false;
  for (const EntityKind kind : {EntityKind::kUser, EntityKind::kRole}) {
    if (rest.substr(0, slash) != InfoOf(kind).key) continue;
    const auto entity = FindEntity(state, kind, rest.substr(rest.rfind('/') + 1));
    return !entity || ArnOf(account_id, *entity) != arn;
  }
  return false;
}

std::optional<std::string> FindMissingPrincipal(store::Connection& state, std::string_view account_id,
                                                const opentrail::iam::Policy& policy) {
  for (const opentrail::iam::Statement& statement : policy.body().statements) {
    for (const opentrail::iam::PolicyPrincipal& principal : statement.principals) {
      if (principal.kind != opentrail::iam::PrincipalKind::kArn) continue;
      if (IsMissingPrincipal(state, account_id, principal.value)) return principal.value;
    }
  }
  return std::nullopt;
}

}  // namespace opentrail::services::iam
