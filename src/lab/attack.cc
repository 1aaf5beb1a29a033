#include "lab/attack.h"

#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "lab/lab_files.h"
#include "lab/process.h"

namespace opentrail::lab {
namespace {

constexpr auto kEndPatience = std::chrono::seconds(5);

bool HasLine(std::string_view text, std::string_view line) {
  for (size_t at = text.find(line); at != std::string_view::npos; at = text.find(line, at + 1)) {
    const size_t end = at + line.size();
    if ((at == 0 || text[at - 1] == '\n') && (end == text.size() || text[end] == '\n')) return true;
  }
  return false;
}

std::string LastLine(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

Status Attack::Start(Kind kind) {
  const std::string directory = Directory(), log = directory + "/attack.log";
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::filesystem::remove(log, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", directory, error.message());
  Status status = WriteOwnFile(directory + "/attack.py", FindLabFile("attack/attack.py"));
  if (status) status = WriteOwnFile(directory + "/picture.jpg", FindLabFile("pictures/intruder.jpg"));
  if (!status) return status;
  const char* path = std::getenv("PATH");
  const ProcessOptions options{.log = log,
                               .directory = directory,
                               .environment = {{"PATH", path != nullptr ? path : "/usr/bin:/bin"},
                                               {"HOME", directory},
                                               {"LANG", "C.UTF-8"},
                                               {"TERM", "xterm"},
                                               {"AWS_DEFAULT_REGION", "us-east-1"},
                                               {"AWS_EC2_METADATA_DISABLED", "true"},
                                               {"AWS_ACCESS_KEY_ID", parts_.lab.intruder.access_key_id},
                                               {"AWS_SECRET_ACCESS_KEY", parts_.lab.intruder.secret_access_key},
                                               {"SSHPASS", parts_.lab.draw.intruder_password}},
                               .ends_with_us = true};
  auto started = StartProcess(
      {parts_.program, "internet", "--data", parts_.data_directory, "--address", parts_.lab.draw.intruder_address, "--",
       "python3", "attack.py", kind == Kind::kFirst ? "picture.jpg" : "--again"},
      options);
  if (!started) return std::unexpected(started.error());
  process_ = *started;
  return {};
}

AttackState Attack::Look() {
  AttackState state{.phase = AttackPhase::kRunning};
  const bool has_ended = process_ > 0 && waitpid(process_, nullptr, WNOHANG) == process_;
  if (has_ended) process_ = -1;
  const std::string said = ReadOwnFile(Directory() + "/attack.log").value_or("");
  if (HasLine(said, "logged in")) {
    state.phase = AttackPhase::kDone;
  } else if (has_ended) {
    state.phase = AttackPhase::kFailed;
    state.failure = LastLine(said);
  }
  return state;
}

void Attack::End() {
  if (process_ > 0) EndProcess(process_, parts_.data_directory, kEndPatience);
  process_ = -1;
}

}  // namespace opentrail::lab
