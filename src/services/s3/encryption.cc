#include "services/s3/encryption.h"

#include "codec/digest.h"
#include "codec/json_value.h"
#include "codec/text.h"
#include "services/s3/bucket_rows.h"
#include "services/s3/errors.h"
#include "services/s3/s3_service.h"

namespace opentrail::services::s3 {
namespace {

constexpr std::string_view kAlgorithm = "AES256";
constexpr std::string_view kManagedKey = "alias/aws/s3";
constexpr size_t kMaxContextBytes = 8 * 1024;

std::string Purpose(int64_t content) { return fmt::format("s3.content {}", content); }

std::unexpected<AwsError> CustomerKeyFault(std::string_view what, std::string_view field) {
  return Refusal("InvalidArgument", 400,
                 fmt::format("Requests specifying Server Side Encryption with Customer provided keys must {}", what),
                 {{"ArgumentName", std::string(field)}, {"ArgumentValue", "null"}});
}

// The client's context from its header: base64 of a JSON object of strings.
AwsResult<std::string> ParseContext(std::string_view encoded) {
  if (encoded.empty()) return std::string();
  const auto fault = [&] {
    return InvalidArgument(
        "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which "
        "represents a string-string map",
        "x-amz-server-side-encryption-context", encoded);
  };
  if (encoded.size() > kMaxContextBytes) return fault();
  const auto text = codec::Base64Decode(encoded);
  const auto context = text ? codec::ParseJsonValue(*text) : MakeError(ErrorCode::kCorrupt, "");
  if (!context || !context->IsObject()) return fault();
  for (const auto& [name, value] : context->members()) {
    if (!value.IsString()) return fault();
  }
  return codec::WriteJson(*context);
}

AwsResult<ObjectEncryption> KmsEncryption(const Call& call, const Bucket& bucket) {
  auto context = ParseContext(call.input["SSEKMSEncryptionContext"].Text());
  if (!context) return std::unexpected(std::move(context.error()));
  return ObjectEncryption{.kind = SseKind::kKms,
                          .kms_key = std::string(call.input["SSEKMSKeyId"].Text()),
                          .bucket_key = call.input["BucketKeyEnabled"].Boolean(bucket.encryption.bucket_key),
                          .context = std::move(*context)};
}

Value KmsContext(const Bucket& bucket, std::string_view key, const ObjectEncryption& encryption) {
  Value context = Value::Object();
  if (!encryption.context.empty()) {
    if (auto given = codec::ParseJsonValue(encryption.context)) context = std::move(*given);
  }
  context.Set("aws:s3:arn", encryption.bucket_key ? bucket.Arn() : fmt::format("{}/{}", bucket.Arn(), key));
  return context;
}

AwsResult<Reply> InvokeKms(S3Service& service, const Call& call, store::Transaction& transaction, const Bucket& bucket,
                           std::string_view operation, Value input) {
  const bool is_service = call.principal.type == opentrail::iam::PrincipalType::kAwsService;
  opentrail::iam::ContextKeys context;
  context.Add("kms:ViaService", fmt::format("s3.{}.amazonaws.com", bucket.region));
  context.Append(call.context);
  auto reply =
      service.environment().inside.Invoke(transaction, {.service = "kms",
                                                        .operation = operation,
                                                        .region = bucket.region,
                                                        .principal = call.principal,
                                                        .invoked_by = is_service                ? ""
                                                                      : call.invoked_by.empty() ? "s3.amazonaws.com"
                                                                                                : call.invoked_by,
                                                        .input = std::move(input),
                                                        .body = nullptr,
                                                        .context = std::move(context)});
  if (reply) return reply;
  AwsError& error = reply.error();
  if (error.code.starts_with("AccessDenied")) return AccessDenied(std::move(error.message));
  return Refusal("KMS." + error.code, 400, std::move(error.message));
}

}  // namespace

std::string KeySealer::Seal(std::string_view key, int64_t content) const {
  return secrets_->Seal(key, Purpose(content));
}

AwsResult<std::string> KeySealer::Open(std::string_view sealed, int64_t content) const {
  auto key = secrets_->Unseal(sealed, Purpose(content));
  if (!key) return InternalError();
  return std::move(*key);
}

AwsResult<std::optional<CustomerKey>> ParseCustomerKey(const Call& call, std::string_view prefix) {
  const bool is_source = prefix.starts_with("CopySource");
  const std::string field = fmt::format("x-amz-{}server-side-encryption-customer", is_source ? "copy-source-" : "");
  const Value& algorithm = call.input[fmt::format("{}Algorithm", prefix)];
  const Value& key = call.input[fmt::format("{}Key", prefix)];
  const Value& md5 = call.input[fmt::format("{}KeyMD5", prefix)];
  if (!algorithm.IsString() && !key.IsString() && !md5.IsString()) return std::nullopt;
  if (!call.secure_transport) return CustomerKeyFault("be made over a secure connection.", field + "-algorithm");
  if (!algorithm.IsString()) return CustomerKeyFault("provide a valid encryption algorithm.", field + "-algorithm");
  if (algorithm.Text() != kAlgorithm) {
    return Refusal("InvalidEncryptionAlgorithmError", 400,
                   "The Encryption request you specified is not valid. Supported value: AES256.",
                   {{"ArgumentName", field}, {"ArgumentValue", std::string(algorithm.Text())}});
  }
  if (!key.IsString()) return CustomerKeyFault("provide an appropriate secret key.", field + "-key");
  if (!md5.IsString())
    return CustomerKeyFault("provide the client calculated MD5 of the secret key.", field + "-key-MD5");
  auto bytes = codec::Base64Decode(key.Text());
  if (!bytes || bytes->size() != store::Secrets::kKeyBytes) {
    return InvalidArgument("The secret key was invalid for the specified algorithm.", field + "-key", "null");
  }
  if (codec::Base64Encode(codec::Md5(*bytes)) != md5.Text()) {
    return InvalidArgument("The calculated MD5 hash of the key did not match the hash that was provided.",
                           field + "-key-MD5", "null");
  }
  return CustomerKey{.key = std::move(*bytes), .md5 = std::string(md5.Text())};
}

AwsResult<ObjectEncryption> RequestedEncryption(const Call& call, const Bucket& bucket) {
  const Value& asked = call.input["ServerSideEncryption"];
  auto customer = ParseCustomerKey(call, "SSECustomer");
  if (!customer) return std::unexpected(std::move(customer.error()));
  if (*customer) {
    if (asked.IsString()) {
      return InvalidArgument(
          "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
          "x-amz-server-side-encryption", asked.Text());
    }
    if (bucket.encryption.blocks_sse_c) return AccessDenied();
    return ObjectEncryption{.kind = SseKind::kCustomer, .customer_key_md5 = std::move((*customer)->md5)};
  }
  if (asked.Text() == "aws:kms") return KmsEncryption(call, bucket);
  if (asked.Text() == "aws:kms:dsse") return NotImplementedHeader("x-amz-server-side-encryption");
  if (asked.IsString() && asked.Text() != kAlgorithm) {
    return InvalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption",
                           asked.Text());
  }
  if (call.input.Has("SSEKMSKeyId")) {
    return InvalidArgument(
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
        "x-amz-server-side-encryption", asked.Text("null"));
  }
  if (asked.IsString() || bucket.encryption.kind == SseKind::kS3)
    return ObjectEncryption{.by_default = !asked.IsString()};
  auto encryption = KmsEncryption(call, bucket);
  if (encryption) {
    encryption->kms_key = bucket.encryption.kms_key;
    encryption->by_default = true;
  }
  return encryption;
}

