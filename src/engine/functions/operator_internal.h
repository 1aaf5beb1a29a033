#pragma once

namespace duckdb {
class DatabaseInstance;
}

// The parts of RegisterOperatorFunctions, a file each.
namespace opentrail::engine {

void RegisterIntegerOperators(duckdb::DatabaseInstance& database);
void RegisterDecimalOperators(duckdb::DatabaseInstance& database);
void RegisterDatetimeOperators(duckdb::DatabaseInstance& database);
void RegisterNestedOperators(duckdb::DatabaseInstance& database);

}  // namespace opentrail::engine
