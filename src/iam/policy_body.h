#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "iam/condition.h"
#include "iam/pattern.h"
#include "iam/policy.h"

namespace opentrail::iam {

enum class Effect : uint8_t { kAllow, kDeny };

enum class PrincipalKind : uint8_t {
  kEveryone,   // "*", {"AWS": "*"}
  kAccount,    // {"AWS": "123456789012"} or its root ARN: the account, which delegates to its identities
  kArn,        // {"AWS": user, role, assumed-role or federated-user ARN}
  kUniqueId,   // {"AWS": "AIDA..."}: what AWS shows in place of an ARN
  kService,    // {"Service": "cloudtrail.amazonaws.com"}
  kFederated,  // {"Federated": ...}: an identity provider
  kCanonical,  // {"CanonicalUser": ...}
};

struct PolicyPrincipal {
  PrincipalKind kind = PrincipalKind::kEveryone;
  std::string value;  // the account's id, the ARN, the name
};

// Action and NotAction, Resource and NotResource: a list, or all but it.
struct PatternSet {
  std::vector<Pattern> patterns;
  bool inverted = false;
};

struct Statement {
  std::string sid;
  Effect effect = Effect::kDeny;
  std::vector<PolicyPrincipal> principals;  // of resource policies
  bool principals_inverted = false;         // NotPrincipal
  PatternSet actions;
  std::optional<PatternSet> resources;  // nullopt: the policy's own resource (trust policies)
  std::vector<Condition> conditions;
};

struct Policy::Body {
  std::string version;
  std::vector<Statement> statements;
};

}  // namespace opentrail::iam
