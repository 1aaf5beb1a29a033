#include "cli/server_state.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "codec/json_value.h"

namespace opentrail::cli {
namespace {

std::string StateFile(const std::string& data_directory) { return data_directory + "/server.json"; }

// When a process that runs was started, in the kernel's ticks; nullopt where there is none, or only its remains.
// Numbers of processes are used again: with this, one is told from another. proc_pid_stat(5): state is the first field
// after the name, starttime the twentieth.
std::optional<std::string> StartOf(int64_t pid) {
  constexpr int kFieldsBetween = 18;
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::string state, field;
  fields >> state;
  if (state == "Z") return std::nullopt;
  for (int i = 0; i < kFieldsBetween; ++i) fields >> field;
  fields >> field;
  return field;
}

std::unexpected<Error> NoServer(const std::string& data_directory) {
  return MakeError(ErrorCode::kNotFound, "no server runs over {}; start one: opentrail serve --data {}", data_directory,
                   data_directory);
}

}  // namespace

std::string DefaultDataDirectory() {
  if (const char* data_home = std::getenv("XDG_DATA_HOME"); data_home != nullptr && *data_home != '\0') {
    return std::string(data_home) + "/opentrail";
  }
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : ".") + "/.local/share/opentrail";
}

Status WriteServerState(const std::string& data_directory, const ServerState& state) {
  const std::string file = StateFile(data_directory);
  const std::string temporary = file + ".new";
  {
    std::ofstream out(temporary, std::ios::trunc);
    out << codec::WriteJson(Value::Object({{"pid", state.pid},
                                           {"started", StartOf(state.pid).value_or("")},
                                           {"address", state.address},
                                           {"port", int64_t{state.port}}}))
        << '\n';
    if (!out.flush()) return MakeError(ErrorCode::kIo, "{}: cannot be written", temporary);
  }
  std::error_code error;
  std::filesystem::rename(temporary, file, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", file, error.message());
  return {};
}

void RemoveServerState(const std::string& data_directory) {
  std::error_code ignored;
  std::filesystem::remove(StateFile(data_directory), ignored);
}

Result<ServerState> ReadServerState(const std::string& data_directory) {
  std::ifstream in(StateFile(data_directory));
  std::stringstream text;
  text << in.rdbuf();
  const auto value = codec::ParseJsonValue(text.str());
  if (!in || !value) return NoServer(data_directory);
  ServerState state{.pid = (*value)["pid"].Integer(0),
                    .address = std::string((*value)["address"].Text()),
                    .port = static_cast<uint16_t>((*value)["port"].Integer(0))};
  // A server that was killed left its file behind.
  if (state.pid <= 0 || StartOf(state.pid) != (*value)["started"].Text()) return NoServer(data_directory);
  return state;
}

}  // namespace opentrail::cli
