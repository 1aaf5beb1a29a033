#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace opentrail::instances {

struct RunOptions {
  std::string output = "";  // a file for standard output; "": its lines go where those of standard error go
};

// Runs a program of the PATH to its end and hands on its lines. kUnsupported where there is no such program, kIo with
// its last lines where it fails. Safe in a process with threads.
[[nodiscard]] Status RunProgram(const std::vector<std::string>& command,
                                const std::function<void(std::string_view)>& take_line, const RunOptions& options = {});

}  // namespace opentrail::instances
