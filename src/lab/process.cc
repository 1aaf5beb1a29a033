#include "lab/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include <fmt/format.h>

namespace opentrail::lab {
namespace {

constexpr auto kLookPause = std::chrono::milliseconds(20);

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// In the child of a process that may have threads: system calls only.
[[noreturn]] void Become(char* const* arguments, char* const* environment, int log, const ProcessOptions& options) {
  setsid();
  if (options.ends_with_us) prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0 ||
      (!options.directory.empty() && chdir(options.directory.c_str()) != 0)) {
    _exit(127);
  }
  close_range(STDERR_FILENO + 1, ~0U, 0);
  signal(SIGPIPE, SIG_DFL);
  execvpe(arguments[0], arguments, environment);
  _exit(127);
}

}  // namespace

Result<pid_t> StartProcess(const std::vector<std::string>& command, const ProcessOptions& options) {
  const int log = open(options.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return MakeError(ErrorCode::kIo, "{}: {}", options.log, std::strerror(errno));
  std::vector<std::string> words = command, settings;
  for (const auto& [name, value] : options.environment) settings.push_back(fmt::format("{}={}", name, value));
  const std::vector<char*> arguments = Pointers(words), environment = Pointers(settings);
  const pid_t child = fork();
  if (child == 0) Become(arguments.data(), settings.empty() ? environ : environment.data(), log, options);
  close(log);
  if (child < 0) return MakeError(ErrorCode::kIo, "a process cannot be started: {}", std::strerror(errno));
  return child;
}

bool HasEnded(pid_t child) {
  siginfo_t ended{};
  return waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == child;
}

bool IsProcessOf(pid_t process, std::string_view directory) {
  if (process <= 0) return false;
  std::ifstream status(fmt::format("/proc/{}/stat", process));
  const std::string text{std::istreambuf_iterator<char>(status), {}};
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || text.substr(name_end).starts_with(") Z")) return false;
  std::ifstream arguments(fmt::format("/proc/{}/cmdline", process), std::ios::binary);
  for (std::string word; std::getline(arguments, word, '\0');) {
    if (word == directory) return true;
  }
  return false;
}

void EndProcess(pid_t process, std::string_view directory, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool is_killed = false;
  if (IsProcessOf(process, directory)) kill(process, SIGTERM);
  while (IsProcessOf(process, directory)) {
    if (!is_killed && std::chrono::steady_clock::now() > deadline) is_killed = kill(process, SIGKILL) == 0;
    std::this_thread::sleep_for(kLookPause);
  }
  waitpid(process, nullptr, WNOHANG);  // where it is our own child
}

bool IsOnPath(std::string_view program) {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string directory; std::getline(directories, directory, ':');) {
    if (access(fmt::format("{}/{}", directory, program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace opentrail::lab
