#include "cli/lookup.h"

#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/history_report.h"
#include "cli/log_options.h"
#include "cli/progress.h"
#include "cli/statement.h"
#include "cli/terminal.h"
#include "codec/timestamp.h"
#include "trail/history_search.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  opentrail lookup --logs AWSLogs --lookup-attributes AttributeKey=EventName,AttributeValue=ConsoleLogin
  opentrail lookup --logs AWSLogs --lookup-attributes AttributeKey=Username,AttributeValue=chaos \
      AttributeKey=ReadOnly,AttributeValue=false --start-time 2026-03-04 --output table
Attribute keys: EventId EventName ReadOnly Username ResourceType ResourceName EventSource AccessKeyId. Values are matched
exactly; several attributes must all match. Newest first; an event that was delivered twice is shown once.)";

struct LookupOptions {
  LogOptions logs;
  std::vector<std::string> attributes;
  std::string start_time;
  std::string end_time;
  std::string output = "json";
  std::optional<uint64_t> max_items;
};

// The report as it is for programs; on a terminal, with nothing of a log that could act on it.
std::string ReportOf(const std::vector<trail::HistoryEvent>& events, const std::string& output) {
  const bool is_terminal = IsTerminal(stdout);
  if (output == "table") return HistoryTable(events);
  const std::string report = output == "text" ? HistoryText(events) : HistoryJson(events);
  if (!is_terminal) return report;
  return output == "text" ? PrintableLines(report) : PrintableJson(report);
}

// "AttributeKey=EventName,AttributeValue=x" as the aws CLI takes it; the value may hold commas.
Result<trail::LookupCondition> ParseAttribute(std::string_view text) {
  constexpr std::string_view kKey = "AttributeKey=";
  constexpr std::string_view kValue = ",AttributeValue=";
  const size_t value_at = text.find(kValue);
  if (!text.starts_with(kKey) || value_at == std::string_view::npos) {
    return MakeError(ErrorCode::kInvalidArgument, "--lookup-attributes {}: write AttributeKey=KEY,AttributeValue=VALUE",
                     text);
  }
  const std::string_view name = text.substr(kKey.size(), value_at - kKey.size());
  const auto key = trail::ParseLookupAttribute(name);
  if (!key) {
    return MakeError(ErrorCode::kInvalidArgument, "--lookup-attributes: no attribute key {}; there are: {}", name,
                     fmt::join(trail::LookupAttributeNames(), ", "));
  }
  return trail::LookupCondition{*key, std::string(text.substr(value_at + kValue.size()))};
}

// Whether text has the form of pattern, where 0 stands for a digit.
bool HasForm(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == '0' ? !is_digit : text[i] != pattern[i]) return false;
  }
  return true;
}

// A date, a time (UTC, or with an offset), or seconds since the epoch -> eventTime's form. `fill` completes a bare
// date.
Result<std::optional<std::string>> ParseTime(std::string_view option, const std::string& text, std::string_view fill) {
  if (text.empty()) return std::nullopt;
  std::string iso = text;
  if (HasForm(text, "0000-00-00")) {
    iso += fmt::format("T{}Z", fill);
  } else if (HasForm(text, "0000-00-00T00:00:00") || HasForm(text, "0000-00-00 00:00:00")) {
    iso = text.substr(0, 10) + "T" + text.substr(11) + "Z";
  }
  if (const auto time = codec::ParseIso8601(iso)) return codec::FormatIso8601(*time);
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr int64_t kYear9999 = 253402300799;
  if (error == std::errc() && end == text.data() + text.size() && seconds >= 0 && seconds <= kYear9999) {
    return codec::FormatIso8601(codec::FromEpochSeconds(static_cast<double>(seconds)));
  }
  return MakeError(ErrorCode::kInvalidArgument, "{} {}: write 2026-03-04, 2026-03-04T12:00:00Z, or seconds since 1970",
                   option, text);
}

Result<trail::HistoryQuery> MakeQuery(const LookupOptions& options) {
  trail::HistoryQuery query;
  for (const std::string& text : options.attributes) {
    auto attribute = ParseAttribute(text);
    if (!attribute) return std::unexpected(attribute.error());
    query.attributes.push_back(std::move(*attribute));
  }
  auto start = ParseTime("--start-time", options.start_time, "00:00:00");
  if (!start) return std::unexpected(start.error());
  auto end = ParseTime("--end-time", options.end_time, "23:59:59");
  if (!end) return std::unexpected(end.error());
  query.start_time = std::move(*start);
  query.end_time = std::move(*end);
  if (query.start_time && query.end_time && *query.start_time > *query.end_time) {
    return MakeError(ErrorCode::kInvalidArgument, "--start-time {} is after --end-time {}", *query.start_time,
                     *query.end_time);
  }
  query.max_items = options.max_items;
  return query;
}

int RunLookup(const LookupOptions& options, const CancelToken& cancel) {
  const auto query = MakeQuery(options);
  if (!query) {
    (void)ReportError(query.error());
    return kExitUsage;
  }
  const auto source = MakeSource(options.logs);
  if (!source) return ReportError(source.error());
  logs::ScanStatistics statistics;
  Progress progress(statistics);
  const auto events = trail::SearchHistory(*source, *query, options.logs.threads, statistics, cancel);
  progress.Finish();
  if (!events) return ReportError(events.error());
  const std::string report = ReportOf(*events, options.output);
  if (const int code = WriteReport(report); code != kExitOk) return code;
  return ReportFaults(statistics);
}

}  // namespace

void AddLookup(CLI::App& program, CancelToken& cancel, int& exit_code) {
  auto options = std::make_shared<LookupOptions>();  // shared: it must live as long as the verb's callback
  CLI::App* verb = program.add_subcommand(
      "lookup", "Find events as `aws cloudtrail lookup-events` does, in any logs and time range");
  verb->footer(kFooter);
  AddLogOptions(*verb, options->logs);
  verb->add_option("--lookup-attributes", options->attributes, "AttributeKey=KEY,AttributeValue=VALUE, one or more")
      ->type_name("ATTRIBUTE")
      ->expected(1, 64);
  verb->add_option("--start-time", options->start_time, "The earliest eventTime: a date, a UTC time, or epoch seconds");
  verb->add_option("--end-time", options->end_time, "The latest eventTime");
  verb->add_option("--max-items", options->max_items, "Only the newest so many")
      ->check(CLI::Range(int64_t{0}, INT64_MAX));
  verb->add_option("-o,--output", options->output, "json, text or table")
      ->check(CLI::IsMember({"json", "text", "table"}))
      ->capture_default_str();
  verb->callback([options, &cancel, &exit_code] { exit_code = RunLookup(*options, cancel); });
}

}  // namespace opentrail::cli
