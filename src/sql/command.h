#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sql/ast.h"
#include "sql/ddl.h"
#include "sql/error.h"

// The statements that stand around another one, and those that Athena's engine takes beside queries.
// https://docs.aws.amazon.com/athena/latest/ug/dml-queries-functions-operators.html
namespace opentrail::sql {

// The text of a statement inside another keeps its place: what stood before it is blank, so that its own errors name
// the line and column of the whole.

// CREATE [OR REPLACE] VIEW v AS query.
struct CreateView {
  bool or_replace = false;
  TableName view;
  std::string query;
};

// PREPARE name FROM statement.
struct Prepare {
  std::string name;
  std::string statement;
};

// EXECUTE name [USING a, b]: each value's text, a well-formed expression.
struct Execute {
  std::string name;
  std::vector<std::string> values;
};

// DEALLOCATE PREPARE name.
struct Deallocate {
  std::string name;
};

// EXPLAIN [ANALYZE [VERBOSE]] [(TYPE t, FORMAT f)] statement.
struct Explain {
  enum class Type : uint8_t { kLogical, kDistributed, kValidate, kIo };
  Type type = Type::kDistributed;
  ExplainFormat format = ExplainFormat::kText;
  bool analyze = false;
  std::string statement;
};

// SHOW FUNCTIONS [LIKE 'pattern']: SQL's pattern, '%' and '_'.
struct ShowFunctions {
  std::optional<std::string> pattern;
};

// DELETE FROM t, UPDATE t, MERGE INTO t: what they would do is not read, for the tables of a catalog cannot be
// modified.
struct ModifyRows {
  enum class Kind : uint8_t { kDelete, kUpdate, kMerge };
  Kind kind = Kind::kDelete;
  TableName table;
};

using Command = std::variant<CreateView, Prepare, Execute, Deallocate, Explain, ShowFunctions, ModifyRows>;

// Whether the statement's first words make it one of these, well-formed or not. Linear in the text. Thread-safe.
[[nodiscard]] bool IsCommand(std::string_view text);

// Parses one of them; one ';' may end it. text is UTF-8 of at most kMaxStatementBytes. A refusal is worded and placed
// as Trino's parser does. The statement inside is not parsed. Linear in the text. Thread-safe.
[[nodiscard]] Result<Command> ParseCommand(std::string_view text);

}  // namespace opentrail::sql
