#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/kms/kms_service.h"

namespace opentrail::services::kms {

enum class KeyState : uint8_t { kEnabled, kDisabled, kPendingDeletion };

// A row of kms_key.
struct Key {
  std::string region;
  std::string id;
  std::string arn;
  std::string description;
  std::string policy;  // JSON
  Time created;
  KeyState state = KeyState::kEnabled;
  bool is_aws_managed = false;
  bool is_multi_region = false;
  std::optional<Time> deletion_time;
  std::optional<int64_t> deletion_days;
  std::optional<int64_t> rotation_days;  // automatic rotation is on
};

[[nodiscard]] std::string KeyArn(const Call& call, std::string_view id);
[[nodiscard]] std::string AliasArn(const Call& call, std::string_view name);

// The key of that id in the call's region, unless it is gone.
[[nodiscard]] std::optional<Key> LoadKey(store::Connection& state, const Call& call, std::string_view id);
// Writes every member but what never changes; a new row where there is none.
void StoreKey(store::Connection& state, const Key& key);
// Removes the keys whose waiting period is over, with their material, aliases, tags and grants.
void RemoveDueKeys(store::Connection& state, Time now);

// What a KeyId parameter may be.
enum class Naming : uint8_t { kIdOrArn, kAliasToo };
// NotFoundException, InvalidArnException.
[[nodiscard]] AwsResult<Key> FindKey(store::Connection& state, const Call& call, std::string_view reference,
                                     Naming naming);

// DisabledException, KMSInvalidStateException where the key cannot be used for cryptography.
[[nodiscard]] AwsStatus CheckEnabled(const Key& key);
// KMSInvalidStateException where the key waits for its deletion.
[[nodiscard]] AwsStatus CheckNotPendingDeletion(const Key& key);
// DryRunOperationException: all was found right, and the call asks for no more.
[[nodiscard]] AwsStatus CheckDryRun(const Call& call);
// AccessDeniedException: only their service manages AWS managed keys.
[[nodiscard]] AwsStatus CheckCustomerManaged(const Key& key);

// KeyMetadata.
[[nodiscard]] Value DescribeKeyRow(store::Connection& state, const Call& call, const Key& key);

// A reply whose record names the key.
[[nodiscard]] Reply KeyReply(const Call& call, const Key& key, Value output = Value::Object());

// A new key with its first material.
void MakeKey(KmsService& service, store::Connection& state, const Key& key);

// The AWS managed key behind a predefined alias (alias/aws/s3, alias/aws/ebs) as it will be when it is first used: its
// id follows from account, region and alias. nullopt for all other names.
[[nodiscard]] std::optional<Key> PredefinedKey(const Call& call, std::string_view alias);
// FindKey, and makes a predefined key where it is not there yet.
[[nodiscard]] AwsResult<Key> FindOrMakeKey(KmsService& service, store::Connection& state, const Call& call,
                                           std::string_view reference);

}  // namespace opentrail::services::kms
