#include "services/kms/ciphertext.h"
#include "services/kms/handlers.h"
#include "services/kms/key.h"
#include "services/kms/material.h"

namespace opentrail::services::kms {
namespace {

constexpr std::string_view kAlgorithm = "SYMMETRIC_DEFAULT";
constexpr int64_t kMaxRandomBytes = 1024;

AwsStatus CheckAlgorithm(const Value& input, std::string_view member, const Key& key) {
  const std::string_view algorithm = input[member].Text(kAlgorithm);
  if (algorithm == kAlgorithm) return {};
  return AwsFailure("InvalidKeyUsageException", "Algorithm {} is incompatible with key spec SYMMETRIC_DEFAULT of {}.",
                    algorithm, key.arn);
}

std::string RandomBytes(RandomSource& random, size_t size) {
  std::string bytes(size, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

struct Sealed {
  std::string blob;
  std::string material_id;
};

AwsResult<Sealed> EncryptWith(KmsService& service, const Call& call, store::Connection& state, const Key& key,
                              const Value& context, std::string_view plaintext) {
  const auto bytes = ContextBytes(context);
  if (!bytes) return std::unexpected(bytes.error());
  auto material = CurrentMaterial(service, state, key, call.now);
  if (!material) return std::unexpected(std::move(material.error()));
  return Sealed{.blob = Seal(key.id, material->number, material->key, *bytes, plaintext, service.environment().random),
                .material_id = std::move(material->id)};
}

struct Opened {
  Key key;
  std::string plaintext;
  std::string material_id;
};

// What Decrypt and ReEncrypt have in common. `key_id` and the others are members of the input.
AwsResult<Opened> DecryptInput(KmsService& service, const Call& call, store::Connection& state, std::string_view key_id,
                               std::string_view context, std::string_view algorithm) {
  const auto ciphertext = ParseCiphertext(call.input["CiphertextBlob"].Bytes());
  if (!ciphertext) return std::unexpected(ciphertext.error());
  auto key = LoadKey(state, call, ciphertext->key_id);
  if (!key) {
    return AwsFailure(
        "AccessDeniedException",
        "The ciphertext refers to a customer master key that does not exist, does not exist in this region, "
        "or you are not allowed to access.");
  }
  if (call.input.Has(key_id)) {
    const auto named = FindKey(state, call, call.input[key_id].Text(), Naming::kAliasToo);
    if (!named) return std::unexpected(named.error());
    if (named->id != key->id) {
      return AwsFailure("IncorrectKeyException",
                        "The key ID in the request does not identify a CMK that can perform this "
                        "operation.");
    }
  }
  AwsStatus status = CheckEnabled(*key);
  if (status) status = CheckAlgorithm(call.input, algorithm, *key);
  if (!status) return std::unexpected(std::move(status.error()));
  const auto bytes = ContextBytes(call.input[context]);
  if (!bytes) return std::unexpected(bytes.error());
  auto material = MaterialOf(service, state, *key, ciphertext->material);
  if (!material) return std::unexpected(std::move(material.error()));
  auto plaintext = Open(*ciphertext, material->key, *bytes);
  if (!plaintext) return std::unexpected(std::move(plaintext.error()));
  return Opened{.key = std::move(*key), .plaintext = std::move(*plaintext), .material_id = std::move(material->id)};
}

AwsResult<size_t> DataKeySize(const Value& input) {
  if (input.Has("NumberOfBytes") == input.Has("KeySpec")) {
    return AwsFailure("ValidationException", "Please specify either number of bytes or key spec.");
  }
  if (input.Has("KeySpec")) return input["KeySpec"].Text() == "AES_128" ? 16 : 32;
  const int64_t size = input["NumberOfBytes"].Integer(0);
  if (size < 1 || size > kMaxRandomBytes) {
    return AwsFailure("ValidationException", "NumberOfBytes is 1 to {}; this is {}.", kMaxRandomBytes, size);
  }
  return static_cast<size_t>(size);
}

// {CiphertextBlob, Plaintext, KeyId, KeyMaterialId}
AwsResult<Reply> MakeDataKey(KmsService& service, Call& call, store::Transaction& transaction) {
  auto key = FindOrMakeKey(service, transaction.connection(), call, call.input["KeyId"].Text());
  if (!key) return std::unexpected(std::move(key.error()));
  const auto size = DataKeySize(call.input);
  if (!size) return std::unexpected(size.error());
  AwsStatus status = CheckEnabled(*key);
  if (status) status = CheckDryRun(call);
  if (!status) return std::unexpected(std::move(status.error()));
  std::string plaintext = RandomBytes(service.environment().random, *size);
  auto sealed = EncryptWith(service, call, transaction.connection(), *key, call.input["EncryptionContext"], plaintext);
  if (!sealed) return std::unexpected(std::move(sealed.error()));
  return KeyReply(call, *key,
                  Value::Object({{"CiphertextBlob", Value::Blob(std::move(sealed->blob))},
                                 {"Plaintext", Value::Blob(std::move(plaintext))},
                                 {"KeyId", key->arn},
                                 {"KeyMaterialId", std::move(sealed->material_id)}}));
}

}  // namespace

AwsResult<Reply> Encrypt(KmsService& service, Call& call, store::Transaction& transaction) {
  auto key = FindOrMakeKey(service, transaction.connection(), call, call.input["KeyId"].Text());
  if (!key) return std::unexpected(std::move(key.error()));
  AwsStatus status = CheckEnabled(*key);
  if (status) status = CheckAlgorithm(call.input, "EncryptionAlgorithm", *key);
  if (status) status = CheckDryRun(call);
  if (!status) return std::unexpected(std::move(status.error()));
  auto sealed = EncryptWith(service, call, transaction.connection(), *key, call.input["EncryptionContext"],
                            call.input["Plaintext"].Bytes());
  if (!sealed) return std::unexpected(std::move(sealed.error()));
  return KeyReply(call, *key,
                  Value::Object({{"CiphertextBlob", Value::Blob(std::move(sealed->blob))},
                                 {"KeyId", key->arn},
                                 {"EncryptionAlgorithm", kAlgorithm}}));
}

AwsResult<Reply> Decrypt(KmsService& service, Call& call, store::Transaction& transaction) {
  auto opened =
      DecryptInput(service, call, transaction.connection(), "KeyId", "EncryptionContext", "EncryptionAlgorithm");
  if (!opened) return std::unexpected(std::move(opened.error()));
  if (AwsStatus dry = CheckDryRun(call); !dry) return std::unexpected(std::move(dry.error()));
  return KeyReply(call, opened->key,
                  Value::Object({{"KeyId", opened->key.arn},
                                 {"Plaintext", Value::Blob(std::move(opened->plaintext))},
                                 {"EncryptionAlgorithm", kAlgorithm},
                                 {"KeyMaterialId", std::move(opened->material_id)}}));
}

AwsResult<Reply> ReEncrypt(KmsService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto opened =
      DecryptInput(service, call, state, "SourceKeyId", "SourceEncryptionContext", "SourceEncryptionAlgorithm");
  if (!opened) return std::unexpected(std::move(opened.error()));
  auto key = FindOrMakeKey(service, state, call, call.input["DestinationKeyId"].Text());
  if (!key) return std::unexpected(std::move(key.error()));
  AwsStatus status = CheckEnabled(*key);
  if (status) status = CheckAlgorithm(call.input, "DestinationEncryptionAlgorithm", *key);
  if (status) status = CheckDryRun(call);
  if (!status) return std::unexpected(std::move(status.error()));
  auto sealed = EncryptWith(service, call, state, *key, call.input["DestinationEncryptionContext"], opened->plaintext);
  if (!sealed) return std::unexpected(std::move(sealed.error()));
  Reply reply = KeyReply(call, opened->key);
  reply.output = Value::Object({{"CiphertextBlob", Value::Blob(std::move(sealed->blob))},
                                {"SourceKeyId", opened->key.arn},
                                {"KeyId", key->arn},
                                {"SourceEncryptionAlgorithm", kAlgorithm},
                                {"DestinationEncryptionAlgorithm", kAlgorithm},
                                {"SourceKeyMaterialId", std::move(opened->material_id)},
                                {"DestinationKeyMaterialId", std::move(sealed->material_id)}});
  if (key->id != opened->key.id) reply.resources.push_back(KeyReply(call, *key).resources.front());
  return reply;
}

AwsResult<Reply> GenerateDataKey(KmsService& service, Call& call, store::Transaction& transaction) {
  return MakeDataKey(service, call, transaction);
}

AwsResult<Reply> GenerateDataKeyWithoutPlaintext(KmsService& service, Call& call, store::Transaction& transaction) {
  auto reply = MakeDataKey(service, call, transaction);
  if (reply) reply->output.Remove("Plaintext");
  return reply;
}

AwsResult<Reply> GenerateRandom(KmsService& service, Call& call, store::Transaction& /*transaction*/) {
  if (call.input.Has("CustomKeyStoreId")) {
    return AwsFailure("CustomKeyStoreNotFoundException", "There is no custom key store here.");
  }
  const int64_t size = call.input["NumberOfBytes"].Integer(0);
  if (size < 1 || size > kMaxRandomBytes) {
    return AwsFailure("ValidationException", "NumberOfBytes is 1 to {}; this is {}.", kMaxRandomBytes, size);
  }
  RandomSource& random = service.environment().random;
  return Reply{.output = Value::Object({{"Plaintext", Value::Blob(RandomBytes(random, static_cast<size_t>(size)))}})};
}

}  // namespace opentrail::services::kms
