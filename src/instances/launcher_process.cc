#include "instances/launcher_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "instances/child_process.h"
#include "instances/launcher/wire.h"
#include "instances/subordinate_ids.h"

namespace opentrail::instances {
namespace {

constexpr int kStartWaitMs = 10'000;

std::unexpected<Error> Failure(const char* what) {
  return MakeError(ErrorCode::kIo, "{}: {}", what, std::strerror(errno));
}

// What the child waits for before it goes on: its ids in the new user namespace, which only its parent can set.
struct Gate {
  FileDescriptor entered_read, entered_write;  // the child is in its namespace
  FileDescriptor mapped_read, mapped_write;    // the parent has mapped its ids
};

Result<Gate> MakeGate() {
  int entered[2], mapped[2];
  if (pipe2(entered, O_CLOEXEC) != 0) return Failure("a pipe");
  Gate gate;
  gate.entered_read.Reset(entered[0]);
  gate.entered_write.Reset(entered[1]);
  if (pipe2(mapped, O_CLOEXEC) != 0) return Failure("a pipe");
  gate.mapped_read.Reset(mapped[0]);
  gate.mapped_write.Reset(mapped[1]);
  return gate;
}

// In the child of a process with threads: system calls only.
[[noreturn]] void BecomeLauncher(char* const* arguments, int socket, const Gate* gate) {
  fcntl(socket, F_SETFD, 0);
  if (gate != nullptr) {
    char byte = 0;
    if (unshare(CLONE_NEWUSER) != 0 || write(gate->entered_write.get(), &byte, 1) != 1 ||
        read(gate->mapped_read.get(), &byte, 1) != 1) {
      _exit(1);
    }
  }
  execv(arguments[0], arguments);
  _exit(127);
}

Status MapIds(pid_t child) {
  const struct {
    const char* program;
    const char* file;
    unsigned own;
  } maps[] = {{"newuidmap", "/etc/subuid", getuid()}, {"newgidmap", "/etc/subgid", getgid()}};
  for (const auto& map : maps) {
    const auto others = FindSubordinateIds(map.file, CurrentUserName(), getuid());
    if (!others) return MakeError(ErrorCode::kUnsupported, "{} has no ids for this user", map.file);
    const Status mapped = RunProgram({map.program, std::to_string(child), "0", std::to_string(map.own), "1", "1",
                                      std::to_string(others->first), std::to_string(kSubordinateIds)},
                                     [](std::string_view) {});
    if (!mapped) return mapped;
  }
  return {};
}

Status LetThrough(pid_t child, Gate& gate) {
  char byte = 0;
  gate.entered_write.Reset();
  if (read(gate.entered_read.get(), &byte, 1) != 1)
    return MakeError(ErrorCode::kUnsupported, "the kernel gives this user no user namespace");
  if (const Status mapped = MapIds(child); !mapped) return mapped;
  if (write(gate.mapped_write.get(), &byte, 1) != 1) return Failure("the launcher");
  return {};
}

// The launcher's first message: that it is ready, or why it cannot be.
Status AwaitHello(int socket) {
  pollfd event{.fd = socket, .events = POLLIN};
  if (poll(&event, 1, kStartWaitMs) <= 0) return MakeError(ErrorCode::kIo, "the launcher does not come up");
  auto hello = ReceiveMessage(socket);
  if (!hello) return std::unexpected(hello.error());
  if (!*hello) return MakeError(ErrorCode::kIo, "the launcher ended at once; is opentrail-launcher beside opentrail?");
  if ((*hello)->value.Has("error"))
    return MakeError(ErrorCode::kUnsupported, "the launcher: {}", (*hello)->value["error"].Text());
  return {};
}

}  // namespace

Result<std::unique_ptr<LauncherProcess>> LauncherProcess::Start(const LauncherProcessOptions& options) {
  auto connection = MakeConnection();
  if (!connection) return std::unexpected(connection.error());
  auto gate = MakeGate();
  if (!gate) return std::unexpected(gate.error());
  const bool rootless = options.level == Level::kUserNamespace;
  std::vector<std::string> words = {options.program_directory + "/opentrail-launcher",
                                    std::to_string(connection->second.get()),
                                    options.program_directory + "/opentrail-init", options.data_directory};
  if (rootless) words.push_back("--rootless");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) return Failure("the launcher's process");
  if (child == 0) BecomeLauncher(arguments.data(), connection->second.get(), rootless ? &*gate : nullptr);
  connection->second.Reset();
  Status started = rootless ? LetThrough(child, *gate) : Status();
  if (started) started = AwaitHello(connection->first.get());
  if (!started) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    return std::unexpected(started.error());
  }
  return std::unique_ptr<LauncherProcess>(new LauncherProcess(child, std::move(connection->first)));
}

LauncherProcess::~LauncherProcess() {
  socket_.Reset();
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool LauncherProcess::IsAlive() const {
  siginfo_t ended{};
  return waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0;
}

Result<LauncherChannel::Answer> LauncherProcess::Call(std::string_view operation, const Value& arguments,
                                                      const std::vector<int>& descriptors) {
  const std::lock_guard lock(mutex_);
  const Status sent =
      SendMessage(socket_.get(), Value::Object({{"operation", operation}, {"arguments", arguments}}), descriptors);
  if (!sent) return std::unexpected(sent.error());
  auto message = ReceiveMessage(socket_.get());
  if (!message) return std::unexpected(message.error());
  if (!*message) return MakeError(ErrorCode::kIo, "the launcher has ended");
  Value& value = (*message)->value;
  if (value.Has("error")) {
    const auto code = static_cast<ErrorCode>(value["code"].Integer(static_cast<int64_t>(ErrorCode::kInternal)));
    return MakeError(code, "{}", value["error"].Text());
  }
  return Answer{value["value"], std::move((*message)->descriptors)};
}

}  // namespace opentrail::instances
