#pragma once

#include "services/iam/context.h"

namespace opentrail::services::iam {

// Hash what was given, on a worker thread.
AwsStatus PrepareLoginProfile(Service& service, Call& call);
AwsStatus PrepareChangePassword(Service& service, Call& call);

AwsResult<Reply> CreateLoginProfile(Context& context);
AwsResult<Reply> GetLoginProfile(Context& context);
AwsResult<Reply> UpdateLoginProfile(Context& context);
AwsResult<Reply> DeleteLoginProfile(Context& context);
AwsResult<Reply> ChangePassword(Context& context);

AwsResult<Reply> UpdateAccountPasswordPolicy(Context& context);
AwsResult<Reply> GetAccountPasswordPolicy(Context& context);
AwsResult<Reply> DeleteAccountPasswordPolicy(Context& context);

// PasswordPolicyViolation where the account's policy, or the default one, is not met.
[[nodiscard]] AwsStatus CheckPassword(store::Connection& state, std::string_view password, std::string_view user_name);

}  // namespace opentrail::services::iam
