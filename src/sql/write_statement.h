#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sql/ast.h"
#include "sql/error.h"
#include "sql/translate.h"
#include "sql/type.h"

// The statements that write what a query answers.
// https://docs.aws.amazon.com/athena/latest/ug/ctas.html
// https://docs.aws.amazon.com/athena/latest/ug/insert-into.html
// https://docs.aws.amazon.com/athena/latest/ug/unload.html
namespace opentrail::sql {

// format = 'PARQUET', bucket_count = 10, is_external = true, partitioned_by = ARRAY['year', 'month']
struct WriteProperty {
  std::string name;  // lower case
  std::variant<std::string, int64_t, bool, std::vector<std::string>> value;
  Position position;
};
using WriteProperties = std::vector<WriteProperty>;

// CREATE TABLE [IF NOT EXISTS] t [COMMENT '…'] [WITH (…)] AS query [WITH [NO] DATA]
struct CreateTableAs {
  bool if_not_exists = false;
  QualifiedName table;
  std::vector<Identifier> columns;  // their names, where they are given
  std::optional<std::string> comment;
  WriteProperties properties;
  QueryPointer query;
  bool with_data = true;
};

// INSERT INTO t [(a, b)] query
struct InsertInto {
  QualifiedName table;
  std::vector<Identifier> columns;  // empty: all
  QueryPointer query;
};

// UNLOAD (query) TO 's3://…' WITH (…)
struct Unload {
  QueryPointer query;
  std::string location;
  WriteProperties properties;
};

using WriteStatement = std::variant<CreateTableAs, InsertInto, Unload>;

// Whether the statement's first words make it one of these, well-formed or not; of a CREATE TABLE that is none of
// ddl.h's (see IsDdl). Linear in the text. Thread-safe.
[[nodiscard]] bool IsWriteStatement(std::string_view text);

// Parses one of them; one ';' may end it. Bounds and refusals as ParseStatement's. Thread-safe.
[[nodiscard]] Result<WriteStatement> ParseWriteStatement(std::string_view text);

// The query of a statement to the engine's SQL; as Translate. `named`, where given, takes which of the columns have a
// name of their own, not one like _col0 that was made up.
[[nodiscard]] Result<Translation> TranslateQuery(const Query& query, const catalog::Catalog& catalog,
                                                 const Session& session, std::vector<bool>* named = nullptr);

// The same rows with column i of the type types[i], by Trino's implicit coercions. nullopt: one of them has none.
[[nodiscard]] std::optional<Translation> CoerceColumns(const Translation& translation, const std::vector<Type>& types);

// A type as Hive spells it: "struct<a:int,b:string>", "varchar(3)". Refuses what Hive has not, as Trino words it:
// NOT_SUPPORTED, "Unsupported Hive type: timestamp(3) with time zone".
[[nodiscard]] Result<std::string> HiveTypeName(const Type& type);

}  // namespace opentrail::sql
