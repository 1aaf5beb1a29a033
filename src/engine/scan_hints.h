#pragma once

#include <vector>

#include "duckdb/planner/expression.hpp"
#include "engine/scan_schema.h"
#include "logs/predicate.h"

namespace opentrail::engine {

// A scan in the planner's tree: its number there, and which of the scan's columns its n-th one is.
struct PlannedScan {
  uint64_t table_index = 0;
  std::vector<uint64_t> column_ids;
};

// What the filters above a scan let the logs leave out. Each filter is a conjunct; whatever has no hint in it is passed
// over. A hint is never narrower than its filter.
[[nodiscard]] std::vector<logs::Predicate> HintsOf(
    const duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters, const PlannedScan& scan,
    const std::vector<ScanColumn>& columns);

}  // namespace opentrail::engine
