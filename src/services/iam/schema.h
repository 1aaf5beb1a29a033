#pragma once

#include <span>

#include "store/migration.h"

namespace opentrail::services::iam {

// The tables of IAM; part "iam". What belongs to an entity names its id as `owner`; root's things name the account.
[[nodiscard]] std::span<const store::Migration> Migrations();

}  // namespace opentrail::services::iam
