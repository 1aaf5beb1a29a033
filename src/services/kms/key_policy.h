#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "iam/policy.h"
#include "services/service.h"

namespace opentrail::services::kms {

// What a key gets whose maker gives no policy: the account, and through it its IAM policies.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
[[nodiscard]] std::string DefaultKeyPolicy(const Call& call);
// Of an AWS managed key: all of the account through that service ("s3").
[[nodiscard]] std::string ManagedKeyPolicy(const Call& call, std::string_view service);

// MalformedPolicyDocumentException where `text` is no key policy, or one that keeps its own writer from ever writing
// it again, unless the call says that it knows (BypassPolicyLockoutSafetyCheck).
[[nodiscard]] AwsStatus CheckKeyPolicy(const Call& call, store::Connection& state, std::string_view text,
                                       std::string_view arn);

// Key policies as parsed, by their text. Thread-safe.
class KeyPolicyCache {
 public:
  // Bound on what is remembered; past it all are forgotten and parsed again when needed.
  static constexpr size_t kMaxEntries = 256;
  // nullptr where the text is no policy: it allows nothing.
  [[nodiscard]] opentrail::iam::PolicyPointer Find(const std::string& text);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, opentrail::iam::PolicyPointer> policies_;
};

}  // namespace opentrail::services::kms
