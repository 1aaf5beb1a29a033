#include "instances/level.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <initializer_list>

#include <fmt/format.h>

#include "instances/subordinate_ids.h"

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

bool WriteOnce(const char* path, std::string_view text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  const bool written = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (file >= 0) close(file);
  return written;
}

// What the child of ProbeUserNamespace ends with.
enum Probed : int { kWorks, kNoNamespace, kNoMounts, kNoOverlay };

// In the child of a process with threads: system calls only. Its mounts go with it.
Probed TryUserNamespace(std::string_view user, std::string_view group) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) != 0 || !WriteOnce("/proc/self/setgroups", "deny") ||
      !WriteOnce("/proc/self/uid_map", user) || !WriteOnce("/proc/self/gid_map", group)) {
    return kNoNamespace;
  }
  if (mount("tmpfs", "/tmp", "tmpfs", 0, nullptr) != 0) return kNoMounts;
  for (const char* directory : {"/tmp/lower", "/tmp/upper", "/tmp/work", "/tmp/root"}) {
    if (mkdir(directory, 0700) != 0) return kNoMounts;
  }
  constexpr const char* kOptions = "lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work,userxattr";
  return mount("overlay", "/tmp/root", "overlay", 0, kOptions) == 0 ? kWorks : kNoOverlay;
}

// Whether the kernel really gives an ordinary user what instances need: tried out, for there are more switches than
// can be known of. What is missing; "" where nothing is.
std::string ProbeUserNamespace() {
  const std::string user = fmt::format("0 {} 1", geteuid()), group = fmt::format("0 {} 1", getegid());
  const pid_t child = fork();
  if (child == 0) _exit(TryUserNamespace(user, group));
  int status = -1;
  if (child > 0) waitpid(child, &status, 0);
  if (!WIFEXITED(status)) return "a user namespace could not be tried out";
  switch (WEXITSTATUS(status)) {
    case kWorks: return "";
    case kNoOverlay: return "the kernel lets no user namespace mount an overlay: Linux 5.11 or newer does";
    case kNoMounts: return "the kernel lets no user namespace mount anything";
    default: return "the kernel lets this user make no user namespace (AppArmor or seccomp may forbid it)";
  }
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
  const std::string name = CurrentUserName();
  for (const char* file : {"/etc/subuid", "/etc/subgid"}) {
    if (!FindSubordinateIds(file, name, getuid())) {
      return {Level::kNone, fmt::format("no root, and no 65536 ids for {} in {}: usermod --add-subuids 100000-165535 "
                                        "--add-subgids 100000-165535 {}",
                                        name, file, name)};
    }
  }
  if (const std::string missing = ProbeUserNamespace(); !missing.empty())
    return {Level::kNone, fmt::format("no root, and {}", missing)};
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
