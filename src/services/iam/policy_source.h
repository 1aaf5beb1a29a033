#pragma once

#include <string_view>

#include "iam/evaluation.h"
#include "store/connection.h"

namespace opentrail::services::iam {

// What a user (with its groups), a group or a role may do: inline and attached policies, and the boundary; by its id.
// A stored document that no longer parses counts for nothing.
[[nodiscard]] opentrail::iam::IdentityPolicies ReadPolicies(store::Connection& state, std::string_view account_id,
                                                            std::string_view id);

}  // namespace opentrail::services::iam
