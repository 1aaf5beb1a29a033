#pragma once

namespace duckdb {
class DatabaseInstance;
}

namespace opentrail::engine {

// SQL/JSON; the clauses come as text, in lower case, as sql/ast.h's SqlJson has them (empty: the standard's default):
//   trino_json_exists(json, path, variables, on_error) -> BOOLEAN
//   trino_json_value(json, path, variables, on_empty, default_on_empty, on_error, default_on_error) -> VARCHAR
//   trino_json_query(json, path, variables, wrapper, quotes, on_empty, on_error) -> VARCHAR
//   trino_json_items(json, path, variables, on_error) -> VARCHAR[]: JSON texts, a row of JSON_TABLE each
//   trino_json_object(null_on_null, unique_keys, key, json, …), trino_json_array(null_on_null, json, …) -> VARCHAR
//   trino_json_value_mismatch(type) -> VARCHAR: fails, as JSON_VALUE does whose value is none of the type it returns
//   trino_json_formatted(text) -> VARCHAR: the text, checked, as JSON
//   trino_json_decode(BLOB, 'utf8' | 'utf16' | 'utf32') -> VARCHAR
// A default is the text of the value; NULL where there is none. variables is a JSON object of what PASSING names, or
// NULL.
void RegisterSqlJsonFunctions(duckdb::DatabaseInstance& database);
void RegisterJsonConstructors(duckdb::DatabaseInstance& database);

}  // namespace opentrail::engine
