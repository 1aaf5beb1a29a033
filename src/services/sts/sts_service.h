#pragma once

#include <span>
#include <string_view>

#include "services/iam/identity_directory.h"
#include "services/service.h"
#include "store/secrets.h"

namespace opentrail::services::sts {

// AWS STS: who one is, and temporary credentials, kept in IAM's tables.
// https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
class StsService final : public Service {
 public:
  StsService(Environment environment, const store::Secrets& secrets)
      : environment_(std::move(environment)), secrets_(secrets) {}

  [[nodiscard]] std::string_view id() const override { return "sts"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override { return {}; }
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] const store::Secrets& secrets() const { return secrets_; }

 private:
  Environment environment_;
  const store::Secrets& secrets_;
};

}  // namespace opentrail::services::sts
