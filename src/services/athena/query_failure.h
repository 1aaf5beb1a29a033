#pragma once

#include <string_view>

#include "base/aws_error.h"
#include "services/athena/execution.h"

namespace opentrail::services::athena {

// The failure behind an engine's error text, "TYPE_MISMATCH: line 1:44: …", by the error's name.
[[nodiscard]] Failure EngineFailure(std::string_view message);
// The result location refused the result.
[[nodiscard]] Failure OutputFailure(std::string_view uri, const AwsError& error);
// S3 refused an object of a table that a statement writes.
[[nodiscard]] Failure ObjectFailure(std::string_view uri, const AwsError& error);
// The catalog refused what it was told of a table.
[[nodiscard]] Failure CatalogFailure(const AwsError& error);

}  // namespace opentrail::services::athena
