#pragma once

#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "services/cloudtrail/event_data_store_rows.h"
#include "services/service.h"

// What CloudTrail asks of KMS for an event data store: as itself. Key policies for event data stores know no source
// ARN. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
namespace opentrail::services::cloudtrail {

// A key for data, in the open and as KMS encrypted it.
struct DataKey {
  std::string plaintext;  // 32 bytes
  std::string encrypted;
  std::string kms_key;  // ARN of the key that encrypts it
};

// A new one under `key_id` (an id, an ARN, an alias, an alias's ARN). KmsKeyNotFoundException, KmsException where the
// key is not enabled, InsufficientEncryptionPolicyException, InvalidKmsKeyIdException.
[[nodiscard]] AwsResult<DataKey> NewDataKey(const Environment& environment, store::Transaction& transaction,
                                            const EventDataStore& store, std::string_view key_id);
// The plaintext again. InsufficientEncryptionPolicyException, also where the key cannot be used any more.
[[nodiscard]] AwsResult<std::string> OpenDataKey(const Environment& environment, store::Transaction& transaction,
                                                 const EventDataStore& store, std::string_view encrypted);

}  // namespace opentrail::services::cloudtrail
