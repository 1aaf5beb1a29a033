#pragma once

#include <cstdint>
#include <optional>

namespace opentrail::instances {

// Of /proc/PROCESS/status: https://www.kernel.org/doc/html/latest/filesystems/proc.html
struct ProcessStatus {
  int64_t inside_number = 0;  // in its own process namespace, as `ps` shows it there
  uint64_t effective_capabilities = 0;
};

// Of a process by this process's number for it; nullopt where it has ended.
[[nodiscard]] std::optional<ProcessStatus> ReadProcessStatus(int64_t process);

}  // namespace opentrail::instances
