#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "sql/command.h"
#include "sql/ddl.h"

namespace opentrail::services::athena {

// A statement as StartQueryExecution takes it.
struct ParsedStatement {
  std::string_view type;          // StatementType: DML, DDL, UTILITY
  std::string_view substatement;  // SubstatementType: SELECT, CREATE_TABLE, …
  std::string_view extension;     // of its result: .csv, .txt
  std::string query;              // for the query engine, where it is neither of those below
  bool is_write = false;          // the query is CREATE TABLE AS, INSERT INTO or UNLOAD
  std::optional<sql::DdlStatement> ddl;
  std::optional<sql::Command> command;
  std::string refusal;  // of a data definition that cannot be read: the execution fails with it
};

// Error: InvalidRequestException MALFORMED_QUERY. What Hive's parser refuses is refused where it runs.
[[nodiscard]] AwsResult<ParsedStatement> ParseAthenaStatement(std::string_view query);

// The statement with its parameters' values: SQL of each. InvalidRequestException INVALID_PARAMETER_USAGE where their
// number is another.
[[nodiscard]] AwsResult<ParsedStatement> BindStatement(ParsedStatement statement, std::span<const std::string> values);

}  // namespace opentrail::services::athena
