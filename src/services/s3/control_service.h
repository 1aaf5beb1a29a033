#pragma once

#include <span>
#include <string_view>

#include "services/service.h"

namespace opentrail::services::s3 {

// Amazon S3 Control: what holds for all buckets of the account. Its public access block is S3's state (S3Service's
// migrations make the table) and holds for every bucket beside the bucket's own.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html
class S3ControlService final : public Service {
 public:
  [[nodiscard]] std::string_view id() const override { return "s3control"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override { return {}; }
  [[nodiscard]] std::span<const Handler> handlers() const override;
};

}  // namespace opentrail::services::s3
