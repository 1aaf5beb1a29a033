#pragma once

#include "services/iam/context.h"

namespace opentrail::services::iam {

AwsResult<Reply> CreateAccountAlias(Context& context);
AwsResult<Reply> DeleteAccountAlias(Context& context);
AwsResult<Reply> ListAccountAliases(Context& context);
AwsResult<Reply> GetAccountSummary(Context& context);
AwsResult<Reply> GetAccountAuthorizationDetails(Context& context);

AwsResult<Reply> SimulateCustomPolicy(Context& context);
AwsResult<Reply> SimulatePrincipalPolicy(Context& context);

}  // namespace opentrail::services::iam
