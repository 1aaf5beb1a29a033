#include "services/cloudtrail/event_data_store_key.h"

#include "services/cloudtrail/destination.h"

namespace opentrail::services::cloudtrail {
namespace {

InsideCall KmsCall(std::string_view account_id, const EventDataStore& store, std::string_view operation, Value input) {
  opentrail::iam::Principal principal;
  principal.type = opentrail::iam::PrincipalType::kAwsService;
  principal.service = kServicePrincipal;
  input.Set("EncryptionContext", Value::Object({{"aws:cloudtrail:arn", store.Arn(account_id)}}));
  return {.service = "kms",
          .operation = operation,
          .region = store.region,
          .principal = std::move(principal),
          .invoked_by = {},
          .input = std::move(input),
          .body = nullptr,
          .context = {}};
}

std::unexpected<AwsError> KeyRefused(const AwsError& error, std::string_view key_id, std::string_view region) {
  if (error.code.starts_with("NotFound")) {
    return AwsFailure("KmsKeyNotFoundException", "KMS key {} was not found as a symmetric encryption key in {}", key_id,
                      region);
  }
  if (error.code.starts_with("AccessDenied")) {
    return AwsFailure("InsufficientEncryptionPolicyException", "Insufficient permissions to access KMS key {}", key_id);
  }
  if (error.code.starts_with("Disabled") || error.code.starts_with("KMSInvalidState")) {
    return AwsFailure("KmsException", "KMS key {} cannot be used: {}", key_id, error.message);
  }
  return AwsFailure("InvalidKmsKeyIdException", "KMS key id {} is not valid: {}", key_id, error.message);
}

}  // namespace

AwsResult<DataKey> NewDataKey(const Environment& environment, store::Transaction& transaction,
                              const EventDataStore& store, std::string_view key_id) {
  const auto reply =
      environment.inside.Invoke(transaction, KmsCall(environment.account_id, store, "GenerateDataKey",
                                                     Value::Object({{"KeyId", key_id}, {"KeySpec", "AES_256"}})));
  if (!reply) return KeyRefused(reply.error(), key_id, store.region);
  return DataKey{.plaintext = std::string(reply->output["Plaintext"].Bytes()),
                 .encrypted = std::string(reply->output["CiphertextBlob"].Bytes()),
                 .kms_key = std::string(reply->output["KeyId"].Text())};
}

AwsResult<std::string> OpenDataKey(const Environment& environment, store::Transaction& transaction,
                                   const EventDataStore& store, std::string_view encrypted) {
  const auto reply = environment.inside.Invoke(
      transaction, KmsCall(environment.account_id, store, "Decrypt",
                           Value::Object({{"CiphertextBlob", Value::Blob(std::string(encrypted))}})));
  if (reply) return std::string(reply->output["Plaintext"].Bytes());
  return AwsFailure("InsufficientEncryptionPolicyException", "KMS key {} cannot be used: {}", store.kms_key,
                    reply.error().message);
}

}  // namespace opentrail::services::cloudtrail
