#pragma once

#include <vector>

#include "duckdb/planner/operator/logical_get.hpp"
#include "engine/scan_schema.h"
#include "logs/predicate.h"

namespace opentrail::engine {

// What the filters above a scan let the logs leave out. Each filter is a conjunct; whatever has no hint in it is passed
// over. A hint is never narrower than its filter.
[[nodiscard]] std::vector<logs::Predicate> HintsOf(
    const duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters, const duckdb::LogicalGet& scan,
    const std::vector<ScanColumn>& columns);

}  // namespace opentrail::engine
