#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

// What instances write to their consoles: DATA/instances/ID/console.log, of which the last part is kept.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
namespace opentrail::instances {

inline constexpr size_t kConsoleOutput = 64 * 1024;  // what can be asked for

[[nodiscard]] std::string ConsoleFile(std::string_view data_directory, std::string_view instance_id);

// Appends; a file of four times as much is cut to the last kConsoleOutput bytes.
[[nodiscard]] Status AppendConsole(const std::string& file, std::string_view bytes);
// The last kConsoleOutput bytes. kNotFound where there is no such file.
[[nodiscard]] Result<std::string> ReadConsole(const std::string& file);

}  // namespace opentrail::instances
