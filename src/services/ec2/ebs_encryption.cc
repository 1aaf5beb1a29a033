#include "services/ec2/ebs_encryption.h"

#include <fmt/format.h>

#include "services/ec2/handlers.h"
#include "services/ec2/resources.h"
#include "services/kms/key.h"

namespace opentrail::services::ec2 {
namespace {

constexpr int64_t kDataKeyBytes = 64;

AwsResult<Reply> InvokeKms(Ec2Service& service, const Call& call, store::Transaction& transaction,
                           std::string_view operation, Value input) {
  opentrail::iam::ContextKeys context;
  context.Add("kms:ViaService", fmt::format("ec2.{}.amazonaws.com", call.region));
  context.Append(call.context);
  return service.environment().inside.Invoke(transaction, {.service = "kms",
                                                           .operation = operation,
                                                           .region = call.region,
                                                           .principal = call.principal,
                                                           .invoked_by = "ec2.amazonaws.com",
                                                           .input = std::move(input),
                                                           .body = nullptr,
                                                           .context = std::move(context)});
}

Value EncryptionContext(std::string_view id) { return Value::Object({{"aws:ebs:id", id}}); }

// "" while it is the managed one.
std::string DefaultKeyOf(store::Connection& state, std::string_view region) {
  store::Rows rows = state.Query("SELECT ebs_key FROM ec2_region WHERE region = ?", region);
  return rows.Next() ? std::string(rows.Text(0)) : std::string();
}

AwsResult<Reply> SetEncryptsByDefault(Ec2Service& service, Call& call, store::Transaction& transaction, bool on) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  state.Execute("UPDATE ec2_region SET encrypts_volumes = ? WHERE region = ?", on, call.region);
  return Reply{.output = Value::Object({{"EbsEncryptionByDefault", on}})};
}

}  // namespace

bool EncryptsByDefault(store::Connection& state, std::string_view region) {
  store::Rows rows = state.Query("SELECT encrypts_volumes FROM ec2_region WHERE region = ?", region);
  return rows.Next() && rows.Boolean(0);
}

AwsResult<VolumeKey> NewVolumeKey(Ec2Service& service, const Call& call, store::Transaction& transaction,
                                  std::string_view id, std::string_view key) {
  std::string wanted(key);
  if (wanted.empty()) wanted = DefaultKeyOf(transaction.connection(), call.region);
  if (wanted.empty()) wanted = kManagedEbsKey;
  auto reply = InvokeKms(
      service, call, transaction, "GenerateDataKeyWithoutPlaintext",
      Value::Object(
          {{"KeyId", wanted}, {"NumberOfBytes", kDataKeyBytes}, {"EncryptionContext", EncryptionContext(id)}}));
  if (!reply) {
    return AwsFailure("CustomerKeyHasBeenRevoked", "The KMS key {} cannot be used: {}", wanted, reply.error().message);
  }
  return VolumeKey{.arn = Text(reply->output["KeyId"]),
                   .data_key = std::string(reply->output["CiphertextBlob"].Bytes())};
}

AwsResult<VolumeKey> RequestedVolumeKey(Ec2Service& service, const Call& call, store::Transaction& transaction,
                                        const KeyWish& wish) {
  const std::string_view named = call.input["KmsKeyId"].Text();
  const bool encrypts = call.input["Encrypted"].Boolean() || wish.from_encrypted ||
                        EncryptsByDefault(transaction.connection(), call.region);
  if (!encrypts && !named.empty()) {
    return AwsFailure("InvalidParameterDependency",
                      "The parameter KmsKeyId requires the parameter Encrypted to be set.");
  }
  if (!encrypts) return VolumeKey{};
  return NewVolumeKey(service, call, transaction, wish.id, named.empty() ? wish.key : named);
}

bool CanReadVolumeKey(Ec2Service& service, const Call& call, store::Transaction& transaction, const SealedKey& key) {
  return InvokeKms(service, call, transaction, "Decrypt",
                   Value::Object({{"CiphertextBlob", Value::Blob(std::string(key.data_key))},
                                  {"EncryptionContext", EncryptionContext(key.id)},
                                  {"EncryptionAlgorithm", "SYMMETRIC_DEFAULT"}}))
      .has_value();
}

bool IsManagedEbsKey(const Call& call, std::string_view key_arn) {
  const auto key = kms::PredefinedKey(call, kManagedEbsKey);
  return key && key->arn == key_arn;
}

AwsResult<Reply> EnableEbsEncryptionByDefault(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return SetEncryptsByDefault(service, call, transaction, true);
}
AwsResult<Reply> DisableEbsEncryptionByDefault(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return SetEncryptsByDefault(service, call, transaction, false);
}

AwsResult<Reply> GetEbsEncryptionByDefault(Ec2Service&, Call& call, store::Transaction& transaction) {
  const bool on = EncryptsByDefault(transaction.connection(), call.region);
  return Reply{.output = Value::Object({{"EbsEncryptionByDefault", on}, {"SseType", on ? "sse-kms" : "none"}})};
}

AwsResult<Reply> GetEbsDefaultKmsKeyId(Ec2Service&, Call& call, store::Transaction& transaction) {
  const std::string key = DefaultKeyOf(transaction.connection(), call.region);
  return Reply{.output = Value::Object({{"KmsKeyId", key.empty() ? std::string(kManagedEbsKey) : key}})};
}

AwsResult<Reply> ModifyEbsDefaultKmsKeyId(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  const std::string_view wanted = call.input["KmsKeyId"].Text();
  auto reply = InvokeKms(service, call, transaction, "DescribeKey", Value::Object({{"KeyId", wanted}}));
  if (!reply)
    return AwsFailure("InvalidParameterValue", "Value ({}) for parameter KmsKeyId is invalid. {}", wanted,
                      reply.error().message);
  const Value& key = reply->output["KeyMetadata"];
  if (key["KeyState"].Text() != "Enabled") {
    return AwsFailure("InvalidParameterValue", "Value ({}) for parameter KmsKeyId is invalid. The key is {}.", wanted,
                      key["KeyState"].Text());
  }
  state.Execute("UPDATE ec2_region SET ebs_key = ? WHERE region = ?", key["Arn"].Text(), call.region);
  return Reply{.output = Value::Object({{"KmsKeyId", key["Arn"]}})};
}

AwsResult<Reply> ResetEbsDefaultKmsKeyId(Ec2Service&, Call& call, store::Transaction& transaction) {
  transaction.connection().Execute("UPDATE ec2_region SET ebs_key = '' WHERE region = ?", call.region);
  return Reply{.output = Value::Object(
                   {{"KmsKeyId", fmt::format("arn:aws:kms:{}:{}:{}", call.region, call.account_id, kManagedEbsKey)}})};
}

}  // namespace opentrail::services::ec2
