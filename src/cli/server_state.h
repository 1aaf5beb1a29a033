#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

// What a running server tells other verbs about itself, in DATA/server.json.
namespace opentrail::cli {

struct ServerState {
  int64_t pid = 0;
  std::string address;
  uint16_t port = 0;
};

inline constexpr uint16_t kDefaultPort = 4566;

// $XDG_DATA_HOME/opentrail, or ~/.local/share/opentrail.
[[nodiscard]] std::string DefaultDataDirectory();

// Whole or not at all: written beside and renamed.
[[nodiscard]] Status WriteServerState(const std::string& data_directory, const ServerState& state);
void RemoveServerState(const std::string& data_directory);
// kNotFound, with what to do, where no server runs over that directory.
[[nodiscard]] Result<ServerState> ReadServerState(const std::string& data_directory);

}  // namespace opentrail::cli
