#include "cli/journal.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/server_state.h"
#include "cli/statement.h"
#include "cli/terminal.h"
#include "store/journal.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
One record a line, JSON, in the order in which they became durable. Also while a server runs over the directory: all that
was there when it began.

Examples
  opentrail journal | jq -r '[.eventTime, .eventName, .userIdentity.arn] | @tsv'
  opentrail journal --after 100000 > newer.jsonl      all but the first 100,000)";

constexpr int64_t kEntriesBetweenLooks = 1024;  // at Ctrl-C, and for the progress line

struct JournalOptions {
  std::string data = DefaultDataDirectory();
  int64_t after = 0;
};

// As it is for programs; on a terminal, with nothing that could act on it.
std::error_code Write(std::string_view record) {
  static const bool is_terminal = IsTerminal(stdout);
  const std::string printable = is_terminal ? PrintableJson(record) : std::string();
  if (is_terminal) record = printable;
  const bool written =
      std::fwrite(record.data(), 1, record.size(), stdout) == record.size() && std::fputc('\n', stdout) != EOF;
  return written ? std::error_code() : std::error_code(errno, std::generic_category());
}

int PrintJournal(store::Connection& account, int64_t after, const CancelToken& cancel) {
  const int64_t last = store::LastJournalEntry(account);
  logs::ScanStatistics statistics;
  Progress progress(statistics);
  uint64_t bytes = 0;
  for (store::JournalRows rows(account, after, last); rows.Next();) {
    const store::JournalRecord& entry = rows.entry();
    if (const std::error_code failure = Write(entry.record)) {
      progress.Finish();
      return ReportUnwritten(failure);
    }
    bytes += entry.record.size();
    if (entry.seq % kEntriesBetweenLooks != 0) continue;
    if (cancel.IsCancelled()) return ReportError({ErrorCode::kCancelled, "cancelled"});
    const auto done = static_cast<uint64_t>(entry.seq - after);
    statistics.events = done;
    statistics.bytes_done = bytes;
    statistics.bytes_total = bytes / done * static_cast<uint64_t>(last - after);  // where the others are as long
  }
  progress.Finish();
  if (const int code = WriteReport(""); code != kExitOk) return code;
  return account.status() ? kExitOk : ReportError(account.status().error());
}

int RunJournal(const JournalOptions& options, const CancelToken& cancel) {
  const std::string file = options.data + "/account.db";
  auto account = store::Connection::Open(file, store::OpenMode::kReadOnly);
  if (!account) {
    return ReportError({ErrorCode::kNotFound, fmt::format("{}; --data names a directory that `opentrail serve` made",
                                                          account.error().message)});
  }
  return PrintJournal(*account, options.after, cancel);
}

}  // namespace

void AddJournal(CLI::App& program, CancelToken& cancel, int& exit_code) {
  auto options = std::make_shared<JournalOptions>();  // shared: it must live as long as the callback
  CLI::App* verb = program.add_subcommand("journal", "Print every record of the account's audit journal");
  verb->footer(kFooter);
  verb->add_option("--data", options->data, "The directory that holds the account")->capture_default_str();
  verb->add_option("--after", options->after, "Leave out so many from the beginning")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->callback([options, &cancel, &exit_code] { exit_code = RunJournal(*options, cancel); });
}

}  // namespace opentrail::cli
