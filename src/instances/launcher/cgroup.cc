#include "instances/launcher/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "instances/file_descriptor.h"

namespace opentrail::instances {
namespace {

constexpr const char* kRoot = "/sys/fs/cgroup";
constexpr int64_t kPeriodUs = 100'000;

bool Write(const std::string& path, const std::string& text) {
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Control groups are directories; one goes when those below it and its processes have gone.
void RemoveTree(const std::string& directory) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.is_directory(ignored)) RemoveTree(entry.path());
  }
  rmdir(directory.c_str());
}

bool MakeDirectories(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  return !error;
}

// Version 2: the children of a group have the controllers that it hands down.
bool HandDown(const std::string& directory) {
  return Write(directory + "/cgroup.subtree_control", "+memory +pids +cpu");
}

}  // namespace

ControlGroups::ControlGroups(std::string name) {
  const std::string below = "/opentrail/" + name;
  unified_ = access((std::string(kRoot) + "/cgroup.controllers").c_str(), F_OK) == 0;
  if (unified_) {
    const std::string directory = kRoot + below;
    RemoveTree(directory);
    if (HandDown(kRoot) && MakeDirectories(directory) && HandDown(std::string(kRoot) + "/opentrail") &&
        HandDown(directory)) {
      hierarchies_.push_back({directory, "memory pids cpu"});
    } else {
      missing_ = "memory, pids, cpu";
    }
    return;
  }
  for (const char* controller : {"memory", "pids", "cpu"}) {
    const std::string directory = std::string(kRoot) + "/" + controller + below;
    RemoveTree(directory);
    if (access((std::string(kRoot) + "/" + controller).c_str(), W_OK) == 0 && MakeDirectories(directory)) {
      hierarchies_.push_back({directory, controller});
    } else {
      missing_ += (missing_.empty() ? "" : ", ") + std::string(controller);
    }
  }
}

ControlGroups::~ControlGroups() {
  for (const Hierarchy& hierarchy : hierarchies_) {
    RemoveTree(hierarchy.directory);
    // Ours alone where no other account has instances.
    rmdir(std::filesystem::path(hierarchy.directory).parent_path().c_str());
  }
}

Status ControlGroups::Enter(const std::string& instance_id, pid_t process, const InstanceLimits& limits) {
  for (const Hierarchy& hierarchy : hierarchies_) {
    const std::string group = hierarchy.directory + "/" + instance_id;
    MakeDirectories(group);
    std::vector<std::pair<std::string, std::string>> settings;
    const auto has = [&](std::string_view controller) {
      return hierarchy.controllers.find(controller) != std::string::npos;
    };
    if (has("memory") && limits.memory_bytes > 0) {
      settings.emplace_back(unified_ ? "memory.max" : "memory.limit_in_bytes", std::to_string(limits.memory_bytes));
    }
    if (has("pids") && limits.processes > 0) settings.emplace_back("pids.max", std::to_string(limits.processes));
    if (has("cpu") && limits.cpu_percent > 0) {
      const std::string quota = std::to_string(limits.cpu_percent * kPeriodUs / 100);
      settings.emplace_back(unified_ ? "cpu.max" : "cpu.cfs_quota_us",
                            unified_ ? fmt::format("{} {}", quota, kPeriodUs) : quota);
    }
    settings.emplace_back("cgroup.procs", std::to_string(process));
    for (const auto& [file, value] : settings) {
      const std::string path = group + "/" + file;
      if (!Write(path, value)) return MakeError(ErrorCode::kIo, "{}: {}: {}", path, value, std::strerror(errno));
    }
  }
  return {};
}

void ControlGroups::Remove(const std::string& instance_id) {
  for (const Hierarchy& hierarchy : hierarchies_) RemoveTree(hierarchy.directory + "/" + instance_id);
}

}  // namespace opentrail::instances
