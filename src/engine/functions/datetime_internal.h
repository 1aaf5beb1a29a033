#pragma once

namespace duckdb {
class DatabaseInstance;
}

// The parts of RegisterDatetimeFunctions, a file each.
namespace opentrail::engine {

void RegisterDatetimeUnits(duckdb::DatabaseInstance& database);        // date_trunc, date_add, date_diff
void RegisterDatetimePatterns(duckdb::DatabaseInstance& database);     // date_format, date_parse, Joda's
void RegisterZonedTimes(duckdb::DatabaseInstance& database);           // time with time zone
void RegisterDatetimeConversions(duckdb::DatabaseInstance& database);  // ISO 8601, Unix time, zones, durations

}  // namespace opentrail::engine
