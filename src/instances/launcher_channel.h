#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/value.h"
#include "instances/file_descriptor.h"

namespace opentrail::instances {

// Calls of the server to the privileged launcher process, over a Unix socket. Thread-safe; calls run one after
// another, each in microseconds to a few milliseconds.
class LauncherChannel {
 public:
  struct Answer {
    Value value;
    std::vector<FileDescriptor> descriptors;  // such as a pidfd, a socket made in another namespace
  };

  virtual ~LauncherChannel() = default;
  // Descriptors are duplicated into the launcher; the caller keeps its own. Errors are those of the operation, or kIo
  // where the launcher is gone.
  virtual Result<Answer> Call(std::string_view operation, const Value& arguments,
                              const std::vector<int>& descriptors = {}) = 0;
};

}  // namespace opentrail::instances
