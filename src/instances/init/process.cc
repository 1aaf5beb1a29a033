#include "instances/init/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace opentrail::instances::init {
namespace {

const char* const kEnvironment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                                    "LANG=C.UTF-8", nullptr};

void WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

void WriteWith(const char* path, std::string_view text, int flags, mode_t mode) {
  const int file = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, mode);
  if (file < 0) return Say(std::string(path) + ": " + std::strerror(errno));
  WriteAll(file, text);
  close(file);
}

}  // namespace

void Print(std::string_view text) { WriteAll(STDOUT_FILENO, text); }

void Say(std::string_view text) { Print("init: " + std::string(text) + "\n"); }

pid_t StartProgram(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  // No session of its own: a daemon that finds itself leading one, under process 1, would not detach itself.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execve(arguments[0], arguments.data(), const_cast<char* const*>(kEnvironment));
  Say(command[0] + ": " + std::strerror(errno));
  _exit(127);
}

bool FinishProgram(pid_t process) {
  if (process < 0) return false;
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(-1, &status, 0);
  } while (ended != process && (ended > 0 || errno == EINTR));
  return ended == process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool RunProgram(const std::vector<std::string>& command) { return FinishProgram(StartProgram(command)); }

bool Exists(const char* path) { return access(path, F_OK) == 0; }

void WriteFile(const char* path, std::string_view text, mode_t mode) {
  unlink(path);
  WriteWith(path, text, O_TRUNC, mode);
}

void AppendFile(const char* path, std::string_view text) { WriteWith(path, text, O_APPEND, 0644); }

void MakeDirectory(const char* path, mode_t mode) {
  if (mkdir(path, mode) != 0 && errno != EEXIST) Say(std::string(path) + ": " + std::strerror(errno));
}

}  // namespace opentrail::instances::init
