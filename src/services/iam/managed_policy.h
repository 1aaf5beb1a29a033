#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/iam/context.h"
#include "services/iam/entity.h"

namespace opentrail::services::iam {

// arn:aws:iam::ACCOUNT:policy/path/name of this account; nullopt for anything else, and where there is none.
[[nodiscard]] std::optional<Entity> FindCustomerPolicy(store::Connection& state, std::string_view account_id,
                                                       std::string_view arn);
// NoSuchEntity; AccessDenied for one that AWS manages.
[[nodiscard]] AwsResult<Entity> RequireCustomerPolicy(const Context& context, std::string_view arn);
// Whether there is such a policy, of AWS or of the customer: what can be attached.
[[nodiscard]] AwsStatus RequireAttachable(const Context& context, std::string_view arn);
// The document in force; nullopt: there is no such policy.
[[nodiscard]] std::optional<std::string> ManagedDocument(store::Connection& state, std::string_view account_id,
                                                         std::string_view arn);

// An identity policy's text that may be stored: well-formed, at most `quota` characters without white space.
[[nodiscard]] AwsStatus CheckIdentityDocument(std::string_view document);
[[nodiscard]] size_t SizeWithoutSpace(std::string_view document);

AwsResult<Reply> CreatePolicy(Context& context);
AwsResult<Reply> GetPolicy(Context& context);
AwsResult<Reply> DeletePolicy(Context& context);
AwsResult<Reply> ListPolicies(Context& context);
AwsResult<Reply> CreatePolicyVersion(Context& context);
AwsResult<Reply> GetPolicyVersion(Context& context);
AwsResult<Reply> DeletePolicyVersion(Context& context);
AwsResult<Reply> ListPolicyVersions(Context& context);
AwsResult<Reply> SetDefaultPolicyVersion(Context& context);
AwsResult<Reply> ListEntitiesForPolicy(Context& context);

// For GetAccountAuthorizationDetails: a customer's policy with all its versions.
[[nodiscard]] Value DescribePolicyWithVersions(const Context& context, const Entity& policy);

}  // namespace opentrail::services::iam
