#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "services/s3/checksum.h"
#include "services/service.h"
#include "store/object_store.h"

namespace opentrail::services::s3 {

// A single PUT or part may have so many bytes: 5 GiB.
inline constexpr uint64_t kMaxPutBytes = uint64_t{5} * 1024 * 1024 * 1024;

// What the client says of a body that it sends.
struct BodyClaims {
  std::optional<uint64_t> size;
  std::string md5;                               // raw; "": not said
  std::string sha256;                            // hex; "": not said
  const ChecksumAlgorithm* algorithm = nullptr;  // nullptr: none was asked for
  std::string checksum;                          // base64; "": it trails
  // From the request's fields. InvalidDigest, InvalidRequest, EntityTooLarge.
  static AwsResult<BodyClaims> Parse(const http::RequestHead& head);
};

// Receives the body of an object or a part: encrypts it into the object store under a key of its own, and digests it.
// What is not adopted is dropped. One thread at a time.
class ObjectBody final : public BodySink {
 public:
  static AwsResult<std::unique_ptr<BodySink>> Begin(store::ObjectStore& objects, RandomSource& random,
                                                    BodyClaims claims);
  ~ObjectBody() override;

  AwsStatus Write(std::string_view bytes) override;
  AwsStatus Finish(const http::Fields& trailers) override;

  // After Finish.
  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] const std::string& md5() const { return md5_; }  // raw
  // What the client asked for, or the default.
  [[nodiscard]] const ChecksumAlgorithm& algorithm() const { return algorithm_; }
  [[nodiscard]] bool has_requested_checksum() const { return claims_.algorithm != nullptr; }
  [[nodiscard]] const std::string& checksum() const { return checksum_; }  // base64
  [[nodiscard]] int64_t Adopt(store::Transaction& transaction);

 private:
  ObjectBody(store::ObjectStore& objects, std::string key, std::unique_ptr<store::ObjectStore::Writer> writer,
             BodyClaims claims);
  AwsStatus CheckMd5() const;
  AwsStatus CheckSha256();
  AwsStatus CheckChecksum(const http::Fields& trailers) const;

  store::ObjectStore& objects_;
  std::string key_;
  std::unique_ptr<store::ObjectStore::Writer> writer_;
  BodyClaims claims_;
  const ChecksumAlgorithm& algorithm_;
  codec::Digest md5_digest_;
  codec::Digest checksum_digest_;
  std::optional<codec::Digest> sha256_digest_;
  uint64_t size_ = 0;
  std::string md5_;
  std::string checksum_;
  std::optional<store::StagedContent> staged_;
};

}  // namespace opentrail::services::s3
