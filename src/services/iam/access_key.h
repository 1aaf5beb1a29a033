#pragma once

#include <string>
#include <string_view>

#include "services/iam/context.h"

namespace opentrail::services::iam {

// 40 characters of the base64 alphabet.
[[nodiscard]] std::string RandomSecretKey(RandomSource& random);
// What a secret access key, long-term or temporary, is sealed for.
[[nodiscard]] std::string AccessKeyPurpose(std::string_view access_key_id);

// Makes an active key for `owner`: a user's id, or the account's for root.
IamService::RootCredentials MakeAccessKey(const IamService& iam, store::Connection& state, std::string_view owner,
                                          Time now);

AwsResult<Reply> CreateAccessKey(Context& context);
AwsResult<Reply> ListAccessKeys(Context& context);
AwsResult<Reply> UpdateAccessKey(Context& context);
AwsResult<Reply> DeleteAccessKey(Context& context);
AwsResult<Reply> GetAccessKeyLastUsed(Context& context);

// For the gateway: notes that a key was used. Cheap; call it at most once an hour for a key.
void NoteAccessKeyUse(store::Connection& state, std::string_view access_key_id, std::string_view service,
                      std::string_view region, Time now);

}  // namespace opentrail::services::iam
