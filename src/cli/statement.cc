#include "cli/statement.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/log_options.h"
#include "cli/progress.h"
#include "cli/terminal.h"

namespace opentrail::cli {
namespace {

int RunToParquet(engine::Engine& engine, std::string_view statement, const StatementOptions& options,
                 const CancelToken& cancel) {
  const std::string& file = options.file;
  Progress progress(engine.Statistics());
  const auto rows = engine.QueryToParquet(statement, NewSession(options.database, options.dialect), file, cancel);
  progress.Finish();
  if (!rows) return ReportError(rows.error());
  fmt::print(stderr, "{} row{} written to {}\n", Grouped(*rows), *rows == 1 ? "" : "s", file);
  return ReportFaults(engine.Statistics());
}

}  // namespace

sql::Session NewSession(std::string database, sql::Dialect dialect) {
  sql::Session session;
  session.dialect = dialect;
  session.database = std::move(database);
  session.now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return session;
}

int ReportError(const Error& error) {
  if (error.code == ErrorCode::kCancelled) {
    fmt::print(stderr, "opentrail: interrupted\n");
    return kExitInterrupted;
  }
  fmt::print(stderr, "opentrail: {}\n", Printable(error.message));
  return kExitFailed;
}

int ReportUnwritten(std::error_code failure) {
  if (failure == std::errc::broken_pipe) return kExitClosedPipe;
  fmt::print(stderr, "opentrail: writing the result: {}\n", failure.message());
  return kExitFailed;
}

int WriteReport(std::string_view report) {
  if (std::fwrite(report.data(), 1, report.size(), stdout) != report.size() || std::fflush(stdout) != 0) {
    return ReportUnwritten(std::error_code(errno, std::generic_category()));
  }
  return kExitOk;
}

int RunStatement(engine::Engine& engine, std::string_view statement, const StatementOptions& options, std::FILE* out,
                 const CancelToken& cancel) {
  if (options.format == OutputFormat::kParquet) return RunToParquet(engine, statement, options, cancel);
  Progress progress(engine.Statistics());
  auto result = engine.Query(statement, NewSession(options.database, options.dialect), cancel);
  if (!result) {
    progress.Finish();
    return ReportError(result.error());
  }
  if (out != stdout && ftruncate(fileno(out), 0) != 0 && errno != EINVAL) {  // EINVAL: a pipe, a device
    return ReportUnwritten(std::error_code(errno, std::generic_category()));
  }
  const auto writer = NewResultWriter(options.format, out);
  writer->Begin((*result)->Columns());
  const bool shares_terminal = IsTerminal(out);
  while (true) {
    const auto rows = (*result)->Next();
    if (!rows || rows->empty() || shares_terminal) progress.Finish();
    if (!rows) {
      // What came before the error stays visible: people see how far it went, programs see the exit code.
      writer->Abandon();
      return ReportError(rows.error());
    }
    if (rows->empty()) break;
    if (!writer->Write(*rows)) break;
  }
  if (const std::error_code failure = writer->End()) {
    progress.Finish();
    return ReportUnwritten(failure);
  }
  return ReportFaults(engine.Statistics());
}

}  // namespace opentrail::cli
