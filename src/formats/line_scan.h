#pragma once

#include <memory>
#include <vector>

#include "formats/row_reader.h"
#include "formats/table_format.h"
#include "logs/scan.h"

namespace opentrail::formats {

// Of one line; Trino's own bound.
inline constexpr size_t kMaxLineBytes = 100UL << 20;

// A scan over files whose rows are lines. As logs::Scan, but that rows are those of the format and fields those of
// MakeRowReader. A fault's message, which is the scan's error under `strict`, begins with Trino's code.
// `columns` are the table's, partition keys left out. `statistics` and `cancel` must outlive the scan.
[[nodiscard]] Result<std::unique_ptr<logs::Scan>> OpenLineScan(
    const TableFormat& format, std::vector<LineColumn> columns, const logs::LogSource& source,
    const logs::ScanRequest& request, logs::ScanStatistics& statistics, const CancelToken& cancel);

}  // namespace opentrail::formats
