#include "cli/server_state.h"

#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/json_value.h"

namespace opentrail::cli {
namespace {

std::string StateFile(const std::string& data_directory) { return data_directory + "/server.json"; }

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
    out << codec::WriteJson(
               Value::Object({{"pid", state.pid}, {"address", state.address}, {"port", int64_t{state.port}}}))
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
  if (state.pid <= 0 || kill(static_cast<pid_t>(state.pid), 0) != 0) return NoServer(data_directory);
  return state;
}

}  // namespace opentrail::cli
