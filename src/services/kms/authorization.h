#pragma once

#include <vector>

#include "services/service.h"

// What an operation of KMS must be allowed, by the kind of thing that it names. All answer the errors of naming.
// https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
namespace opentrail::services::kms {

using AuthorizeFunction = AwsResult<std::vector<opentrail::iam::AccessRequest>>(Service& service, const Call& call,
                                                                                store::Connection& state);

AuthorizeFunction AuthorizeAccount;      // no key: ListKeys
AuthorizeFunction AuthorizeCreateKey;    // and TagResource where there are tags
AuthorizeFunction AuthorizeKey;          // KeyId is an id or ARN
AuthorizeFunction AuthorizeKeyOrAlias;   // KeyId may be an alias
AuthorizeFunction AuthorizeDecrypt;      // the key that the ciphertext names
AuthorizeFunction AuthorizeReEncrypt;    // ReEncryptFrom and ReEncryptTo
AuthorizeFunction AuthorizeAlias;        // the alias, the key that has it, the key that is to have it
AuthorizeFunction AuthorizeRetireGrant;  // whom the grant lets retire it needs no more

}  // namespace opentrail::services::kms
