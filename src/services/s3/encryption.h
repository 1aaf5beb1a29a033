#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "codec/value.h"
#include "services/service.h"
#include "store/secrets.h"

// Server-side encryption: which key seals the keys of an object's contents, and how it is asked for and told.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html
namespace opentrail::services::s3 {

class S3Service;
struct Bucket;

enum class SseKind : uint8_t { kS3 = 0, kKms = 1, kCustomer = 2 };

// A bucket's default.
struct BucketEncryption {
  SseKind kind = SseKind::kS3;
  std::string kms_key;  // as given; "": the account's aws/s3 key
  bool bucket_key = false;
  bool blocks_sse_c = false;
};

// Of one object or upload.
struct ObjectEncryption {
  SseKind kind = SseKind::kS3;
  std::string kms_key;  // ARN
  bool bucket_key = false;
  std::string context;           // the client's encryption context, a JSON object; "": none
  std::string data_key;          // as KMS encrypted it
  std::string customer_key_md5;  // base64
  bool by_default = false;       // not asked for by the request; not stored
};

// Seals the keys of contents, each bound to its content: a sealed key says nothing without its sealer, and opens no
// other content.
class KeySealer {
 public:
  // SSE-S3: the root key.
  explicit KeySealer(const store::Secrets& secrets) : secrets_(&secrets) {}
  // SSE-KMS and SSE-C: a key of 32 bytes.
  KeySealer(std::string key, RandomSource& random)
      : own_(store::Secrets::WithKey(std::move(key), random)), secrets_(own_.get()) {}

  [[nodiscard]] std::string Seal(std::string_view key, int64_t content) const;
  // InternalError where the row was changed.
  [[nodiscard]] AwsResult<std::string> Open(std::string_view sealed, int64_t content) const;

 private:
  std::unique_ptr<store::Secrets> own_;
  const store::Secrets* secrets_;
};

// A key that came with a request (SSE-C). `prefix` names its members: "SSECustomer", "CopySourceSSECustomer".
struct CustomerKey {
  std::string key;
  std::string md5;  // base64
};
[[nodiscard]] AwsResult<std::optional<CustomerKey>> ParseCustomerKey(const Call& call, std::string_view prefix);

// What a request that stores something asks for, or else the bucket's default. No key has been made yet.
[[nodiscard]] AwsResult<ObjectEncryption> RequestedEncryption(const Call& call, const Bucket& bucket);

// Makes the sealer of a new object: asks KMS for a data key where it is SSE-KMS, and notes that and the key's ARN in
// `encryption`. KMS's refusals as S3 words them.
[[nodiscard]] AwsResult<KeySealer> NewSealer(S3Service& service, const Call& call, store::Transaction& transaction,
                                             const Bucket& bucket, std::string_view key, ObjectEncryption& encryption);
// Opens the sealer of what is stored: asks KMS to decrypt the data key, or takes the customer's.
[[nodiscard]] AwsResult<KeySealer> OpenSealer(S3Service& service, const Call& call, store::Transaction& transaction,
                                              const Bucket& bucket, std::string_view key,
                                              const ObjectEncryption& encryption,
                                              std::string_view customer_prefix = "SSECustomer");
// Whether the request may see what is stored so, as far as SSE-C goes: its key must come along.
[[nodiscard]] AwsStatus CheckCustomerKey(const Call& call, const ObjectEncryption& encryption,
                                         std::string_view customer_prefix = "SSECustomer");

// Sets the members ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled, SSECustomerAlgorithm, SSECustomerKeyMD5.
void DescribeEncryption(Value& output, const ObjectEncryption& encryption);
// additionalEventData.SSEApplied.
[[nodiscard]] std::string_view SseApplied(const ObjectEncryption& encryption);

}  // namespace opentrail::services::s3
