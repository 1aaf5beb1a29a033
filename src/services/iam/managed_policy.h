#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "store/connection.h"

namespace opentrail::services::iam {

struct ManagedPolicy {
  std::string arn, policy_id, name, path, description, document;  // of the default version
  Time created, updated;
  int64_t default_version = 1;
};

// The account's own, or one of AWS's that the program knows (aws_policies.cc).
[[nodiscard]] std::optional<ManagedPolicy> FindManagedPolicy(store::Connection& state, std::string_view arn);

// AWS's managed policies: name and document.
struct AwsPolicy {
  std::string_view name, path, document;
};
[[nodiscard]] std::span<const AwsPolicy> AwsPolicies();

}  // namespace opentrail::services::iam
