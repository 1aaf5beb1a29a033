#pragma once

#include <span>

#include "store/migration.h"

namespace opentrail::services::glue {

[[nodiscard]] std::span<const store::Migration> Migrations();

}  // namespace opentrail::services::glue
