#pragma once

namespace duckdb {
class DatabaseInstance;
}

// The dialect's own functions, a family a file: functions/<family>.cc implements what sql/functions/<family>.cc names.
// Each registers its engine functions (all named trino_...) in the system catalog of a fresh database, once, before any
// query; throws duckdb::Exception only on a defect of ours.
namespace opentrail::engine {

void RegisterStringFunctions(duckdb::DatabaseInstance& database);
void RegisterRegexpFunctions(duckdb::DatabaseInstance& database);
void RegisterJsonFunctions(duckdb::DatabaseInstance& database);
void RegisterNetworkFunctions(duckdb::DatabaseInstance& database);
void RegisterBinaryFunctions(duckdb::DatabaseInstance& database);
void RegisterDatetimeFunctions(duckdb::DatabaseInstance& database);
void RegisterCastFunctions(duckdb::DatabaseInstance& database);
void RegisterOperatorFunctions(duckdb::DatabaseInstance& database);
void RegisterMathFunctions(duckdb::DatabaseInstance& database);
void RegisterConditionalFunctions(duckdb::DatabaseInstance& database);
void RegisterArrayFunctions(duckdb::DatabaseInstance& database);
void RegisterMapFunctions(duckdb::DatabaseInstance& database);
void RegisterAggregateFunctions(duckdb::DatabaseInstance& database);
void RegisterRelationFunctions(duckdb::DatabaseInstance& database);  // WITH RECURSIVE, table functions

}  // namespace opentrail::engine
