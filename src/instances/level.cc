#include "instances/level.h"

#include <linux/capability.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <initializer_list>

#include <fmt/format.h>

namespace opentrail::instances {
namespace {

bool HasCapabilities(std::initializer_list<int> wanted) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2]{};
  if (syscall(SYS_capget, &header, data) != 0) return false;
  for (const int capability : wanted) {
    if ((data[capability / 32].effective >> (capability % 32) & 1) == 0) return false;
  }
  return true;
}

bool InPath(const char* program) {
  for (const char* directory : {"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", "/usr/local/bin/"}) {
    if (access((std::string(directory) + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// Whether the file gives the user (by name or number) a range of at least 65536 ids.
bool HasSubordinateIds(const char* path, const std::string& name) {
  constexpr int64_t kIds = 65536;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    const std::string owner = line.substr(0, first);
    if ((owner == name || owner == std::to_string(getuid())) && std::atoll(line.c_str() + second + 1) >= kIds)
      return true;
  }
  return false;
}

LevelFinding UserNamespaceLevel() {
  std::ifstream limit("/proc/sys/user/max_user_namespaces");
  int64_t namespaces = 0;
  if (!(limit >> namespaces) || namespaces == 0)
    return {Level::kNone, "no root, and user.max_user_namespaces is 0: instances need one of both"};
  std::ifstream allowed("/proc/sys/kernel/unprivileged_userns_clone");
  if (int value = 1; allowed >> value && value == 0)
    return {Level::kNone, "no root, and kernel.unprivileged_userns_clone is 0: instances need one of both"};
  if (!InPath("newuidmap") || !InPath("newgidmap"))
    return {Level::kNone, "no root, and no newuidmap: apt-get install uidmap"};
  const passwd* user = getpwuid(getuid());
  const std::string name = user != nullptr ? user->pw_name : std::to_string(getuid());
  for (const char* file : {"/etc/subuid", "/etc/subgid"}) {
    if (!HasSubordinateIds(file, name)) {
      return {Level::kNone, fmt::format("no root, and no 65536 ids for {} in {}: usermod --add-subuids 100000-165535 "
                                        "--add-subgids 100000-165535 {}",
                                        name, file, name)};
    }
  }
  return {Level::kUserNamespace, ""};
}

}  // namespace

LevelFinding FindLevel() {
  if (geteuid() != 0) return UserNamespaceLevel();
  // A root without these (a container's) cannot make namespaces, mount, or lay a network.
  if (!HasCapabilities({CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_SETUID, CAP_SETGID, CAP_CHOWN, CAP_SYS_CHROOT}))
    return {Level::kNone, "root here has not the capabilities SYS_ADMIN and NET_ADMIN: a container's root?"};
  return {Level::kRoot, ""};
}

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kRoot: return "root";
    case Level::kUserNamespace: return "user namespace";
    case Level::kNone: return "none";
  }
  return "";
}

}  // namespace opentrail::instances
