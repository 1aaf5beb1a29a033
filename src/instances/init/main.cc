// The first process of an instance: sets the host up, starts its services, runs user data, reaps, keeps the audit log,
// and ends everything when it is told to. Linked statically: it runs inside the image, whatever that holds.
//   descriptors it inherits: 1, 2 the console; 3 the boot record; 4 where it tells its state; 5 audit lines
//   SIGTERM, SIGPWR, SIGINT: power off (as /sbin/poweroff, /sbin/halt); SIGUSR1: reboot (as /sbin/reboot)
// It exits with 0 for power off and 3 for reboot.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "instances/init/audit_log.h"
#include "instances/init/boot_record.h"
#include "instances/init/process.h"
#include "instances/init/services.h"
#include "instances/init/setup.h"
#include "instances/init/user_data.h"

namespace opentrail::instances::init {
namespace {

constexpr int kRecord = 3, kState = 4, kAuditLines = 5;
constexpr int kExitPowerOff = 0, kExitReboot = 3;

BootRecord TakeRecord() {
  std::string text(kMaxBootRecord, '\0');
  const ssize_t size = pread(kRecord, text.data(), text.size(), 0);
  close(kRecord);
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  auto record = ReadBootRecord(text);
  if (record) return std::move(*record);
  Say("the boot record is damaged");
  return {};
}

int CatchSignals() {
  sigset_t wanted;
  sigfillset(&wanted);
  sigprocmask(SIG_SETMASK, &wanted, nullptr);
  return signalfd(-1, &wanted, SFD_CLOEXEC);
}

void Tell(std::string_view state) {
  const std::string line = std::string(state) + "\n";
  if (write(kState, line.data(), line.size()) < 0) Say("nobody hears that this host is " + std::string(state));
}

// The exit code, when the host is to end; -1: go on.
int HandleSignal(int signals) {
  signalfd_siginfo signal{};
  if (read(signals, &signal, sizeof signal) != sizeof signal) return -1;
  switch (signal.ssi_signo) {
    case SIGCHLD:
      while (waitpid(-1, nullptr, WNOHANG) > 0) {
      }
      return -1;
    case SIGTERM:
    case SIGPWR:
    case SIGINT: return kExitPowerOff;
    case SIGUSR1: return kExitReboot;
    default: return -1;
  }
}

int Serve(int signals) {
  AuditLog audit(kAuditLines);
  for (;;) {
    pollfd events[] = {{.fd = signals, .events = POLLIN}, {.fd = audit.source(), .events = POLLIN}};
    if (poll(events, 2, -1) < 0) continue;
    if (events[1].revents != 0) audit.Pump();
    if (events[0].revents == 0) continue;
    if (const int code = HandleSignal(signals); code >= 0) return code;
  }
}

int Run() {
  umask(022);
  prctl(PR_SET_NAME, "init");  // it was started from a file without a name
  for (const int descriptor : {kRecord, kState, kAuditLines}) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  const int signals = CatchSignals();
  const BootRecord record = TakeRecord();
  const bool first_boot = SetUp(record);
  StartServices();
  Tell("running");
  StartRemainingServices();
  ShowHostKeys(record, first_boot);
  if (first_boot) StartUserData(BootField(record, "user_data"));
  const int code = Serve(signals);
  Say(code == kExitReboot ? "rebooting" : "powering off");
  StopEverything();
  sync();
  return code;
}

}  // namespace
}  // namespace opentrail::instances::init

int main() { return opentrail::instances::init::Run(); }
