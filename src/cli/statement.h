#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

#include "base/cancel.h"
#include "base/result.h"
#include "cli/result_writer.h"
#include "engine/engine.h"
#include "sql/translate.h"

namespace opentrail::cli {

struct StatementOptions {
  OutputFormat format = OutputFormat::kTable;
  std::string file;  // where kParquet goes
  std::string database = "default";
  sql::Dialect dialect = sql::Dialect::kAthena;
};

// Runs one statement and writes its rows to out, with progress on standard error. A file begins anew once there is a
// result. Returns an ExitCode; what went wrong
// has been told on standard error.
[[nodiscard]] int RunStatement(engine::Engine& engine, std::string_view statement, const StatementOptions& options,
                               std::FILE* out, const CancelToken& cancel);

// A session of this moment; `database`: of names without one.
[[nodiscard]] sql::Session NewSession(std::string database = "default", sql::Dialect dialect = sql::Dialect::kAthena);

// Tells an error on standard error; the exit code for it.
[[nodiscard]] int ReportError(const Error& error);

// Tells with which error the output could not be written; the exit code for it. That who reads it went away is no
// error, and is not told.
[[nodiscard]] int ReportUnwritten(std::error_code failure);

// Writes a whole report to standard output; kExitOk, or what ReportUnwritten says.
[[nodiscard]] int WriteReport(std::string_view report);

}  // namespace opentrail::cli
