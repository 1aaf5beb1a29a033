#include "instances/launcher/privileges.h"

#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace opentrail::instances {
namespace {

// All others are dropped. AUDIT_CONTROL: without it sshd, once restarted, cannot give a session its login id and
// turns every user away; the kernel lets nobody outside the initial process namespace change the audit's settings.
// SYS_PTRACE reaches the instance's own processes only: `ss -p` and `lsof` need it.
constexpr int kKept[] = {CAP_CHOWN,    CAP_DAC_OVERRIDE,     CAP_FOWNER,      CAP_FSETID,
                         CAP_KILL,     CAP_SETGID,           CAP_SETUID,      CAP_SETPCAP,
                         CAP_SETFCAP,  CAP_NET_BIND_SERVICE, CAP_NET_RAW,     CAP_SYS_CHROOT,
                         CAP_SYS_NICE, CAP_SYS_PTRACE,       CAP_AUDIT_WRITE, CAP_AUDIT_CONTROL};

constexpr int kRefused[] = {
    SCMP_SYS(acct),
    SCMP_SYS(add_key),
    SCMP_SYS(adjtimex),
    SCMP_SYS(bpf),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(clock_settime),
    SCMP_SYS(delete_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fsopen),
    SCMP_SYS(fspick),
    SCMP_SYS(init_module),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(ioperm),
    SCMP_SYS(iopl),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(kexec_load),
    SCMP_SYS(keyctl),
    SCMP_SYS(lookup_dcookie),
    SCMP_SYS(mount),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(move_mount),
    SCMP_SYS(move_pages),
    SCMP_SYS(nfsservctl),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(open_tree),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(pivot_root),
    SCMP_SYS(quotactl),
    SCMP_SYS(reboot),
    SCMP_SYS(request_key),
    SCMP_SYS(setns),
    SCMP_SYS(settimeofday),
    SCMP_SYS(swapoff),
    SCMP_SYS(swapon),
    SCMP_SYS(syslog),
    SCMP_SYS(umount),
    SCMP_SYS(umount2),
    SCMP_SYS(uselib),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(vhangup),
};

constexpr scmp_datum_t kNamespaces =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
constexpr scmp_datum_t kVirtualMachineSockets = 40;  // AF_VSOCK: what listens is the hypervisor
constexpr scmp_datum_t kKernelCrypto = 38;           // AF_ALG

// Any of the flags in the argument, one rule each: a filter compares, it does not compute.
int RefuseNamespaces(scmp_filter_ctx filter, int system_call) {
  for (scmp_datum_t flag = 1; flag != 0 && flag <= kNamespaces; flag <<= 1) {
    if ((kNamespaces & flag) == 0) continue;
    const scmp_arg_cmp has_flag = SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag);
    if (const int failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), system_call, 1, has_flag); failed != 0)
      return failed;
  }
  return 0;
}

int AddRules(scmp_filter_ctx filter, AuditPath audit) {
  seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);  // sudo must work
  seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
  for (const int call : kRefused) {
    if (const int failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0); failed != 0) return failed;
  }
  // Its flags lie in memory, where no filter looks: the C library goes on with clone.
  int failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
  for (const int call : {SCMP_SYS(clone), SCMP_SYS(unshare)}) {
    if (failed == 0) failed = RefuseNamespaces(filter, call);
  }
  for (const scmp_datum_t family : {kVirtualMachineSockets, kKernelCrypto}) {
    const scmp_arg_cmp is_family = SCMP_A0(SCMP_CMP_EQ, family);
    if (failed == 0) failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1, is_family);
  }
  if (failed == 0 && audit == AuditPath::kShim) {
    const scmp_arg_cmp is_netlink = SCMP_A0(SCMP_CMP_EQ, AF_NETLINK), is_audit = SCMP_A2(SCMP_CMP_EQ, NETLINK_AUDIT);
    failed = seccomp_rule_add(filter, SCMP_ACT_NOTIFY, SCMP_SYS(socket), 2, is_netlink, is_audit);
  }
  return failed;
}

Result<FileDescriptor> FilterSystemCalls(AuditPath audit) {
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
  int failed = filter ? AddRules(filter.get(), audit) : -ENOMEM;
  if (failed == 0) failed = seccomp_load(filter.get());
  if (failed != 0) return MakeError(ErrorCode::kIo, "the filter of system calls: {}", std::strerror(-failed));
  return FileDescriptor(audit == AuditPath::kShim ? seccomp_notify_fd(filter.get()) : -1);
}

Status DropCapabilities() {
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    if (std::ranges::find(kKept, capability) != std::end(kKept)) continue;
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL)
      return MakeError(ErrorCode::kIo, "capability {} stays: {}", capability, std::strerror(errno));
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  // What a program gets at exec is bounded by the bounding set; nothing is to be inherited past that.
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2]{};
  if (syscall(SYS_capget, &header, data) != 0) return MakeError(ErrorCode::kIo, "capget: {}", std::strerror(errno));
  for (__user_cap_data_struct& half : data) half.inheritable = 0;
  if (syscall(SYS_capset, &header, data) != 0) return MakeError(ErrorCode::kIo, "capset: {}", std::strerror(errno));
  return {};
}

}  // namespace

Result<FileDescriptor> DropPrivileges(AuditPath audit) {
  // A keyring of the host's would otherwise be in reach.
  syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
  auto notifier = FilterSystemCalls(audit);
  if (!notifier) return notifier;
  if (const Status dropped = DropCapabilities(); !dropped) return std::unexpected(dropped.error());
  return notifier;
}

}  // namespace opentrail::instances
