#include "cli/query.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/log_options.h"
#include "cli/prompt.h"
#include "cli/statement.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  opentrail query --logs AWSLogs "SELECT eventname, count(*) AS n FROM cloudtrail_logs GROUP BY 1 ORDER BY n DESC LIMIT 10"
  opentrail query --logs AWSLogs --output csv --file who.sql > who.csv
  opentrail query --logs a --logs b.json.gz --table security.trail "SELECT * FROM security.trail LIMIT 5"
  opentrail query --logs AWSLogs                      a prompt; .help explains it
The SQL is Athena's (engine version 3). Hidden columns: "$path", account, region, year, month, day.)";

struct QueryOptions {
  LogOptions logs;
  std::string statement;
  std::string statement_file;
  std::string output = "table";
  std::string output_file;
  std::vector<std::string> tables;
  bool deduplicate = false;
};

Result<std::string> ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return MakeError(ErrorCode::kIo, "{}: cannot be read", path);
  return std::move(text).str();
}

// The statement to run: the argument, --file, or standard input; empty where a prompt is asked for.
Result<std::string> FindStatement(const QueryOptions& options) {
  if (!options.statement.empty() && options.statement != "-") return options.statement;
  if (!options.statement_file.empty() && options.statement_file != "-") return ReadAll(options.statement_file);
  if (options.statement != "-" && options.statement_file != "-" && isatty(STDIN_FILENO) == 1) return std::string();
  auto text = ReadAll("/dev/stdin");
  if (text && text->find_first_not_of(" \t\r\n") == std::string::npos) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "no SQL on standard input; give it as an argument, by --file, or by a pipe");
  }
  return text;
}

int RunQuery(const QueryOptions& options, CancelToken& cancel) {
  const auto statement = FindStatement(options);
  if (!statement) return ReportError(statement.error());
  const StatementOptions statement_options{*ParseOutputFormat(options.output), options.output_file};
  if (statement_options.format == OutputFormat::kParquet && options.output_file.empty()) {
    fmt::print(stderr, "opentrail: --output parquet needs --output-file NAME.parquet\n");
    return kExitUsage;
  }
  auto engine = OpenEngine(options.logs, options.tables, options.deduplicate);
  if (!engine) return ReportError(engine.error());
  if (statement->empty()) return RunPrompt(**engine, statement_options, cancel);
  if (options.output_file.empty() || statement_options.format == OutputFormat::kParquet) {
    return RunStatement(**engine, *statement, statement_options, stdout, cancel);
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(options.output_file.c_str(), "wb"),
                                                             std::fclose);
  if (!file) return ReportError({ErrorCode::kIo, fmt::format("{}: cannot be written", options.output_file)});
  return RunStatement(**engine, *statement, statement_options, file.get(), cancel);
}

}  // namespace

void AddQuery(CLI::App& program, CancelToken& cancel, int& exit_code) {
  auto options = std::make_shared<QueryOptions>();  // shared: it must live as long as the verb's callback
  CLI::App* verb = program.add_subcommand("query", "Ask Athena SQL of CloudTrail logs");
  verb->footer(kFooter);
  verb->add_option("SQL", options->statement, "One statement; '-' reads it from standard input");
  AddLogOptions(*verb, options->logs);
  verb->add_option("-f,--file", options->statement_file, "Read the statement from a file")->type_name("FILE");
  verb->add_option("-o,--output", options->output, "table, csv, json, jsonl or parquet")
      ->check(CLI::IsMember({"table", "csv", "json", "jsonl", "parquet"}))
      ->capture_default_str();
  verb->add_option("--output-file", options->output_file, "Write the result there instead of to standard output")
      ->type_name("FILE");
  verb->add_option("--table", options->tables,
                   "A further name for the table, NAME or DATABASE.NAME; may be given several times")
      ->type_name("NAME")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb->add_flag("--dedup", options->deduplicate, "Count an event that was delivered twice once");
  verb->callback([options, &cancel, &exit_code] {
    options->tables.insert(options->tables.begin(), "cloudtrail_logs");
    exit_code = RunQuery(*options, cancel);
  });
}

}  // namespace opentrail::cli
