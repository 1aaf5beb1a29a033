#pragma once

#include <span>

#include "store/migration.h"

namespace opentrail::services::athena {

[[nodiscard]] std::span<const store::Migration> Migrations();

}  // namespace opentrail::services::athena
