#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "services/iam/identity_directory.h"
#include "services/service.h"
#include "store/connection.h"
#include "store/secrets.h"

namespace opentrail::services::iam {

struct AccessKeyPair {
  std::string id;
  std::string secret;
};

// AWS Identity and Access Management. Global: its state belongs to no region. Handlers run on the committer's thread;
// those that hash passwords do so on a worker before.
// https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html
class IamService final : public Service {
 public:
  IamService(Environment environment, store::Secrets& secrets, IdentityDirectory& directory)
      : environment_(std::move(environment)), secrets_(secrets), directory_(directory) {}

  [[nodiscard]] std::string_view id() const override { return "iam"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;
  // Makes the root user's first access key.
  AwsStatus Initialize(store::Transaction& transaction) override;

  // The key that Initialize made, for the file that its owner reads; nullopt once it was deleted.
  [[nodiscard]] Result<std::optional<AccessKeyPair>> RootCredentials(store::Connection& state) const;

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] store::Secrets& secrets() { return secrets_; }
  [[nodiscard]] IdentityDirectory& directory() { return directory_; }

 private:
  Environment environment_;
  store::Secrets& secrets_;
  IdentityDirectory& directory_;
};

}  // namespace opentrail::services::iam
