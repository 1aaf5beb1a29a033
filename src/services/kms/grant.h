#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/kms/key.h"

// Grants: permissions on a key that its policy does not spell out.
// https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
namespace opentrail::services::kms {

// A row of kms_grant.
struct Grant {
  std::string key_id, id, token;
  std::optional<std::string> name;
  std::string grantee;
  std::optional<std::string> retiring;
  Value operations;   // a list of names
  Value constraints;  // GrantConstraints, or null
  Time created;
};

// Whether an ARN or service name of a grant is the caller: its own ARN, its role's or user's, or its account.
[[nodiscard]] bool IsCaller(const Call& call, std::string_view principal);

// The grantee of a grant that lets the caller do this with the key; nullopt where there is none. context: the call's
// encryption context, or null.
[[nodiscard]] std::optional<std::string> GranteeFor(store::Connection& state, const Call& call, const Key& key,
                                                    std::string_view operation, const Value& context);

// By token, or by key and id, as RetireGrant and RevokeGrant name it. NotFoundException, InvalidGrantIdException,
// InvalidGrantTokenException.
[[nodiscard]] AwsResult<Grant> FindGrant(store::Connection& state, const Call& call);

}  // namespace opentrail::services::kms
