#include "instances/launcher/spawn.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include "instances/launcher/privileges.h"
#include "instances/launcher/sandbox.h"
#include "instances/launcher/wire.h"

namespace opentrail::instances {
namespace {

constexpr int kFirstOther = 6;  // init's own are 0 to 5: instances/init/main.cc
constexpr rlim_t kOpenFiles = 1024, kOpenFilesMax = 65536;

std::unexpected<Error> Failure(const char* what) {
  return MakeError(ErrorCode::kIo, "{}: {}", what, std::strerror(errno));
}

struct Pipe {
  FileDescriptor read, write;
};

Result<Pipe> MakePipe(int flags = 0) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | flags) != 0) return Failure("a pipe");
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Result<FileDescriptor> MemoryFile(const char* name, std::string_view bytes) {
  FileDescriptor file(memfd_create(name, MFD_CLOEXEC));
  if (!file || write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    return Failure("a file of memory");
  return file;
}

// Pipes between the launcher, the server and init, both ends.
struct Pipes {
  Pipe console, state, audit;
  Pipe go;                                             // the launcher writes a byte when the process is confined
  Pipe fault;                                          // what went wrong before init ran; closed by exec
  std::pair<FileDescriptor, FileDescriptor> handover;  // the child's second end gives up its notifier
};

Result<Pipes> MakePipes() {
  Pipes pipes;
  for (Pipe* pipe : {&pipes.console, &pipes.state, &pipes.audit, &pipes.go, &pipes.fault}) {
    auto made = MakePipe();
    if (!made) return std::unexpected(made.error());
    *pipe = std::move(*made);
  }
  auto handover = MakeConnection();
  if (!handover) return std::unexpected(handover.error());
  pipes.handover = std::move(*handover);
  // The collector waits for no instance.
  fcntl(pipes.audit.write.get(), F_SETFL, O_NONBLOCK);
  return pipes;
}

// A login id of its own gives the instance's processes an audit session of their own, by which their records are
// told from others'. Where the kernel has no audit, there is no such file.
void BeginAuditSession() {
  const FileDescriptor login(open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC));
  if (login && write(login.get(), "0", 1) != 1) return;
}

