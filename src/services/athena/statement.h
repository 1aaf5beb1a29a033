#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "sql/ddl.h"

namespace opentrail::services::athena {

// A statement as StartQueryExecution takes it.
struct ParsedStatement {
  std::string_view type;                 // StatementType: DML, DDL, UTILITY
  std::string_view substatement;         // SubstatementType: SELECT, CREATE_TABLE, …
  std::string_view extension;            // of its result: .csv, .txt
  std::optional<sql::DdlStatement> ddl;  // nullopt: for the query engine
  std::string refusal;                   // of a data definition that cannot be read: the execution fails with it
};

// Error: InvalidRequestException MALFORMED_QUERY. What Hive's parser refuses is refused where it runs.
[[nodiscard]] AwsResult<ParsedStatement> ParseAthenaStatement(std::string_view query);

}  // namespace opentrail::services::athena
