#include "services/iam/policy_source.h"

#include "services/iam/entity.h"
#include "services/iam/managed_policy.h"

namespace opentrail::services::iam {
namespace {

using opentrail::iam::Policy;
using opentrail::iam::PolicyPointer;

void AddDocument(std::vector<PolicyPointer>& out, std::string_view document) {
  auto policy = Policy::Parse(document, opentrail::iam::PolicyKind::kIdentity);
  if (policy) out.push_back(std::move(*policy));
}

std::vector<std::string> Texts(store::Rows rows) {
  std::vector<std::string> texts;
  while (rows.Next()) texts.emplace_back(rows.Text(0));
  return texts;
}

}  // namespace

opentrail::iam::IdentityPolicies ReadPolicies(store::Connection& state, std::string_view account_id,
                                              std::string_view id) {
  opentrail::iam::IdentityPolicies policies;
  const auto documents =
      Texts(state.Query("SELECT document FROM iam_inline_policy WHERE owner = ? OR owner IN (SELECT m.container FROM "
                        "iam_member m JOIN iam_entity e ON e.id = m.container WHERE m.member = ? AND e.kind = 'group')",
                        id, id));
  for (const std::string& document : documents) AddDocument(policies.identity, document);
  const auto arns = Texts(
      state.Query("SELECT DISTINCT policy_arn FROM iam_attachment WHERE owner = ? OR owner IN (SELECT m.container FROM "
                  "iam_member m JOIN iam_entity e ON e.id = m.container WHERE m.member = ? AND e.kind = 'group')",
                  id, id));
  for (const std::string& arn : arns) {
    if (const auto document = ManagedDocument(state, account_id, arn)) AddDocument(policies.identity, *document);
  }
  const auto entity = FindEntityById(state, id);
  if (entity && !entity->boundary.empty()) {
    policies.boundary.emplace();
    const auto document = ManagedDocument(state, account_id, entity->boundary);
    if (document) AddDocument(*policies.boundary, *document);
  }
  return policies;
}

}  // namespace opentrail::services::iam
