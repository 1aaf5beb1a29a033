#pragma once

#include <span>

#include "store/migration.h"

namespace opentrail::services::s3 {

// The tables of part "s3".
[[nodiscard]] std::span<const store::Migration> Migrations();

}  // namespace opentrail::services::s3
