#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace opentrail::lab {

struct ProcessOptions {
  std::string log;        // what it writes goes to the end of this file
  std::string directory;  // where it works; "": here
  // The whole of its environment; empty: this process's own.
  std::vector<std::pair<std::string, std::string>> environment = {};
  bool ends_with_us = false;  // it gets SIGTERM when the calling thread ends
};

// Starts a program, found by its path or in PATH, as the leader of a session of its own, with no terminal and none of
// our files. It goes on when this process ends, unless it ends with us. kIo.
[[nodiscard]] Result<pid_t> StartProcess(const std::vector<std::string>& command, const ProcessOptions& options);

// Whether a process that StartProcess gave to this one has ended.
[[nodiscard]] bool HasEnded(pid_t child);

// Whether the process runs (is no zombie), and one of its arguments names the directory: numbers are used again.
[[nodiscard]] bool IsProcessOf(pid_t process, std::string_view directory);

// Asks a process of ours to end, waits so long, and kills it then. Returns when it is gone.
void EndProcess(pid_t process, std::string_view directory, std::chrono::milliseconds patience);

// What of a program's words stands on PATH.
[[nodiscard]] bool IsOnPath(std::string_view program);

}  // namespace opentrail::lab
