#pragma once

#include <span>

#include "services/service.h"

namespace opentrail::services::s3 {

// Every operation of S3 that there is here, sorted by name.
[[nodiscard]] std::span<const Handler> Handlers();

}  // namespace opentrail::services::s3
