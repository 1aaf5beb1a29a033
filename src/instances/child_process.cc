#include "instances/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>

#include "instances/file_descriptor.h"

namespace opentrail::instances {
namespace {

constexpr size_t kLastLines = 5;

// posix_spawn's actions, given back at the end.
struct Actions {
  posix_spawn_file_actions_t actions;
  Actions() { posix_spawn_file_actions_init(&actions); }
  ~Actions() { posix_spawn_file_actions_destroy(&actions); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
};

void TakeLines(int pipe, const std::function<void(std::string_view)>& take) {
  std::string text;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = read(pipe, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR)) {
    if (count < 0) continue;
    text.append(buffer, static_cast<size_t>(count));
    for (size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
      take(std::string_view(text).substr(0, end));
      text.erase(0, end + 1);
    }
  }
  if (!text.empty()) take(text);
}

}  // namespace

Status RunProgram(const std::vector<std::string>& command, const std::function<void(std::string_view)>& take_line,
                  const RunOptions& options) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return MakeError(ErrorCode::kIo, "a pipe: {}", std::strerror(errno));
  FileDescriptor read_end(ends[0]), write_end(ends[1]);
  Actions files;
  posix_spawn_file_actions_addopen(&files.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files.actions, write_end.get(), STDERR_FILENO);
  if (options.output.empty()) {
    posix_spawn_file_actions_adddup2(&files.actions, write_end.get(), STDOUT_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&files.actions, STDOUT_FILENO, options.output.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  }
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (const int error = posix_spawnp(&child, arguments[0], &files.actions, nullptr, arguments.data(), environ);
      error != 0) {
    return MakeError(ErrorCode::kUnsupported, "{} cannot be run: {}", command[0], std::strerror(error));
  }
  write_end.Reset();
  std::deque<std::string> last;
  TakeLines(read_end.get(), [&](std::string_view line) {
    last.emplace_back(line);
    if (last.size() > kLastLines) last.pop_front();
    take_line(line);
  });
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::string words;
  for (const std::string& line : last) words += "\n  " + line;
  return MakeError(ErrorCode::kIo, "{} failed:{}", command[0], words);
}

}  // namespace opentrail::instances
