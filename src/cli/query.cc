#include "cli/query.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/ddl_tables.h"
#include "cli/event_data_stores.h"
#include "cli/exit_code.h"
#include "cli/log_options.h"
#include "cli/prompt.h"
#include "cli/statement.h"
#include "cli/storage.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  opentrail query --logs AWSLogs "SELECT eventname, count(*) AS n FROM cloudtrail_logs GROUP BY 1 ORDER BY n DESC LIMIT 10"
  opentrail query --logs AWSLogs --output csv --file who.sql > who.csv
  opentrail query --logs a --logs b.json.gz --table security.trail "SELECT * FROM security.trail LIMIT 5"
  opentrail query --logs s3://trail-bucket/AWSLogs/111122223333/CloudTrail/ --profile audit "SELECT ..."
  opentrail query --lake --logs AWSLogs "SELECT eventName FROM $EDS_ID WHERE eventTime > '2026-11-01 00:00:00'"
  opentrail query --ddl tables.sql --database security "SELECT * FROM vpc_flow_logs LIMIT 5"
  opentrail query --logs AWSLogs                      a prompt; .help explains it
The SQL is Athena's (engine version 3). Hidden columns: "$path", account, region, year, month, day.)";

struct QueryOptions {
  LogOptions logs;
  std::string statement;
  std::string statement_file;
  std::string output = "table";
  std::string output_file;
  std::vector<std::string> tables;
  std::vector<std::string> ddl_files;
  std::string database = "default";
  bool deduplicate = false;
  bool lake = false;
};

Result<std::string> ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  const bool is_empty = file && file.peek() == std::ifstream::traits_type::eof();  // which rdbuf takes for a failure
  if (!is_empty && (!file || !(text << file.rdbuf()))) return MakeError(ErrorCode::kIo, "{}: cannot be read", path);
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

// The tables that the files of --ddl declare.
Status AddDeclaredTables(const QueryOptions& options, engine::Engine& engine) {
  const auto source = MakeSource({.strict = true, .limits = options.logs.limits});
  if (!source) return std::unexpected(source.error());
  auto storage = std::make_shared<Storage>(options.logs.s3);  // shared: by the stores of all tables
  const StoreMaker make = [storage](const std::string& location) {
    return storage->Open(location, logs::NameRule::kAll);
  };
  DdlOptions ddl{options.database, *source, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
  for (const std::string& file : options.ddl_files) {
    const auto text = ReadAll(file);
    if (!text) return std::unexpected(text.error());
    auto tables = TablesOf(*text, std::filesystem::path(file).parent_path().string(), ddl, make);
    if (!tables) return MakeError(tables.error().code, "{}: {}", file, tables.error().message);
    for (engine::BoundTable& table : *tables) {
      if (Status added = engine.AddTable(std::move(table)); !added) return added;
    }
  }
  return {};
}

// Under --lake, the ids of event data stores, all of them the logs; nullptr: ids are no tables.
Result<std::unique_ptr<EventDataStores>> EventDataStoresOf(const QueryOptions& options) {
  if (!options.lake || options.logs.roots.empty()) return nullptr;
  const auto source = MakeSource(options.logs);
  if (!source) return std::unexpected(source.error());
  return std::make_unique<EventDataStores>(*source, options.deduplicate);
}

int RunQuery(const QueryOptions& options, CancelToken& cancel) {
  if (options.logs.roots.empty() && options.ddl_files.empty()) {
    fmt::print(stderr, "opentrail: --logs PATH or --ddl FILE is needed: what to ask\n");
    return kExitUsage;
  }
  const auto statement = FindStatement(options);
  if (!statement) return ReportError(statement.error());
  const sql::Dialect dialect = options.lake ? sql::Dialect::kLake : sql::Dialect::kAthena;
  const StatementOptions statement_options{*ParseOutputFormat(options.output), options.output_file, options.database,
                                           dialect};
  if (statement_options.format == OutputFormat::kParquet && options.output_file.empty()) {
    fmt::print(stderr, "opentrail: --output parquet needs --output-file NAME.parquet\n");
    return kExitUsage;
  }
  LogTable table{{}, options.deduplicate, dialect};
  if (!options.logs.roots.empty()) table.names = options.tables;
  const auto stores = EventDataStoresOf(options);  // before the engine, which asks it
  if (!stores) return ReportError(stores.error());
  auto engine = OpenEngine(options.logs, table);
  if (!engine) return ReportError(engine.error());
  (*engine)->SetTableSource(stores->get());
  if (Status added = AddDeclaredTables(options, **engine); !added) return ReportError(added.error());
  if (statement->empty()) return RunPrompt(**engine, statement_options, cancel);
  if (options.output_file.empty() || statement_options.format == OutputFormat::kParquet) {
    return RunStatement(**engine, *statement, statement_options, stdout, cancel);
  }
  // What stands there stays until there is a result: a wrong statement costs nobody the last one.
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(options.output_file.c_str(), "ab"),
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
  AddLogOptions(*verb, options->logs, LogsNeed::kOptional);
  verb->add_option("--ddl", options->ddl_files,
                   "Declare the tables of a file of CREATE EXTERNAL TABLE statements; may be given several times")
      ->type_name("FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb->add_option("--database", options->database, "The database of names without one")->capture_default_str();
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
  verb->add_flag("--lake", options->lake,
                 "CloudTrail Lake's SQL and columns; FROM takes the id of any event data store for the logs");
  verb->callback([options, &cancel, &exit_code] {
    options->tables.insert(options->tables.begin(), "cloudtrail_logs");
    exit_code = RunQuery(*options, cancel);
  });
}

}  // namespace opentrail::cli
