#pragma once

#include <filesystem>
#include <string>

namespace opentrail::cli {

// Where this program is, and its helpers opentrail-launcher and opentrail-init beside it.
[[nodiscard]] inline std::string ProgramDirectory() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace opentrail::cli
