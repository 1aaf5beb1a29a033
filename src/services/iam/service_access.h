#pragma once

#include <string>
#include <string_view>

#include "iam/principal.h"
#include "services/iam/context.h"

// Which services, and by which actions, users and roles have called: noted with each call, in the transaction that
// records it. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
namespace opentrail::services::iam {

// The user or role whose rights the caller has: AIDA..., AROA...; "" for root, services and who is not known.
[[nodiscard]] std::string_view AccessingEntity(const opentrail::iam::Principal& principal);

// For the gateway: a call was made, allowed or not. Cheap; call it at most once a minute for an entity and operation.
void NoteServiceAccess(store::Connection& state, std::string_view entity_id, const Call& call);

// The report of a user, group, role or policy is made at once and kept for a week, the last hundred of the account.
// NoSuchEntity, InvalidInput.
AwsResult<Reply> GenerateServiceLastAccessedDetails(Context& context);
AwsResult<Reply> GetServiceLastAccessedDetails(Context& context);

}  // namespace opentrail::services::iam
