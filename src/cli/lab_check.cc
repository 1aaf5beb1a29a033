#include "cli/lab_check.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "cli/exit_code.h"
#include "cli/server_state.h"
#include "cli/statement.h"
#include "cli/terminal.h"
#include "codec/json_value.h"
#include "lab/check.h"

namespace opentrail::cli {
namespace {

// On a terminal; an empty line leaves it open.
void AskFor(lab::Answers& answers) {
  if (!IsTerminal(stdin) || !IsTerminal(stdout)) return;
  for (const auto& [question, answer] :
       {std::pair{"Which IAM user opened port 22 to everybody?", &answers.user},
        std::pair{"When, to the second (2026-11-29T15:40:12Z)?", &answers.time},
        std::pair{"From which address?", &answers.address}, std::pair{"By console, or by program?", &answers.method}}) {
    if (!answer->empty()) continue;
    fmt::print("{} ", question);
    std::fflush(stdout);
    if (!std::getline(std::cin, *answer)) return;
  }
}

void PrintTable(const std::vector<lab::Finding>& findings, size_t done) {
  for (const lab::Finding& finding : findings) {
    fmt::print("  {}  {:<9}  {}\n", finding.is_done ? "done" : "open", finding.task, Printable(finding.what));
    if (!finding.is_done) fmt::print("        {:<9}    {}\n", "", Printable(finding.hint));
  }
  fmt::print("\n{} of {} done.{}\n", done, findings.size(),
             done == findings.size() ? " The Café is safe, and everyone relieved." : "");
}

void PrintJson(const std::vector<lab::Finding>& findings, size_t done) {
  Value list = Value::List();
  for (const lab::Finding& finding : findings) list.Append(ToValue(finding));
  const Value value = Value::Object({{"done", static_cast<int64_t>(done)},
                                     {"of", static_cast<int64_t>(findings.size())},
                                     {"findings", std::move(list)}});
  fmt::print("{}\n", codec::WriteJson(value));
}

}  // namespace

int RunLabCheck(const LabCheckOptions& options) {
  const auto lab = lab::ReadLabState(options.data);
  if (!lab) return ReportError(lab.error());
  const auto server = ReadServerState(options.data);
  if (!server) return ReportError({ErrorCode::kNotFound, "the lab does not run; go on with it: opentrail lab up"});
  lab::Answers answers = lab::RememberAnswers(options.data, options.answers);
  if (!options.is_json) {
    AskFor(answers);
    answers = lab::RememberAnswers(options.data, answers);
  }
  SystemClock clock;
  lab::AccountClient account(server->port, lab->keeper, clock);
  const std::vector<lab::Finding> findings = lab::CheckLab(account, options.data, *lab, answers);
  const auto done = static_cast<size_t>(std::ranges::count_if(findings, &lab::Finding::is_done));
  options.is_json ? PrintJson(findings, done) : PrintTable(findings, done);
  return done == findings.size() ? kExitOk : kExitFailed;
}

}  // namespace opentrail::cli
