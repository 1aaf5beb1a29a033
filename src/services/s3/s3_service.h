#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "services/s3/policy_cache.h"
#include "services/service.h"
#include "store/object_store.h"
#include "store/secrets.h"

namespace opentrail::services::s3 {

// Amazon S3: buckets, objects, versions, multipart uploads. Bodies lie in the object store, each encrypted with a key
// of its own; those keys are sealed by the account's root key (SSE-S3), by a data key of KMS (SSE-KMS) or by the
// customer's (SSE-C). Handlers run on the committer's thread; bodies are received on others.
// https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
class S3Service final : public Service {
 public:
  // `objects` and `secrets` outlive the service.
  S3Service(Environment environment, store::ObjectStore& objects, const store::Secrets& secrets);

  [[nodiscard]] std::string_view id() const override { return "s3"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] store::ObjectStore& objects() { return objects_; }
  [[nodiscard]] const store::Secrets& secrets() const { return secrets_; }
  [[nodiscard]] PolicyCache& policies() { return policies_; }
  // The account's canonical user id: 64 hex digits.
  [[nodiscard]] const std::string& owner_id() const { return owner_id_; }

  // A body for a PutObject or UploadPart made by another service (InsideCall::body): Write, Finish, hand over.
  // Thread-safe.
  [[nodiscard]] AwsResult<std::unique_ptr<BodySink>> NewBody();

 private:
  Environment environment_;
  store::ObjectStore& objects_;
  const store::Secrets& secrets_;
  PolicyCache policies_;
  std::string owner_id_;
};

}  // namespace opentrail::services::s3
