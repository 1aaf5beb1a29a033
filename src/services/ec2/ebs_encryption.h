#pragma once

#include <string>
#include <string_view>

#include "services/ec2/ec2_service.h"

// What encrypts volumes and snapshots: a data key of each one's own, made and opened by KMS as the caller, through EC2.
// https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html
namespace opentrail::services::ec2 {

inline constexpr std::string_view kManagedEbsKey = "alias/aws/ebs";

struct VolumeKey {
  std::string arn;       // of the KMS key; "" where nothing is encrypted
  std::string data_key;  // sealed under it
};

// Whether the region encrypts every new volume, asked to or not.
[[nodiscard]] bool EncryptsByDefault(store::Connection& state, std::string_view region);

// A data key for the volume or snapshot `id` under a KMS key: id, alias or ARN; "" for the region's default.
// CustomerKeyHasBeenRevoked, with KMS's reason, where the caller cannot use it.
[[nodiscard]] AwsResult<VolumeKey> NewVolumeKey(Ec2Service& service, const Call& call, store::Transaction& transaction,
                                                std::string_view id, std::string_view key);

struct KeyWish {
  std::string_view id;          // of what is to be made
  bool from_encrypted = false;  // what it is made from is encrypted: then it is, too
  std::string_view key = {};    // where the call names none; "" for the region's default
};
// The key for what the call's Encrypted and KmsKeyId, the region's default and the wish come to.
// InvalidParameterDependency, and as NewVolumeKey.
[[nodiscard]] AwsResult<VolumeKey> RequestedVolumeKey(Ec2Service& service, const Call& call,
                                                      store::Transaction& transaction, const KeyWish& wish);

// Whether the caller can have KMS open the data key: not with a key that is disabled, say.
struct SealedKey {
  std::string_view id;        // of the volume
  std::string_view data_key;  // as NewVolumeKey gave it
};
[[nodiscard]] bool CanReadVolumeKey(Ec2Service& service, const Call& call, store::Transaction& transaction,
                                    const SealedKey& key);

// Whether the ARN is that of the account's AWS managed key for EBS.
[[nodiscard]] bool IsManagedEbsKey(const Call& call, std::string_view key_arn);

}  // namespace opentrail::services::ec2
