#pragma once

#include <expected>
#include <string>

#include "services/athena/caller_calls.h"
#include "services/athena/execution.h"
#include "sql/ddl.h"

namespace opentrail::services::athena {

// What a statement of data definition answers.
struct TextResult {
  Value columns = Value::List();  // ColumnInfo list; empty: it answers nothing
  std::string text;               // rows, joined by newlines
};

using TextOutcome = std::expected<TextResult, Failure>;

// Runs one statement against the account's catalog (AWS Glue), as the caller. `database`: of names without one.
// https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html
[[nodiscard]] TextOutcome RunDdl(const sql::DdlStatement& statement, CallerCalls& calls, const std::string& database,
                                 Time now);

}  // namespace opentrail::services::athena
