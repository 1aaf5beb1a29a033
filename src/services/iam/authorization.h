#pragma once

#include <vector>

#include "services/iam/context.h"
#include "services/iam/entity.h"

// What an IAM operation needs to be allowed, as the service authorization reference lists it.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
namespace opentrail::services::iam {

enum class Target : uint8_t {
  kAny,              // the action knows no resource
  kUser,             // UserName; a new one under Path
  kUserOrSelf,       // UserName, or the caller
  kGroup,            // GroupName
  kRole,             // RoleName
  kInstanceProfile,  // InstanceProfileName
  kPolicy,           // PolicyArn, or PolicyName under Path
  kMfaDevice,        // SerialNumber, or VirtualMFADeviceName under Path
  kUserList,         // all under PathPrefix
  kGroupList,
  kRoleList,
  kInstanceProfileList,
  kMfaDeviceList,
  kKeyOwner,      // of AccessKeyId
  kPolicySource,  // PolicySourceArn
  kArn,           // Arn
};

using Requests = std::vector<opentrail::iam::AccessRequest>;

[[nodiscard]] AwsResult<Requests> RequestsFor(const Context& context, Target target);

template <Target kTarget>
AwsResult<Requests> Authorize(Service& service, const Call& call, store::Connection& state) {
  const Context context{static_cast<IamService&>(service), call, state, call.input};
  return RequestsFor(context, kTarget);
}

}  // namespace opentrail::services::iam
