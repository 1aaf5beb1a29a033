#include <unistd.h>

#include <csignal>
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/cancel.h"
#include "cli/aws.h"
#include "cli/credentials.h"
#include "cli/exit_code.h"
#include "cli/instance.h"
#include "cli/internet.h"
#include "cli/journal.h"
#include "cli/lab.h"
#include "cli/lookup.h"
#include "cli/query.h"
#include "cli/serve.h"
#include "cli/status.h"
#include "cli/summary.h"
#include "cli/terminal.h"

namespace {

// One flag for the process: a signal handler can reach nothing else.
opentrail::CancelToken interrupted;

// The first Ctrl-C asks the work to end; the second one ends the process.
extern "C" void OnInterrupt(int) {
  if (interrupted.IsCancelled()) _exit(opentrail::cli::kExitInterrupted);
  interrupted.Cancel();
}

void CatchInterrupts() {
  struct sigaction action{};
  action.sa_handler = OnInterrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of fwrite, answered with an exit code
}

constexpr const char* kFooter = R"(
Exit codes
  0    answered
  1    refused or failed: a statement in error, a missing folder, a full disk
  2    the command line is wrong
  3    answered, but something in the logs could not be read; standard error tells what
  130  interrupted
  141  what read the output went away (`| head`)

`opentrail VERB --help` shows a verb's options and examples.)";

// "no verb lst; there are: lab, serve, …", where a word stands where a verb should; else empty.
std::string UnknownVerb(const CLI::App& program) {
  const CLI::App* at = &program;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  const auto verbs = at->get_subcommands([](const CLI::App* verb) { return !verb->get_group().empty(); });
  const auto words = program.remaining(true);
  if (verbs.empty() || words.empty() || words.front().starts_with('-')) return {};
  std::vector<std::string> names;
  for (const CLI::App* verb : verbs) names.push_back(verb->get_name());
  return fmt::format("{}: no verb {}; there are: {}", at->get_name(), opentrail::cli::Printable(words.front()),
                     fmt::join(names, ", "));
}

int Run(int argc, char** argv) {
  using namespace opentrail::cli;  // the verbs
  CLI::App program("opentrail: CloudTrail and Athena on your own machine", "opentrail");
  program.set_version_flag("--version", "opentrail 0.1.0");
  program.footer(kFooter);
  program.require_subcommand(1);
  int exit_code = kExitOk;
  AddLab(program, interrupted, exit_code);
  AddServe(program, interrupted, exit_code);
  AddJournal(program, interrupted, exit_code);
  AddAws(program, interrupted, exit_code);
  AddCredentials(program, interrupted, exit_code);
  AddInstance(program, interrupted, exit_code);
  AddInternet(program, interrupted, exit_code);
  AddStatus(program, interrupted, exit_code);
  AddQuery(program, interrupted, exit_code);
  AddLookup(program, interrupted, exit_code);
  AddSummary(program, interrupted, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (const std::string told = UnknownVerb(program); !told.empty() && error.get_exit_code() != 0) {
      fmt::print(stderr, "{}\nRun with --help for more information.\n", told);
      return kExitUsage;
    }
    return program.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  CatchInterrupts();
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "opentrail: a defect of ours: {}\n", error.what());
    return opentrail::cli::kExitFailed;
  }
}
