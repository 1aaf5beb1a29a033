#include "cli/instance.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/instance_forward.h"
#include "cli/instance_reach.h"
#include "cli/instance_record.h"
#include "cli/program_directory.h"
#include "cli/server_state.h"
#include "cli/statement.h"
#include "instances/console_log.h"
#include "instances/disk_file.h"
#include "instances/image.h"
#include "instances/launcher_process.h"

namespace opentrail::cli {
namespace {

constexpr const char* kFooter = R"(
Examples
  opentrail instance ssh "Cafe Web Server" -i labsuser.pem       a shell on it, as ec2-user
  opentrail instance ssh i-0abc... -i labsuser.pem -- who         a command on it
  opentrail instance forward i-0abc... 80 --local-port 8080       its website, for a browser that does not reach it
  opentrail instance console i-0abc...                            what it wrote to its console
  opentrail instance logs i-0abc... audit                         its audit log, from its disk
  opentrail instance image build                                  what the first launch would build

An instance is named by its id, or by its tag Name.)";

struct LogFile {
  std::string_view name;
  const char* path;
};
constexpr LogFile kLogs[] = {{"audit", "var/log/audit/audit.log"},
                             {"web", "var/log/nginx/access.log"},
                             {"web-errors", "var/log/nginx/error.log"},
                             {"user-data", "var/log/cloud-init-output.log"}};

struct InstanceOptions {
  std::string data = DefaultDataDirectory();
  std::string instance, identity, user = "ec2-user", log = "audit";
  std::vector<std::string> command;
  uint16_t port = 80, local_port = 0;
};

int RunSsh(const InstanceOptions& options) {
  const auto instance = FindInstance(options.data, options.instance);
  if (!instance) return ReportError(instance.error());
  const std::string& address = instance->public_address;
  if (address.empty())
    return ReportError({ErrorCode::kNotFound, fmt::format("{} has no public address", instance->id)});
  // Addresses are used again; host keys are the instance's.
  std::vector<std::string> words = {"ssh",
                                    "-o",
                                    "HostKeyAlias=" + instance->id,
                                    "-o",
                                    fmt::format("UserKnownHostsFile=\"{}/instances/known_hosts\"", options.data),
                                    "-o",
                                    "StrictHostKeyChecking=accept-new"};
  if (!options.identity.empty()) words.insert(words.end(), {"-i", options.identity, "-o", "IdentitiesOnly=yes"});
  words.push_back(options.user + "@" + address);
  words.insert(words.end(), options.command.begin(), options.command.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  if (const Status reached = ReachInstances(options.data); !reached) return ReportError(reached.error());
  execvp("ssh", arguments.data());
  return ReportError(
      {ErrorCode::kNotFound, fmt::format("ssh cannot be run ({}); apt-get install openssh-client", strerror(errno))});
}

int RunForward(const InstanceOptions& options, const CancelToken& cancel) {
  const auto instance = FindInstance(options.data, options.instance);
  if (!instance) return ReportError(instance.error());
  if (instance->public_address.empty())
    return ReportError({ErrorCode::kNotFound, fmt::format("{} has no public address", instance->id)});
  const Status done = ForwardToInstance({.data = options.data,
                                         .address = instance->public_address,
                                         .port = options.port,
                                         .local_port = options.local_port},
                                        cancel);
  return done ? kExitOk : ReportError(done.error());
}

int Print(const Result<std::string>& bytes) {
  if (!bytes) return ReportError(bytes.error());
  fwrite(bytes->data(), 1, bytes->size(), stdout);
  return kExitOk;
}

int RunConsole(const InstanceOptions& options) {
  const auto instance = FindInstance(options.data, options.instance);
  if (!instance) return ReportError(instance.error());
  return Print(instances::ReadConsole(instances::ConsoleFile(options.data, instance->id)));
}

int RunLogs(const InstanceOptions& options) {
  const auto instance = FindInstance(options.data, options.instance);
  if (!instance) return ReportError(instance.error());
  for (const LogFile& log : kLogs) {
    if (log.name == options.log) return Print(instances::ReadDiskFile(options.data, instance->id, log.path));
  }
  return ReportError({ErrorCode::kInvalidArgument,
                      fmt::format("no log {}; there are audit, web, web-errors and user-data", options.log)});
}

int RunImageBuild() {
  if (const Status built = BuildInstanceImage(); !built) return ReportError(built.error());
  fmt::print("{}\n", instances::Image(instances::DefaultImageDirectory()).directory());
  return kExitOk;
}

CLI::App* AddVerb(CLI::App& noun, const std::shared_ptr<InstanceOptions>& options, const char* name, const char* help) {
  CLI::App* verb = noun.add_subcommand(name, help);
  verb->add_option("instance", options->instance, "Its id, or its tag Name")->required();
  verb->add_option("--data", options->data, "The directory that holds the account")->capture_default_str();
  return verb;
}

}  // namespace

Status BuildInstanceImage() {
  const auto say = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  instances::Image image(instances::DefaultImageDirectory());
  const instances::LevelFinding level = instances::FindLevel();
  const auto unpack = [&](const std::string& archive, const std::string& directory) -> Status {
    if (level.level == instances::Level::kRoot) return instances::UnpackImage(archive, directory);
    if (level.level == instances::Level::kNone) return MakeError(ErrorCode::kUnsupported, "{}", level.reason);
    auto launcher = instances::LauncherProcess::Start({.data_directory = instances::DefaultImageDirectory(),
                                                       .program_directory = ProgramDirectory(),
                                                       .level = level.level});
    if (!launcher) return std::unexpected(launcher.error());
    auto done = (*launcher)->Call("unpack_image", Value::Object({{"archive", archive}, {"directory", directory}}));
    if (!done) return std::unexpected(done.error());
    return {};
  };
  return image.Ensure(say, unpack);
}

void AddInstance(CLI::App& program, CancelToken& cancel, int& exit_code) {
  auto options = std::make_shared<InstanceOptions>();  // shared: it must live as long as the verbs' callbacks
  CLI::App* noun = program.add_subcommand("instance", "Look into EC2 instances: ssh, console, logs; their image");
  noun->footer(kFooter);
  noun->require_subcommand(1);
  CLI::App* ssh = AddVerb(*noun, options, "ssh", "A shell, or a command, over SSH");
  ssh->add_option("-i,--identity", options->identity, "The private key, as create-key-pair gave it");
  ssh->add_option("--user", options->user, "Who to be there")->capture_default_str();
  ssh->add_option("command", options->command, "After --: what to run");
  ssh->callback([options, &exit_code] { exit_code = RunSsh(*options); });
  CLI::App* forward = AddVerb(*noun, options, "forward", "Lead a port of this machine's loopback to one of its");
  forward->add_option("port", options->port, "The instance's port")->capture_default_str()->check(CLI::Range(1, 65535));
  forward->add_option("--local-port", options->local_port, "On 127.0.0.1; 0: any free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  forward->callback([options, &cancel, &exit_code] { exit_code = RunForward(*options, cancel); });
  AddVerb(*noun, options, "console", "What it wrote to its console: the last 64 KiB")->callback([options, &exit_code] {
    exit_code = RunConsole(*options);
  });
  CLI::App* logs = AddVerb(*noun, options, "logs", "A log file from its disk");
  logs->add_option("log", options->log, "audit, web, web-errors or user-data")->capture_default_str();
  logs->callback([options, &exit_code] { exit_code = RunLogs(*options); });
  CLI::App* image = noun->add_subcommand("image", "The image that instances start from");
  image->require_subcommand(1);
  image->add_subcommand("build", "Build it, where it is missing")->callback([&exit_code] {
    exit_code = RunImageBuild();
  });
}

}  // namespace opentrail::cli
