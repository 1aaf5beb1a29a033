#pragma once

#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "services/cloudtrail/trail_rows.h"
#include "services/service.h"

// What CloudTrail asks of S3 and KMS for a trail: as itself, naming the trail as the source.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
namespace opentrail::services::cloudtrail {

inline constexpr std::string_view kServicePrincipal = "cloudtrail.amazonaws.com";

// A call by CloudTrail itself, with aws:SourceArn and aws:SourceAccount.
[[nodiscard]] InsideCall CallForTrail(std::string_view account_id, const Trail& trail, std::string_view service,
                                      std::string_view operation, std::string region, Value input);

// The region of the trail's bucket; the trail's home where there is no such bucket.
[[nodiscard]] std::string BucketRegion(store::Connection& state, const Trail& trail);

// PutObject's input for one file of the trail: owner's full control, gzipped JSON, encrypted as the trail says.
[[nodiscard]] Value FileInput(std::string_view account_id, const Trail& trail, std::string_view key);

// Whether the trail's files can be written: the bucket is there, and its policy lets CloudTrail read its ACL and put
// files. S3BucketDoesNotExistException, InsufficientS3BucketPolicyException.
[[nodiscard]] AwsStatus CheckBucket(const Environment& environment, store::Transaction& transaction,
                                    const Trail& trail);

// The ARN of the key that `key_id` (an id, an ARN, an alias, an alias's ARN) names, which CloudTrail may use for this
// trail. KmsKeyNotFoundException, InvalidKmsKeyIdException, KmsException, InsufficientEncryptionPolicyException.
[[nodiscard]] AwsResult<std::string> CheckKey(const Environment& environment, store::Transaction& transaction,
                                              const Trail& trail, std::string_view key_id);

}  // namespace opentrail::services::cloudtrail
