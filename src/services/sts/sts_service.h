#pragma once

#include <span>
#include <string_view>
#include <utility>

#include "services/iam/identity_directory.h"
#include "services/service.h"
#include "store/secrets.h"

namespace opentrail::services::sts {

// AWS Security Token Service. Its sessions are known in every region. Handlers run on the committer's thread.
// https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
class StsService final : public Service {
 public:
  StsService(Environment environment, const store::Secrets& secrets, iam::IdentityDirectory& directory)
      : environment_(std::move(environment)), secrets_(secrets), directory_(directory) {}

  [[nodiscard]] std::string_view id() const override { return "sts"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] const store::Secrets& secrets() const { return secrets_; }
  [[nodiscard]] iam::IdentityDirectory& directory() { return directory_; }

 private:
  Environment environment_;
  const store::Secrets& secrets_;
  iam::IdentityDirectory& directory_;
};

}  // namespace opentrail::services::sts
