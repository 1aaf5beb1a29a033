#include "cli/instance_forward.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iterator>

#include <fmt/format.h>

#include "cli/instance_reach.h"
#include "instances/file_descriptor.h"

namespace opentrail::cli {
namespace {

using instances::FileDescriptor;

constexpr int kMaxConnections = 64, kLookMs = 100;

sockaddr_in NameOf(const std::string& address, uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &name.sin_addr);
  return name;
}

Result<FileDescriptor> Listen(uint16_t port) {
  FileDescriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in name = NameOf("127.0.0.1", port);
  const int on = 1;
  if (!listener || setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
      listen(listener.get(), kMaxConnections) != 0) {
    return MakeError(ErrorCode::kIo, "listening on 127.0.0.1 port {}: {}", port, std::strerror(errno));
  }
  return listener;
}

uint16_t PortOf(const FileDescriptor& listener) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  getsockname(listener.get(), reinterpret_cast<sockaddr*>(&name), &size);
  return ntohs(name.sin_port);
}

bool WriteAll(int file, const char* bytes, ssize_t count) {
  while (count > 0) {
    const ssize_t written = send(file, bytes, static_cast<size_t>(count), MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    count -= written;
  }
  return true;
}

// What comes from one goes to the other, until both have said that no more comes.
void Join(int one, int other) {
  int from[] = {one, other};
  const int to[] = {other, one};
  char buffer[64 * 1024];
  while (from[0] >= 0 || from[1] >= 0) {
    pollfd events[] = {{.fd = from[0], .events = POLLIN, .revents = 0},
                       {.fd = from[1], .events = POLLIN, .revents = 0}};
    if (poll(events, std::size(events), -1) < 0 && errno != EINTR) return;
    for (size_t i = 0; i < std::size(events); ++i) {
      if (events[i].revents == 0) continue;
      const ssize_t count = read(from[i], buffer, sizeof buffer);
      if (count > 0 && WriteAll(to[i], buffer, count)) continue;
      if (count != 0) return;
      shutdown(to[i], SHUT_WR);
      from[i] = -1;
    }
  }
}

// In a process of its own.
[[noreturn]] void Serve(const FileDescriptor& connection, const sockaddr_in& instance) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  const FileDescriptor there(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(there.get(), reinterpret_cast<const sockaddr*>(&instance), sizeof instance) != 0) _exit(1);
  Join(connection.get(), there.get());
  _exit(0);
}

int ReapEnded() {
  int ended = 0;
  while (waitpid(-1, nullptr, WNOHANG) > 0) ++ended;
  return ended;
}

}  // namespace

Status ForwardToInstance(const ForwardRequest& request, const CancelToken& cancel) {
  // Before the network is left that its clients are in.
  auto listener = Listen(request.local_port);
  if (!listener) return std::unexpected(listener.error());
  if (const Status reached = ReachInstances(request.data); !reached) return reached;
  const sockaddr_in instance = NameOf(request.address, request.port);
  fmt::print("127.0.0.1:{} leads to {}:{}; Ctrl-C ends it\n", PortOf(*listener), request.address, request.port);
  std::fflush(stdout);
  int running = 0;
  while (!cancel.IsCancelled()) {
    running -= ReapEnded();
    const bool has_room = running < kMaxConnections;
    pollfd event{.fd = has_room ? listener->get() : -1, .events = POLLIN, .revents = 0};
    if (poll(&event, 1, kLookMs) <= 0) continue;
    const FileDescriptor connection(accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) continue;
    const pid_t child = fork();
    if (child == 0) Serve(connection, instance);
    if (child > 0) ++running;
  }
  return {};
}

}  // namespace opentrail::cli
