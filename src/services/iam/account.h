#pragma once

#include "services/iam/context.h"

namespace opentrail::services::iam {

// When the account was made: what stands in it from the start is as old.
[[nodiscard]] Time AccountCreated(store::Connection& state);

AwsResult<Reply> CreateAccountAlias(Context& context);
AwsResult<Reply> DeleteAccountAlias(Context& context);
AwsResult<Reply> ListAccountAliases(Context& context);
AwsResult<Reply> GetAccountSummary(Context& context);
AwsResult<Reply> GetAccountAuthorizationDetails(Context& context);
// Of what cannot be made here there is none: security scanners ask.
AwsResult<Reply> ListSamlProviders(Context& context);
AwsResult<Reply> ListOpenIdConnectProviders(Context& context);
AwsResult<Reply> ListServerCertificates(Context& context);

// credential_report.cc: the report is made at once, and answers for four hours.
AwsResult<Reply> GenerateCredentialReport(Context& context);
AwsResult<Reply> GetCredentialReport(Context& context);

AwsResult<Reply> SimulateCustomPolicy(Context& context);
AwsResult<Reply> SimulatePrincipalPolicy(Context& context);

}  // namespace opentrail::services::iam