// Puts `wanted` at its places 0 ... and leaves nothing else open for the program that comes; `others` go out of the
// way.
Status ArrangeDescriptors(std::initializer_list<int> wanted, std::initializer_list<FileDescriptor*> others) {
  // Out of the way first: a place may be held by another that is wanted.
  std::vector<int> high;
  for (const int descriptor : wanted) high.push_back(fcntl(descriptor, F_DUPFD_CLOEXEC, 64));
  for (FileDescriptor* other : others) other->Reset(fcntl(other->get(), F_DUPFD_CLOEXEC, 64));
  for (size_t place = 0; place < high.size(); ++place) {
    if (dup2(high[place], static_cast<int>(place)) < 0) return Failure("descriptors");
  }
  if (syscall(SYS_close_range, kFirstOther, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return Failure("close_range");
  return {};
}

void LimitResources() {
  const rlimit files{.rlim_cur = kOpenFiles, .rlim_max = kOpenFilesMax};
  setrlimit(RLIMIT_NOFILE, &files);
  const rlimit none{};
  setrlimit(RLIMIT_CORE, &none);
}

// In the new process. Returns only where something went wrong.
Status BecomeInit(const SpawnRequest& request, Pipes& pipes, int record, FileDescriptor& fault) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char go = 0;
  if (read(pipes.go.read.get(), &go, 1) != 1) return MakeError(ErrorCode::kCancelled, "the launcher gave up");
  if (setns(request.network_namespace, CLONE_NEWNET) != 0) return Failure("joining the network");
  if (sethostname(request.host_name.data(), request.host_name.size()) != 0) return Failure("the host name");
  if (unshare(CLONE_NEWCGROUP) != 0) return Failure("a view of control groups");
  FileDescriptor init_program(fcntl(request.init_program, F_DUPFD_CLOEXEC, 0));
  if (const Status entered = EnterDisk(request.disk, request.owner); !entered) return entered;
  const FileDescriptor input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  // A user namespace has none, and a login id that was set once can there not be set again.
  if (request.owner == OverlayOwner::kRoot) BeginAuditSession();
  if (const Status arranged = ArrangeDescriptors({input.get(), pipes.console.write.get(), pipes.console.write.get(),
                                                  record, pipes.state.write.get(), pipes.audit.read.get()},
                                                 {&init_program, &fault, &pipes.handover.second});
      !arranged) {
    return arranged;
  }
  LimitResources();
  umask(022);
  setsid();
  // The launcher's own would be inherited.
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(ignored, SIG_DFL);
  const auto notifier = DropPrivileges(request.owner == OverlayOwner::kRoot ? AuditPath::kKernel : AuditPath::kShim);
  if (!notifier) return std::unexpected(notifier.error());
  if (*notifier) {
    if (const Status handed = SendMessage(pipes.handover.second.get(), Value(), {notifier->get()}); !handed)
      return handed;
  }
  // Not before: the kernel forgets it where credentials change.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char name[] = "init";
  char* const arguments[] = {name, nullptr};
  char* const environment[] = {nullptr};
  syscall(SYS_execveat, init_program.get(), "", arguments, environment, AT_EMPTY_PATH);
  return Failure("init");
}

[[noreturn]] void RunChild(const SpawnRequest& request, Pipes& pipes, int record) {
  FileDescriptor fault = std::move(pipes.fault.write);
  const Status status = BecomeInit(request, pipes, record, fault);
  const std::string& message = status.error().message;
  if (write(fault.get(), message.data(), message.size()) < 0) _exit(2);
  _exit(1);
}

// Until exec closes the pipe: what went wrong, or nothing.
std::string ReadFault(int pipe) {
  std::string text;
  char buffer[512];
  ssize_t count = 0;
  while ((count = read(pipe, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR)) {
    if (count > 0) text.append(buffer, static_cast<size_t>(count));
  }
  return text;
}

int64_t AuditSession(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/sessionid", process));
  int64_t session = -1;
  constexpr int64_t kUnset = 4294967295;
  return file >> session && session != kUnset ? session : -1;
}

void Abandon(pid_t process) {
  kill(process, SIGKILL);
  waitpid(process, nullptr, 0);
}

}  // namespace

Result<FileDescriptor> SealedCopy(const std::string& path) {
  const FileDescriptor source(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat state{};
  if (!source || fstat(source.get(), &state) != 0)
    return MakeError(ErrorCode::kIo, "{}: {}", path, std::strerror(errno));
  FileDescriptor copy(memfd_create("init", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!copy) return Failure("a file of memory");
  for (off_t left = state.st_size; left > 0;) {
    const ssize_t count = sendfile(copy.get(), source.get(), nullptr, static_cast<size_t>(left));
    if (count <= 0) return MakeError(ErrorCode::kIo, "{}: cannot be copied: {}", path, std::strerror(errno));
    left -= count;
  }
  if (fchmod(copy.get(), 0555) != 0 ||
      fcntl(copy.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
    return Failure("sealing a file of memory");
  }
  return copy;
}

Result<Spawned> Spawn(const SpawnRequest& request) {
  auto pipes = MakePipes();
  if (!pipes) return std::unexpected(pipes.error());
  auto record = MemoryFile("boot", WriteBootRecord(request.boot_record));
  if (!record) return std::unexpected(record.error());
  int pidfd = -1;
  clone_args arguments{};
  arguments.flags = CLONE_PIDFD | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC;
  arguments.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  const pid_t process = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  if (process < 0) return Failure("a process in namespaces of its own");
  if (process == 0) RunChild(request, *pipes, record->get());
  Spawned spawned{.process = process,
                  .pidfd = FileDescriptor(pidfd),
                  .console = std::move(pipes->console.read),
                  .state = std::move(pipes->state.read),
                  .audit = std::move(pipes->audit.write)};
  pipes->fault.write.Reset();
  if (const Status confined = request.confine(process); !confined) {
    Abandon(process);
    return std::unexpected(confined.error());
  }
  std::string fault;
  if (write(pipes->go.write.get(), "", 1) != 1) fault = "its process did not come up";
  if (fault.empty()) fault = ReadFault(pipes->fault.read.get());
  if (!fault.empty()) {
    Abandon(process);
    return MakeError(ErrorCode::kIo, "{}", fault);
  }
  if (request.owner == OverlayOwner::kUserNamespace) {
    pipes->handover.second.Reset();
    auto handed = ReceiveMessage(pipes->handover.first.get());
    if (!handed || !*handed || (*handed)->descriptors.size() != 1) {
      Abandon(process);
      return MakeError(ErrorCode::kIo, "its process gave no notifier");
    }
    spawned.notifier = std::move((*handed)->descriptors.front());
  }
  spawned.audit_session = AuditSession(process);
  return spawned;
}

}  // namespace opentrail::instances
