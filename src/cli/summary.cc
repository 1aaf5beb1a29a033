#include "cli/summary.h"

#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/log_options.h"
#include "cli/progress.h"
#include "cli/statement.h"
#include "cli/summary_report.h"
#include "investigate/summary.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  opentrail summary --logs AWSLogs
  opentrail summary --logs AWSLogs --top 50 --output json | jq .users
Every number counts an event once, however often it was delivered.)";

struct SummaryVerbOptions {
  LogOptions logs;
  std::string output = "table";
  uint32_t top = 10;
};

int RunSummary(const SummaryVerbOptions& options, const CancelToken& cancel) {
  auto engine = OpenEngine(options.logs, {.names = {"cloudtrail_logs"}, .deduplicate = true});
  if (!engine) return ReportError(engine.error());
  Progress progress((*engine)->Statistics());
  investigate::SummaryOptions summary_options;
  summary_options.top = options.top;
  const auto summary = investigate::Summarize(**engine, NewSession(), summary_options, cancel);
  progress.Finish();
  if (!summary) return ReportError(summary.error());
  const std::string report = options.output == "json" ? SummaryJson(*summary) : SummaryTable(*summary);
  if (const int code = WriteReport(report); code != kExitOk) return code;
  return ReportFaults((*engine)->Statistics());
}

}  // namespace

void AddSummary(CLI::App& program, CancelToken& cancel, int& exit_code) {
  auto options = std::make_shared<SummaryVerbOptions>();  // shared: it must live as long as the verb's callback
  CLI::App* verb = program.add_subcommand("summary", "What these logs are: who, where, when, what changed");
  verb->footer(kFooter);
  AddLogOptions(*verb, options->logs);
  verb->add_option("-o,--output", options->output, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  verb->add_option("--top", options->top, "Entries of each ranking")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  verb->callback([options, &cancel, &exit_code] { exit_code = RunSummary(*options, cancel); });
}

}  // namespace opentrail::cli