AwsResult<KeySealer> NewSealer(S3Service& service, const Call& call, store::Transaction& transaction,
                               const Bucket& bucket, std::string_view key, ObjectEncryption& encryption) {
  switch (encryption.kind) {
    case SseKind::kS3: return KeySealer(service.secrets());
    case SseKind::kCustomer: return OpenSealer(service, call, transaction, bucket, key, encryption);
    case SseKind::kKms: break;
  }
  Value input = Value::Object({{"KeyId", encryption.kms_key.empty() ? std::string(kManagedKey) : encryption.kms_key},
                               {"KeySpec", "AES_256"},
                               {"EncryptionContext", KmsContext(bucket, key, encryption)}});
  auto reply = InvokeKms(service, call, transaction, bucket, "GenerateDataKey", std::move(input));
  if (!reply) return std::unexpected(std::move(reply.error()));
  const Value& output = reply->output;
  if (output["Plaintext"].Bytes().size() != store::Secrets::kKeyBytes) return InternalError();
  encryption.kms_key = output["KeyId"].Text();
  encryption.data_key = output["CiphertextBlob"].Bytes();
  return KeySealer(std::string(output["Plaintext"].Bytes()), service.environment().random);
}

AwsResult<KeySealer> OpenSealer(S3Service& service, const Call& call, store::Transaction& transaction,
                                const Bucket& bucket, std::string_view key, const ObjectEncryption& encryption,
                                std::string_view customer_prefix) {
  if (encryption.kind == SseKind::kS3) return KeySealer(service.secrets());
  if (encryption.kind == SseKind::kCustomer) {
    auto customer = ParseCustomerKey(call, customer_prefix);
    if (!customer) return std::unexpected(std::move(customer.error()));
    if (!*customer) return InternalError();  // CheckCustomerKey has passed
    return KeySealer(std::move((*customer)->key), service.environment().random);
  }
  Value input = Value::Object({{"CiphertextBlob", Value::Blob(encryption.data_key)},
                               {"EncryptionContext", KmsContext(bucket, key, encryption)},
                               {"EncryptionAlgorithm", "SYMMETRIC_DEFAULT"}});
  auto reply = InvokeKms(service, call, transaction, bucket, "Decrypt", std::move(input));
  if (!reply) return std::unexpected(std::move(reply.error()));
  return KeySealer(std::string(reply->output["Plaintext"].Bytes()), service.environment().random);
}

