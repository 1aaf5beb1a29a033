#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "iam/policy.h"
#include "store/connection.h"

namespace opentrail::services::iam {

// Whether the ARN of a user or a role is none of this account's: AWS takes no policy that names one. ARNs of other
// accounts cannot be looked up here, and those of sessions come and go: they pass.
[[nodiscard]] bool IsMissingPrincipal(store::Connection& state, std::string_view account_id, std::string_view arn);

// The first principal of a resource policy that is missing so; nullopt: there is none.
[[nodiscard]] std::optional<std::string> FindMissingPrincipal(store::Connection& state, std::string_view account_id,
                                                              const opentrail::iam::Policy& policy);

}  // namespace opentrail::services::iam
