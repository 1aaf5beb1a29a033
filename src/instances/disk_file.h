#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace opentrail::instances {

inline constexpr size_t kMaxDiskFile = 64 * 1024 * 1024;

// A file that an instance wrote, from its disk, whether it runs or not. `path` is relative to its root directory, and
// stays below it whatever links the instance laid. kNotFound where it wrote none, kLimitExceeded past kMaxDiskFile.
[[nodiscard]] Result<std::string> ReadDiskFile(std::string_view data_directory, std::string_view instance_id,
                                               const char* path);

}  // namespace opentrail::instances
