#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "iam/policy.h"
#include "iam/principal.h"

namespace opentrail::iam {

// Condition keys and their values: "aws:SourceIp", "s3:prefix". Names are compared without case. A key that is absent
// from here is absent for the policy.
class ContextKeys {
 public:
  void Add(std::string name, std::string value) { Add(std::move(name), std::vector<std::string>{std::move(value)}); }
  void Add(std::string name, std::vector<std::string> values);
  // All of `others` behind these; where both have a name, the one that stands here counts.
  void Append(const ContextKeys& others) { keys_.insert(keys_.end(), others.keys_.begin(), others.keys_.end()); }
  [[nodiscard]] const std::vector<std::string>* Find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> keys_;
};

// How a resource's own policy takes part.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
enum class ResourcePolicyRule : uint8_t {
  kNone,       // the resource has no policy
  kEither,     // S3 and most: in one account, identity policy or resource policy may allow
  kMustAllow,  // KMS keys, role trust: the resource policy must allow; one that names the account delegates to
               // identity policies
};

// One thing that must be allowed.
struct AccessRequest {
  std::string action;            // "ec2:AuthorizeSecurityGroupIngress"
  std::string resource = "*";    // ARN, or "*" where the action knows none
  std::string resource_account;  // the owner's account id; "": the caller's own
  ResourcePolicyRule rule = ResourcePolicyRule::kNone;
  PolicyPointer resource_policy;  // nullptr: there is none
  ContextKeys context;            // of the service and the request; the global keys are added by the caller
  // Adds keys that take some finding out, while call and state live. Asked only where a policy that takes part asks for
  // keys: most do not. May be empty.
  std::function<void(ContextKeys&)> find_context = {};

  void CompleteContext() {
    if (auto find = std::exchange(find_context, {})) find(context);
  }
};

// What a principal brings along. Pointers are shared with a cache.
struct IdentityPolicies {
  std::vector<PolicyPointer> identity;                 // inline and managed, of the user, its groups, or the role
  std::optional<std::vector<PolicyPointer>> boundary;  // nullopt: none is set
  std::optional<std::vector<PolicyPointer>> session;   // nullopt: no session policy was given
};

enum class Verdict : uint8_t { kAllowed, kImplicitDeny, kExplicitDeny };
// Whose statement (or whose silence) decided.
enum class DecidedBy : uint8_t { kIdentityPolicy, kResourcePolicy, kBoundary, kSessionPolicy };

struct Decision {
  Verdict verdict = Verdict::kImplicitDeny;
  DecidedBy by = DecidedBy::kIdentityPolicy;
};

// Pure. The root user needs no identity policy; services and anonymous callers are allowed by resource policies alone.
[[nodiscard]] Decision Evaluate(const Principal& principal, const IdentityPolicies& policies,
                                const AccessRequest& request);

// "User: ARN is not authorized to perform: ACTION on resource: ARN because no identity-based policy allows the ACTION
// action", and its siblings.
[[nodiscard]] std::string DenialMessage(const Principal& principal, const AccessRequest& request,
                                        const Decision& decision);

}  // namespace opentrail::iam
