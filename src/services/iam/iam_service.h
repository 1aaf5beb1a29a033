#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "services/iam/identity_directory.h"
#include "services/service.h"
#include "store/connection.h"
#include "store/secrets.h"

namespace opentrail::services::iam {

// AWS Identity and Access Management. Global: its state belongs to no region. Handlers run on the committer's thread;
// those that hash passwords do so on a worker before.
// https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html
class IamService final : public Service {
 public:
  IamService(Environment environment, const store::Secrets& secrets, IdentityDirectory& directory)
      : environment_(std::move(environment)), secrets_(secrets), directory_(directory) {}

  [[nodiscard]] std::string_view id() const override { return "iam"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override { return Migrations(); }
  // The tables, which the directory reads, too.
  static std::span<const store::Migration> Migrations();
  [[nodiscard]] std::span<const Handler> handlers() const override;
  // Makes the root user's first access key.
  AwsStatus Initialize(store::Transaction& transaction) override;

  struct RootCredentials {
    std::string access_key_id, secret_access_key;
  };
  // What Initialize made; empty on every later start.
  [[nodiscard]] const RootCredentials& root_credentials() const { return root_credentials_; }

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] const store::Secrets& secrets() const { return secrets_; }
  [[nodiscard]] IdentityDirectory& directory() { return directory_; }

 private:
  Environment environment_;
  const store::Secrets& secrets_;
  IdentityDirectory& directory_;
  RootCredentials root_credentials_;
};

}  // namespace opentrail::services::iam
