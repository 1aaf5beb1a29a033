#pragma once

#include <span>

#include "store/migration.h"

namespace opentrail::services::kms {

// Part "kms": docs/formats/kms.md has what lies encrypted in it.
[[nodiscard]] std::span<const store::Migration> Migrations();

}  // namespace opentrail::services::kms
