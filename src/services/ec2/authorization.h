#pragma once

#include <vector>

#include "services/ec2/ec2_service.h"

namespace opentrail::services::ec2 {

// What an EC2 call must be allowed: its action on each resource that its input names and on "*" of each kind that it
// makes; on "*" where it names none, and for every Describe.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
[[nodiscard]] AwsResult<std::vector<opentrail::iam::AccessRequest>> Authorize(Service& service, const Call& call,
                                                                              store::Connection& state);

}  // namespace opentrail::services::ec2
