#pragma once

#include <span>
#include <string_view>

#include "services/service.h"
#include "store/secrets.h"

namespace opentrail::services::kms {

// AWS KMS: symmetric keys, aliases, key policies. Key material lies sealed under the account's root key; a ciphertext
// names its key and is bound to its encryption context. Handlers run on the committer's thread.
// https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html
class KmsService final : public Service {
 public:
  KmsService(Environment environment, const store::Secrets& secrets)
      : environment_(std::move(environment)), secrets_(secrets) {}

  [[nodiscard]] std::string_view id() const override { return "kms"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] const store::Secrets& secrets() const { return secrets_; }

 private:
  Environment environment_;
  const store::Secrets& secrets_;
};

}  // namespace opentrail::services::kms
