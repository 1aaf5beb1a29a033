#pragma once

#include "services/service.h"

namespace opentrail::services::glue {

// AWS Glue's Data Catalog: databases, tables with their versions, partitions.
// https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog.html
class GlueService final : public Service {
 public:
  explicit GlueService(Environment environment) : environment_(std::move(environment)) {}

  [[nodiscard]] std::string_view id() const override { return "glue"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] Environment& environment() { return environment_; }

 private:
  Environment environment_;
};

}  // namespace opentrail::services::glue
