#pragma once

#include "services/service.h"

namespace opentrail::services::athena {

class QueryRunner;

// Amazon Athena: statements over the tables of the account's catalog, their executions and results, workgroups. What an
// execution does runs in a QueryRunner, which comes once the account's committer is there.
// https://docs.aws.amazon.com/athena/latest/APIReference/Welcome.html
class AthenaService final : public Service {
 public:
  explicit AthenaService(Environment environment) : environment_(std::move(environment)) {}

  [[nodiscard]] std::string_view id() const override { return "athena"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] Environment& environment() { return environment_; }
  // Before serving begins. The runner may go while calls that it shall run still come: they wait for the next start.
  void SetRunner(std::shared_ptr<QueryRunner> runner) { runner_ = std::move(runner); }
  [[nodiscard]] const std::shared_ptr<QueryRunner>& runner() const { return runner_; }

 private:
  Environment environment_;
  std::shared_ptr<QueryRunner> runner_;  // shared: what is to be done after a commit holds it, too
};

}  // namespace opentrail::services::athena
