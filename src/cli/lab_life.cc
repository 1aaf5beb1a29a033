#include "cli/lab_life.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/random.h"
#include "cli/aws_profile.h"
#include "cli/instance.h"
#include "cli/program_directory.h"
#include "cli/server_state.h"
#include "instances/launcher_process.h"
#include "instances/level.h"
#include "lab/account_client.h"
#include "lab/cafe.h"
#include "lab/process.h"

namespace opentrail::cli {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kEndPatience = std::chrono::seconds(40);  // instances are powered off meanwhile
constexpr auto kPause = std::chrono::milliseconds(50);

void Say(std::string_view line) { fmt::print(stderr, "==> {}\n", line); }

uint64_t NewSeed() {
  SystemRandom random;
  uint8_t bytes[8];
  random.Fill(bytes);
  uint64_t seed = 0;
  for (const uint8_t byte : bytes) seed = seed << 8 | byte;
  return seed & lab::kMaxSeed;
}

// Waits for what a process writes once it is ready.
template <typename Read>
auto Await(Read read, pid_t process, const std::string& log, const CancelToken& cancel) -> decltype(read()) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    auto found = read();
    if (found) return found;
    if (cancel.IsCancelled()) return MakeError(ErrorCode::kCancelled, "interrupted");
    if (lab::HasEnded(process) || std::chrono::steady_clock::now() > deadline) {
      std::string said = lab::ReadOwnFile(log).value_or("");
      constexpr size_t kShown = 1000;
      return MakeError(ErrorCode::kIo, "it did not come up; {} says:\n{}", log,
                       said.substr(said.size() - std::min(said.size(), kShown)));
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<ServerState> StartServer(const LabOptions& options, const lab::Draw& draw, const CancelToken& cancel) {
  const std::string log = lab::LabDirectory(options.data) + "/server.log";
  auto process = lab::StartProcess(
      {ProgramDirectory() + "/opentrail", "serve", "--data", options.data, "--port", std::to_string(options.port),
       "--account-id", draw.account_id, "--delivery-interval", fmt::format("{}", options.delivery_interval)},
      {.log = log, .directory = ""});
  if (!process) return std::unexpected(process.error());
  auto server = Await([&] { return ReadServerState(options.data); }, *process, log, cancel);
  // Somebody else has the port that nobody asked for: any other will do.
  if (!server && !options.is_port_chosen && options.port != 0 && !cancel.IsCancelled() && lab::HasEnded(*process)) {
    LabOptions other = options;
    other.port = 0;
    return StartServer(other, draw, cancel);
  }
  return server;
}

Result<sigv4::ClientCredentials> RootCredentials(const std::string& data) {
  const auto text = lab::ReadOwnFile(data + "/root-credentials");
  if (!text) return std::unexpected(text.error());
  auto profiles = ParseAwsConfig(*text);
  if (profiles.empty()) return MakeError(ErrorCode::kCorrupt, "{}/root-credentials has no keys", data);
  ProfileSettings& settings = profiles.begin()->second;
  return sigv4::ClientCredentials{settings["aws_access_key_id"], settings["aws_secret_access_key"], ""};
}

// The account's things, where they are not there yet; else its web server, which starts again with the server.
Status Furnish(const LabOptions& options, const lab::Draw& draw, const ServerState& server, const CancelToken& cancel) {
  SystemClock clock;
  if (auto lab = lab::ReadLabState(options.data)) {
    lab::AccountClient account(server.port, lab->keeper, clock);
    auto address = lab::AwaitWebsite(account, lab->instance_id, "cafe/", cancel);
    if (!address) return std::unexpected(address.error());
    if (*address == lab->public_address) return {};
    lab->public_address = std::move(*address);
    return lab::WriteLabState(options.data, *lab);
  }
  const auto credentials = RootCredentials(options.data);
  if (!credentials) return std::unexpected(credentials.error());
  lab::AccountClient root(server.port, *credentials, clock);
  auto made = lab::BuildCafe(root, draw, options.data, Say, cancel);
  if (!made) return std::unexpected(made.error());
  return lab::WriteLabState(options.data, *made);
}

Status StartKeeper(const LabOptions& options, const ServerState& server, const CancelToken& cancel) {
  if (lab::ReadKeeperState(options.data)) return {};
  const std::string log = lab::LabDirectory(options.data) + "/keeper.log";
  auto process = lab::StartProcess(
      {ProgramDirectory() + "/opentrail", "lab", "keep", "--data", options.data, "--port", std::to_string(server.port)},
      {.log = log, .directory = ""});
  if (!process) return std::unexpected(process.error());
  const auto keeper = Await([&] { return lab::ReadKeeperState(options.data); }, *process, log, cancel);
  return keeper ? Status() : std::unexpected(keeper.error());
}

// Stands in a directory that a lab was begun in, when it was empty or not there: all that is in it is the lab's, and
// goes with it. A directory of another meaning, which has a folder lab, has no such file.
std::string MarkOf(const std::string& data) { return lab::LabDirectory(data) + "/this-is-a-lab"; }

Status CheckDirectory(const std::string& data) {
  std::error_code error;
  if (IsLab(data) || !std::filesystem::exists(data, error) || std::filesystem::is_empty(data, error)) return {};
  return MakeError(ErrorCode::kInvalidArgument,
                   "{} holds something else than a lab, which would be mixed with it; take another --data", data);
}

Status MakeDirectory(const std::string& data) {
  std::error_code error;
  std::filesystem::create_directories(lab::LabDirectory(data), error);
  std::filesystem::permissions(data, std::filesystem::perms::owner_all, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", data, error.message());
  return lab::WriteOwnFile(MarkOf(data), "opentrail lab down removes the directory above, and all that is in it.\n");
}

// A launcher puts right what a killed one left (instances/hosts.h): control groups, the kernel's audit.
void CleanAfterKilledServer(const std::string& data) {
  if (!std::filesystem::exists(data + "/instances/launcher")) return;
  const auto launcher = instances::LauncherProcess::Start(
      {.data_directory = data, .program_directory = ProgramDirectory(), .level = instances::FindLevel().level});
  if (!launcher) Say(launcher.error().message);
}

}  // namespace

bool IsLab(const std::string& data) {
  std::error_code error;
  return std::filesystem::exists(MarkOf(data), error);
}

std::string DefaultLabDirectory() { return DefaultDataDirectory() + "-lab"; }

Status CanHaveLab() {
  const instances::LevelFinding level = instances::FindLevel();
  if (level.level != instances::Level::kRoot) {
    return MakeError(
        ErrorCode::kUnsupported,
        "the lab's web server is a host of this machine that your browser and ssh reach, which takes root{}{}",
        level.reason.empty() ? "" : ": ", level.reason);
  }
  std::string missing;
  for (const auto& [program, package] :
       {std::pair{"aws", "awscli"}, {"ssh", "openssh-client"}, {"sshpass", "sshpass"}, {"python3", "python3"}}) {
    if (!lab::IsOnPath(program)) missing += std::string(" ") + package;
  }
  if (missing.empty()) return {};
  return MakeError(ErrorCode::kUnsupported, "the intruder's tools are missing: apt-get install{}", missing);
}

Status BringLabUp(const LabOptions& options, const CancelToken& cancel) {
  if (const Status can = CanHaveLab(); !can) return can;
  if (const Status free = CheckDirectory(options.data); !free) return free;
  auto lab = lab::ReadLabState(options.data);
  if (!lab) {
    if (const Status cleared = TakeLabDown(options.data); !cleared) return cleared;
  } else if (options.seed && *options.seed != lab->draw.seed) {
    return MakeError(ErrorCode::kInvalidArgument, "a lab of another seed stands in {}; begin anew: opentrail lab reset",
                     options.data);
  }
  if (const Status made = MakeDirectory(options.data); !made) return made;
  if (const Status image = BuildInstanceImage(); !image) return image;
  const lab::Draw draw = lab ? lab->draw : lab::DrawOf(options.seed.value_or(NewSeed()));
  auto server = ReadServerState(options.data);
  if (!server) {
    Say("an AWS account");
    server = StartServer(options, draw, cancel);
  }
  if (!server) return std::unexpected(server.error());
  if (const Status furnished = Furnish(options, draw, *server, cancel); !furnished) return furnished;
  return StartKeeper(options, *server, cancel);
}

Status TakeLabDown(const std::string& data) {
  if (!IsLab(data)) return {};
  if (const auto keeper = lab::ReadKeeperState(data)) {
    lab::EndProcess(static_cast<pid_t>(keeper->pid), data, kEndPatience);
  }
  if (const auto server = ReadServerState(data)) {
    lab::EndProcess(static_cast<pid_t>(server->pid), data, kEndPatience);
  }
  CleanAfterKilledServer(data);
  std::error_code error;
  std::filesystem::remove_all(data, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", data, error.message());
  return {};
}

}  // namespace opentrail::cli
