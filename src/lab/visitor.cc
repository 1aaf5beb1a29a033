#include "lab/visitor.h"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "lab/account_client.h"
#include "lab/lab_state.h"
#include "lab/process.h"

namespace opentrail::lab {
namespace {

constexpr auto kEndPatience = std::chrono::seconds(5);

}  // namespace

std::string VisitorMachine::Directory(const std::string& data_directory, std::string_view name) {
  return fmt::format("{}/{}", LabDirectory(data_directory), name);
}

std::string VisitorMachine::Log(const std::string& data_directory, std::string_view name) {
  return Directory(data_directory, name) + "/log";
}

Status VisitorMachine::Start(const Visitor& visitor) {
  const std::string directory = Directory(data_directory_, visitor.name), log = Log(data_directory_, visitor.name);
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::filesystem::remove(log, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", directory, error.message());
  if (const Status kept = WriteOwnFile(directory + "/program.py", visitor.program); !kept) return kept;
  const char* path = std::getenv("PATH");
  ProcessOptions options{.log = log,
                         .directory = directory,
                         .environment = {{"PATH", path != nullptr ? path : "/usr/bin:/bin"},
                                         {"HOME", directory},
                                         {"LANG", "C.UTF-8"},
                                         {"TERM", "xterm"},
                                         {"AWS_DEFAULT_REGION", kRegion},
                                         {"AWS_ACCESS_KEY_ID", visitor.credentials.access_key_id},
                                         {"AWS_SECRET_ACCESS_KEY", visitor.credentials.secret_access_key}},
                         .ends_with_us = true};
  options.environment.insert(options.environment.end(), visitor.environment.begin(), visitor.environment.end());
  std::vector<std::string> command = {program_,        "internet", "--data",  data_directory_, "--address",
                                      visitor.address, "--",       "python3", "program.py"};
  command.insert(command.end(), visitor.arguments.begin(), visitor.arguments.end());
  auto started = StartProcess(command, options);
  if (!started) return std::unexpected(started.error());
  process_ = *started;
  return {};
}

bool VisitorMachine::IsRunning() {
  if (process_ > 0 && waitpid(process_, nullptr, WNOHANG) == process_) process_ = -1;
  return process_ > 0;
}

void VisitorMachine::End() {
  if (process_ > 0) EndProcess(process_, data_directory_, kEndPatience);
  process_ = -1;
}

}  // namespace opentrail::lab
