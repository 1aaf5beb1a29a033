#pragma once

#include <vector>

#include "base/aws_error.h"
#include "iam/evaluation.h"
#include "services/iam/identity_directory.h"
#include "services/service.h"

namespace opentrail::gateway {

// Every request must be allowed; the first that is not decides the error, worded as the call's service words it. The
// global condition keys are added to each request's own. On the committer's thread or any other.
[[nodiscard]] AwsStatus Authorize(const services::Call& call, std::vector<iam::AccessRequest>& requests,
                                  services::iam::IdentityDirectory& directory);

}  // namespace opentrail::gateway
