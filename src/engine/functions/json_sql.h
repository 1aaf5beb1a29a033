#pragma once

namespace duckdb {
class DatabaseInstance;
}

namespace opentrail::engine {

// JSON_EXISTS, JSON_VALUE and JSON_QUERY; the clauses come as text, in lower case, as sql/ast.h's SqlJson has them
// (empty: the standard's default):
//   trino_json_exists(json, path, on_error) -> BOOLEAN
//   trino_json_value(json, path, on_empty, default_on_empty, on_error, default_on_error) -> VARCHAR
//   trino_json_query(json, path, wrapper, quotes, on_empty, on_error) -> VARCHAR
// A default is the text of the value; NULL where there is none.
void RegisterSqlJsonFunctions(duckdb::DatabaseInstance& database);

}  // namespace opentrail::engine