AwsStatus CheckCustomerKey(const Call& call, const ObjectEncryption& encryption, std::string_view customer_prefix) {
  auto customer = ParseCustomerKey(call, customer_prefix);
  if (!customer) return std::unexpected(std::move(customer.error()));
  if (encryption.kind != SseKind::kCustomer) {
    if (*customer) return InvalidRequest("The encryption parameters are not applicable to this object.");
    return {};
  }
  if (!*customer) {
    return InvalidRequest(
        "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
        "retrieve the object.");
  }
  if (!codec::ConstantTimeEquals((*customer)->md5, encryption.customer_key_md5)) return AccessDenied();
  return {};
}

void DescribeEncryption(Value& output, const ObjectEncryption& encryption) {
  switch (encryption.kind) {
    case SseKind::kS3: output.Set("ServerSideEncryption", kAlgorithm); return;
    case SseKind::kKms:
      output.Set("ServerSideEncryption", "aws:kms");
      output.Set("SSEKMSKeyId", encryption.kms_key);
      if (encryption.bucket_key) output.Set("BucketKeyEnabled", true);
      return;
    case SseKind::kCustomer:
      output.Set("SSECustomerAlgorithm", kAlgorithm);
      output.Set("SSECustomerKeyMD5", encryption.customer_key_md5);
      return;
  }
}

std::string_view SseApplied(const ObjectEncryption& encryption) {
  switch (encryption.kind) {
    case SseKind::kS3: return encryption.by_default ? "Default_SSE_S3" : "SSE_S3";
    case SseKind::kKms: return encryption.by_default ? "Default_SSE_KMS" : "SSE_KMS";
    case SseKind::kCustomer: return "SSE_C";
  }
  return "";
}

}  // namespace opentrail::services::s3
