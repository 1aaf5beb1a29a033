#include "cli/internet.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/server_state.h"
#include "cli/statement.h"
#include "instances/internet_socket.h"
#include "instances/network_plan.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  opentrail internet --address 203.0.113.66 -- curl http://198.51.100.7/cafe/       does the security group let her in?
  opentrail internet --address 192.0.2.9 -- ssh ec2-user@198.51.100.7
  opentrail internet --address 192.0.2.9 -- aws ec2 describe-instances      recorded with that source address

The command runs on a host of its own on the internet that instances see: it has that address, reaches what has a public
address and the AWS endpoints, and nothing else. The aws CLI finds them by HTTPS_PROXY; its keys are the environment's. The
host goes when the command ends, and the command when the server ends.)";

constexpr int kSignalExit = 128;  // as a shell has it

struct InternetOptions {
  std::string data = DefaultDataDirectory();
  std::string address;
  std::vector<std::string> command;
};

[[noreturn]] void BecomeCommand(const InternetOptions& options, const instances::InternetGuest& guest) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (const Status entered = instances::EnterHost(guest); !entered) {
    _exit(ReportError(entered.error()));
  }
  setenv("HTTPS_PROXY", fmt::format("http://{}:80", instances::kEndpointAddress.Text()).c_str(), 1);
  unsetenv("https_proxy");
  setenv("AWS_CA_BUNDLE", (options.data + "/tls/ca.pem").c_str(), 1);
  setenv("AWS_EC2_METADATA_DISABLED", "true", 0);
  std::vector<char*> arguments;
  for (const std::string& word : options.command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  signal(SIGPIPE, SIG_DFL);
  execvp(arguments[0], arguments.data());
  _exit(ReportError({ErrorCode::kNotFound, fmt::format("{} cannot be run: {}", options.command[0], strerror(errno))}));
}

// Until the command has ended. It is asked to where the server ends, or somebody asks us.
int Await(pid_t command, const instances::InternetGuest& guest, const CancelToken& cancel) {
  constexpr int kLookMs = 100;
  const auto process = static_cast<int>(syscall(SYS_pidfd_open, command, 0));
  bool is_asked = false;
  int status = 0;
  while (waitpid(command, &status, WNOHANG) == 0) {
    pollfd events[] = {{.fd = process, .events = POLLIN},
                       {.fd = is_asked ? -1 : guest.connection.get(), .events = POLLIN}};
    poll(events, std::size(events), kLookMs);
    if (!is_asked && (cancel.IsCancelled() || events[1].revents != 0)) is_asked = kill(command, SIGTERM) == 0;
  }
  close(process);
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalExit + WTERMSIG(status);
}

int RunInternet(const InternetOptions& options, const CancelToken& cancel) {
  const std::string data = std::filesystem::absolute(options.data);
  const auto server = ReadServerState(data);
  if (!server) return ReportError(server.error());
  const auto guest = instances::JoinInternet(data, options.address);
  if (!guest) return ReportError(guest.error());
  const pid_t command = fork();
  if (command == 0) BecomeCommand({data, options.address, options.command}, *guest);
  if (command < 0) return ReportError({ErrorCode::kIo, fmt::format("a process: {}", strerror(errno))});
  return Await(command, *guest, cancel);
}

}  // namespace

void AddInternet(CLI::App& program, CancelToken& cancel, int& exit_code) {
  auto options = std::make_shared<InternetOptions>();  // shared: it must live as long as the verb's callback
  CLI::App* verb =
      program.add_subcommand("internet", "Run a command as somebody else on the internet of the instances");
  verb->footer(kFooter);
  verb->add_option("--data", options->data, "The directory that holds the account")->capture_default_str();
  verb->add_option("--address", options->address,
                   "Whose address to have; one of nobody's, such as 203.0.113.66. Where an ordinary user runs the "
                   "server, this machine's own otherwise")
      ->default_val(std::string(instances::kOwnMachine));
  verb->add_option("command", options->command, "After --: what to run")->required();
  verb->callback([options, &cancel, &exit_code] { exit_code = RunInternet(*options, cancel); });
}

}  // namespace opentrail::cli
