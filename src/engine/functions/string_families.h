#pragma once

#include <cstdint>

namespace duckdb {
class DatabaseInstance;
}

// The parts that RegisterStringFunctions is made of besides its own.
namespace opentrail::engine {

// How far lpad and rpad may make one value grow: a bound against one call eating the memory.
inline constexpr int64_t kMaxPaddedCharacters = 16 << 20;

void RegisterTextFunctions(duckdb::DatabaseInstance& database);  // upper, normalize, distances, soundex, luhn_check
void RegisterSplitToMapFunctions(duckdb::DatabaseInstance& database);    // split_to_map, split_to_multimap
void RegisterNumberFormatFunctions(duckdb::DatabaseInstance& database);  // format_number, parse_data_size
void RegisterWordStem(duckdb::DatabaseInstance& database);
void RegisterFormatFunction(duckdb::DatabaseInstance& database);

}  // namespace opentrail::engine
