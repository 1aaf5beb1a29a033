// The launcher as a program: `opentrail-launcher SOCKET INIT DATA [--rootless]`, started by the server (hosts.cc) and
// by nobody else. SOCKET is the number of the connection that it inherits.

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "instances/launcher/launcher.h"

namespace {

using opentrail::Value;
namespace instances = opentrail::instances;

// Its mounts are its own: whatever happens to it, none stays behind.
bool LeaveMounts() {
  return unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

// Ctrl-C in a terminal reaches all of its processes; what ends this one is the server.
void IgnoreInterrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
}

int Run(int socket, const instances::LauncherOptions& options) {
  const bool alone = LeaveMounts();
  const int fault = errno;
  auto launcher = instances::Launcher::Open(options);
  Value hello = Value::Object({{"ready", true}});
  if (!alone) hello = Value::Object({{"error", fmt::format("mounts of its own: {}", std::strerror(fault))}});
  if (!launcher) hello = Value::Object({{"error", launcher.error().message}});
  if (!instances::SendMessage(socket, hello) || hello.Has("error")) return EXIT_FAILURE;
  (*launcher)->Serve(socket);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "{}: is started by `opentrail serve`\n", argv[0]);
    return 2;
  }
  IgnoreInterrupts();
  const int socket = std::atoi(argv[1]);
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  return Run(socket, {.data_directory = argv[3],
                      .init_program = argv[2],
                      .rootless = argc > 4 && std::string_view(argv[4]) == "--rootless"});
}
