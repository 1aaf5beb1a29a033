#pragma once

#include <string>

#include "services/ec2/ec2_service.h"

namespace opentrail::services::ec2 {

// IAM's instance profile that an instance is given.
struct InstanceProfile {
  std::string arn, id;
  std::string role_arn;  // "" where the profile has no role yet
};

// By an IamInstanceProfileSpecification's Arn or Name. InvalidParameterValue where IAM has none such.
[[nodiscard]] AwsResult<InstanceProfile> FindInstanceProfile(const Call& call, const Value& specification,
                                                             store::Connection& state);
// {Arn, Id}; Id is left out where the profile was deleted since.
[[nodiscard]] Value DescribeInstanceProfile(std::string_view arn, store::Connection& state);

}  // namespace opentrail::services::ec2
