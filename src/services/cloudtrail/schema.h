#pragma once

#include <span>

#include "store/migration.h"

namespace opentrail::services::cloudtrail {

[[nodiscard]] std::span<const store::Migration> Migrations();

}  // namespace opentrail::services::cloudtrail
