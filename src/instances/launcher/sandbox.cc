#include "instances/launcher/sandbox.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <string>

namespace opentrail::instances {
namespace {

constexpr const char* kDevices[] = {"null", "zero", "full", "random", "urandom", "tty"};
constexpr unsigned long kPlain = MS_NOSUID | MS_NODEV | MS_NOEXEC;

std::unexpected<Error> Failure(const char* what) {
  return MakeError(ErrorCode::kIo, "{}: {}", what, std::strerror(errno));
}

struct Mount {
  const char* type;
  const char* target;
  unsigned long flags;
  const char* options;
};
constexpr Mount kMounts[] = {
    {"proc", "/proc", kPlain, nullptr},
    {"tmpfs", "/dev", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k"},
    {"devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620,gid=5"},
    {"tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777,size=64m"},
    {"tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=755,size=32m"},
};

// Settings of the kernel, which all instances and the host share.
constexpr const char* kReadOnly[] = {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs"};
// What would tell of the host, or reach it.
constexpr const char* kHidden[] = {"/proc/kcore",       "/proc/kmsg",          "/proc/keys",       "/proc/key-users",
                                   "/proc/timer_list",  "/proc/sched_debug",   "/proc/kpagecount", "/proc/kpageflags",
                                   "/proc/kpagecgroup", "/proc/latency_stats", "/proc/config.gz"};
constexpr const char* kHiddenDirectories[] = {"/proc/acpi", "/proc/scsi", "/proc/asound"};

// The host's device nodes, taken before its files go out of reach. Bound read-only: their bytes can be written, their
// modes and owners, which are the host's, cannot be changed.
struct Devices {
  FileDescriptor nodes[std::size(kDevices)];
};

Result<Devices> TakeDevices() {
  Devices devices;
  for (size_t i = 0; i < std::size(kDevices); ++i) {
    const std::string path = std::string("/dev/") + kDevices[i];
    devices.nodes[i].Reset(
        static_cast<int>(syscall(SYS_open_tree, AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
    if (!devices.nodes[i]) return Failure(path.c_str());
  }
  return devices;
}

Status BindReadOnly(const char* source, const char* target) {
  if (mount(source, target, nullptr, MS_BIND | MS_REC, nullptr) != 0 ||
      mount(nullptr, target, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY | kPlain, nullptr) != 0) {
    return Failure(target);
  }
  return {};
}

Status PlaceDevices(const Devices& devices) {
  for (size_t i = 0; i < std::size(kDevices); ++i) {
    const std::string path = std::string("/dev/") + kDevices[i];
    const FileDescriptor place(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!place ||
        syscall(SYS_move_mount, devices.nodes[i].get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
      return Failure(path.c_str());
    }
    if (mount(nullptr, path.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC, nullptr) != 0)
      return Failure(path.c_str());
  }
  constexpr const char* kLinks[][2] = {{"/proc/self/fd", "/dev/fd"},       {"/proc/self/fd/0", "/dev/stdin"},
                                       {"/proc/self/fd/1", "/dev/stdout"}, {"/proc/self/fd/2", "/dev/stderr"},
                                       {"pts/ptmx", "/dev/ptmx"},          {"/proc/1/fd/1", "/dev/console"}};
  for (const auto& [target, link] : kLinks) {
    if (symlink(target, link) != 0) return Failure(link);
  }
  return {};
}

Status HideHost() {
  for (const char* path : kReadOnly) {
    if (access(path, F_OK) != 0) continue;
    if (const Status done = BindReadOnly(path, path); !done) return done;
  }
  for (const char* path : kHidden) {
    if (access(path, F_OK) == 0 && mount("/dev/null", path, nullptr, MS_BIND, nullptr) != 0) return Failure(path);
  }
  for (const char* path : kHiddenDirectories) {
    if (access(path, F_OK) == 0 && mount("tmpfs", path, "tmpfs", kPlain | MS_RDONLY, "size=0") != 0)
      return Failure(path);
  }
  return {};
}

// The mounted disk becomes the root directory; the host's lies over it, out of every path's way, until it is let go.
Status PivotInto(const char* directory) {
  if (chdir(directory) != 0) return Failure(directory);
  if (syscall(SYS_pivot_root, ".", ".") != 0) return Failure("pivot_root");
  return {};
}

Status LetHostGo() {
  if (umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) return Failure("letting the host's files go");
  return {};
}

Status MountOwn() {
  for (const Mount& own : kMounts) {
    if (mkdir(own.target, 0755) != 0 && errno != EEXIST) return Failure(own.target);
    if (mount(own.type, own.target, own.type, own.flags, own.options) != 0) return Failure(own.target);
  }
  return {};
}

}  // namespace

Status EnterDisk(const Disk& disk, OverlayOwner owner) {
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return Failure("mounts of one's own");
  auto devices = TakeDevices();
  if (!devices) return std::unexpected(devices.error());
  auto root = MountDisk(disk, owner);
  if (!root) return std::unexpected(root.error());
  Status status = PivotInto(root->c_str());
  // Before the host's goes: in a user namespace the kernel gives a new /proc only beside one that hides nothing.
  if (status) status = MountOwn();
  if (status) status = LetHostGo();
  if (status) status = PlaceDevices(*devices);
  if (status) status = HideHost();
  return status;
}

}  // namespace opentrail::instances
