#include "services/kms/key.h"

#include <algorithm>

#include "codec/digest.h"
#include "codec/text.h"
#include "services/kms/key_policy.h"
#include "services/kms/material.h"

namespace opentrail::services::kms {
namespace {

using store::Connection;
using store::Rows;

constexpr std::string_view kColumns =
    "SELECT id, description, policy, created, state, is_aws_managed, is_multi_region, deletion_time, deletion_days, "
    "rotation_days FROM kms_key WHERE region = ? AND id = ?";

// Services that make a key of their own in an account, by its alias.
struct PredefinedAlias {
  std::string_view alias;
  std::string_view what;     // it protects
  std::string_view service;  // through which it is used
};
constexpr PredefinedAlias kPredefinedAliases[] = {{"alias/aws/ebs", "EBS volumes", "ec2"},
                                                  {"alias/aws/s3", "S3 objects", "s3"}};

Time TimeOf(int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }
int64_t Number(Time time) { return time.time_since_epoch().count(); }

std::optional<int64_t> IntegerIfAny(const Rows& rows, int column) {
  return rows.IsNull(column) ? std::nullopt : std::optional(rows.Integer(column));
}

std::unexpected<AwsError> NoSuchKey(std::string_view arn) {
  return AwsFailure("NotFoundException", "Key '{}' does not exist", arn);
}

// 8-4-4-4-12 hexadecimal digits, or mrk- and 32 of them.
bool IsKeyId(std::string_view id) {
  std::string digits(id.starts_with("mrk-") ? id.substr(4) : id);
  if (!id.starts_with("mrk-")) {
    for (const size_t dash : {23, 18, 13, 8}) {
      if (digits.size() != 36 - (dash == 23 ? 0 : dash == 18 ? 1 : dash == 13 ? 2 : 3) || digits[dash] != '-')
        return false;
      digits.erase(dash, 1);
    }
  }
  return digits.size() == 32 && digits.find_first_not_of("0123456789abcdef") == std::string::npos;
}

AwsResult<std::string> IdOfAlias(Connection& state, const Call& call, std::string_view alias) {
  Rows rows = state.Query("SELECT key_id FROM kms_alias WHERE region = ? AND name = ?", call.region, alias);
  if (rows.Next()) return std::string(rows.Text(0));
  return AwsFailure("NotFoundException", "Alias {} is not found.", AliasArn(call, alias));
}

// The part after arn:aws:kms:<region>:<account>: ; what is no ARN is itself.
AwsResult<std::string_view> LocalName(const Call& call, std::string_view reference) {
  if (!reference.starts_with("arn:")) return reference;
  const std::string here = fmt::format("arn:aws:kms:{}:{}:", call.region, call.account_id);
  if (reference.starts_with(here)) return reference.substr(here.size());
  constexpr std::string_view kKmsArn = "arn:aws:kms:";
  if (!reference.starts_with(kKmsArn)) return AwsFailure("InvalidArnException", "Invalid arn {}", reference);
  const std::string_view region = reference.substr(kKmsArn.size(), reference.substr(kKmsArn.size()).find(':'));
  if (region != call.region) return AwsFailure("NotFoundException", "Invalid arn {}", region);
  return NoSuchKey(reference);
}

}  // namespace

std::string KeyArn(const Call& call, std::string_view id) {
  return fmt::format("arn:aws:kms:{}:{}:key/{}", call.region, call.account_id, id);
}

std::string AliasArn(const Call& call, std::string_view name) {
  return fmt::format("arn:aws:kms:{}:{}:{}", call.region, call.account_id, name);
}

std::optional<Key> LoadKey(Connection& state, const Call& call, std::string_view id) {
  Rows rows = state.Query(kColumns, call.region, id);
  if (!rows.Next()) return std::nullopt;
  Key key{.region = call.region,
          .id = std::string(rows.Text(0)),
          .arn = KeyArn(call, id),
          .description = std::string(rows.Text(1)),
          .policy = std::string(rows.Text(2)),
          .created = TimeOf(rows.Integer(3)),
          .state = static_cast<KeyState>(rows.Integer(4)),
          .is_aws_managed = rows.Boolean(5),
          .is_multi_region = rows.Boolean(6),
          .deletion_days = IntegerIfAny(rows, 8),
          .rotation_days = IntegerIfAny(rows, 9)};
  if (!rows.IsNull(7)) key.deletion_time = TimeOf(rows.Integer(7));
  if (key.deletion_time && *key.deletion_time <= call.now) return std::nullopt;
  return key;
}

void StoreKey(Connection& state, const Key& key) {
  const std::optional<int64_t> deletion = key.deletion_time ? std::optional(Number(*key.deletion_time)) : std::nullopt;
  state.Execute(
      "INSERT INTO kms_key(region, id, description, policy, created, state, is_aws_managed, is_multi_region, "
      "deletion_time, deletion_days, rotation_days) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(region, id) DO "
      "UPDATE SET description = excluded.description, policy = excluded.policy, state = excluded.state, deletion_time "
      "= "
      "excluded.deletion_time, deletion_days = excluded.deletion_days, rotation_days = excluded.rotation_days",
      key.region, key.id, key.description, key.policy, Number(key.created), static_cast<int>(key.state),
      key.is_aws_managed, key.is_multi_region, deletion, key.deletion_days, key.rotation_days);
}

void RemoveDueKeys(Connection& state, Time now) {
  state.Execute("DELETE FROM kms_key WHERE deletion_time <= ?", Number(now));
}

AwsResult<Key> FindKey(Connection& state, const Call& call, std::string_view reference, Naming naming) {
  const auto name = LocalName(call, reference);
  if (!name) return std::unexpected(name.error());
  std::string id;
  if (name->starts_with("alias/") && naming == Naming::kAliasToo) {
    auto target = IdOfAlias(state, call, *name);
    if (!target) return std::unexpected(std::move(target.error()));
    id = std::move(*target);
  } else {
    id = name->starts_with("key/") && reference.starts_with("arn:") ? name->substr(4) : *name;
    if (!IsKeyId(id)) return AwsFailure("NotFoundException", "Invalid keyId '{}'", reference);
  }
  if (auto key = LoadKey(state, call, id)) return std::move(*key);
  return NoSuchKey(KeyArn(call, id));
}

AwsStatus CheckEnabled(const Key& key) {
  switch (key.state) {
    case KeyState::kEnabled: return {};
    case KeyState::kDisabled: return AwsFailure("DisabledException", "{} is disabled.", key.arn);
    case KeyState::kPendingDeletion: break;
  }
  return CheckNotPendingDeletion(key);
}

AwsStatus CheckDryRun(const Call& call) {
  if (!call.input["DryRun"].Boolean()) return {};
  return std::unexpected(
      AwsError{"DryRunOperationException", "The request would have succeeded, but the DryRun option is set.", 412});
}

AwsStatus CheckNotPendingDeletion(const Key& key) {
  if (key.state != KeyState::kPendingDeletion) return {};
  return AwsFailure("KMSInvalidStateException", "{} is pending deletion.", key.arn);
}

AwsStatus CheckCustomerManaged(const Key& key) {
  if (!key.is_aws_managed) return {};
  return AwsFailure("AccessDeniedException", "{} is an AWS managed key: only its service can change it.", key.arn);
}

Value DescribeKeyRow(Connection& state, const Call& call, const Key& key) {
  static constexpr std::string_view kStates[] = {"Enabled", "Disabled", "PendingDeletion"};
  Value metadata = Value::Object({{"AWSAccountId", call.account_id},
                                  {"KeyId", key.id},
                                  {"Arn", key.arn},
                                  {"CreationDate", key.created},
                                  {"Enabled", key.state == KeyState::kEnabled},
                                  {"Description", key.description},
                                  {"KeyUsage", "ENCRYPT_DECRYPT"},
                                  {"KeyState", kStates[static_cast<size_t>(key.state)]},
                                  {"Origin", "AWS_KMS"},
                                  {"KeyManager", key.is_aws_managed ? "AWS" : "CUSTOMER"},
                                  {"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
                                  {"KeySpec", "SYMMETRIC_DEFAULT"},
                                  {"EncryptionAlgorithms", Value::List({"SYMMETRIC_DEFAULT"})},
                                  {"MultiRegion", key.is_multi_region},
                                  {"CurrentKeyMaterialId", DescribeMaterial(state, key).id}});
  if (key.deletion_time) metadata.Set("DeletionDate", *key.deletion_time);
  if (key.is_multi_region) {
    metadata.Set("MultiRegionConfiguration",
                 Value::Object({{"MultiRegionKeyType", "PRIMARY"},
                                {"PrimaryKey", Value::Object({{"Arn", key.arn}, {"Region", key.region}})},
                                {"ReplicaKeys", Value::List()}}));
  }
  return metadata;
}

Reply KeyReply(const Call& call, const Key& key, Value output) {
  return Reply{.output = std::move(output),
               .resources = {{.type = "AWS::KMS::Key", .arn = key.arn, .account_id = call.account_id}}};
}

void MakeKey(KmsService& service, Connection& state, const Key& key) {
  StoreKey(state, key);
  AddMaterial(service, state, key, key.created);
}

std::optional<Key> PredefinedKey(const Call& call, std::string_view alias) {
  const auto* known = std::ranges::find(kPredefinedAliases, alias, &PredefinedAlias::alias);
  if (known == std::end(kPredefinedAliases)) return std::nullopt;
  std::string id = codec::HexEncode(codec::Sha256(AliasArn(call, alias))).substr(0, 32);
  for (const size_t dash : {8, 13, 18, 23}) id.insert(dash, "-");
  Key key{.region = call.region,
          .id = id,
          .arn = KeyArn(call, id),
          .description = fmt::format("Default key that protects my {} when no other key is defined", known->what),
          .policy = ManagedKeyPolicy(call, known->service),
          .created = call.now,
          .is_aws_managed = true,
          .rotation_days = 365};
  return key;
}

AwsResult<Key> FindOrMakeKey(KmsService& service, Connection& state, const Call& call, std::string_view reference) {
  auto found = FindKey(state, call, reference, Naming::kAliasToo);
  if (found || found.error().code != "NotFoundException") return found;
  const auto name = LocalName(call, reference);
  auto key = name ? PredefinedKey(call, *name) : std::nullopt;
  if (!key) return found;
  MakeKey(service, state, *key);
  state.Execute("INSERT INTO kms_alias(region, name, key_id, created, updated) VALUES(?, ?, ?, ?, ?)", call.region,
                *name, key->id, Number(call.now), Number(call.now));
  return std::move(*key);
}

}  // namespace opentrail::services::kms
