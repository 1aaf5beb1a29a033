#pragma once

#include <memory>

#include "services/service.h"
#include "store/secrets.h"

namespace opentrail::services::kms {

class KeyPolicyCache;

// AWS Key Management Service: symmetric keys, aliases, key policies, grants. Handlers are as their contract says; the
// caches are thread-safe.
// https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html
class KmsService final : public Service {
 public:
  // `secrets` outlives this.
  KmsService(Environment environment, const store::Secrets& secrets);
  ~KmsService() override;

  [[nodiscard]] std::string_view id() const override { return "kms"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] Environment& environment() { return environment_; }
  [[nodiscard]] const store::Secrets& secrets() const { return secrets_; }
  [[nodiscard]] KeyPolicyCache& policies() { return *policies_; }

 private:
  Environment environment_;
  const store::Secrets& secrets_;
  std::unique_ptr<KeyPolicyCache> policies_;
};

}  // namespace opentrail::services::kms
