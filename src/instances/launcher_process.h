#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "instances/launcher_channel.h"
#include "instances/level.h"

namespace opentrail::instances {

struct LauncherProcessOptions {
  std::string data_directory;
  std::string program_directory;  // where opentrail-launcher and opentrail-init are
  Level level = Level::kRoot;     // kRoot, or kUserNamespace: root of a user namespace of its own
};

// The launcher (instances/launcher/launcher.h) as a child of this process, and the connection to it. It ends, with all
// instances, when this goes or its process does. Thread-safe.
class LauncherProcess final : public LauncherChannel {
 public:
  static Result<std::unique_ptr<LauncherProcess>> Start(const LauncherProcessOptions& options);
  ~LauncherProcess() override;

  Result<Answer> Call(std::string_view operation, const Value& arguments,
                      const std::vector<int>& descriptors = {}) override;
  [[nodiscard]] bool IsAlive() const;

 private:
  LauncherProcess(pid_t process, FileDescriptor socket) : process_(process), socket_(std::move(socket)) {}

  const pid_t process_;
  std::mutex mutex_;  // one call at a time
  FileDescriptor socket_;
};

}  // namespace opentrail::instances
