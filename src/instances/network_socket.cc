#include "instances/network_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "instances/network_namespace.h"

namespace opentrail::instances {
namespace {

sockaddr_in NameOf(Ipv4 address, uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(address.bits);
  return name;
}

Status Bind(FileDescriptor& socket, Transport transport, Ipv4 address, uint16_t port) {
  const int type = transport == Transport::kTcp ? SOCK_STREAM : SOCK_DGRAM;
  socket.Reset(::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in name = NameOf(address, port);
  const int on = 1;
  bool good = socket && setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
              bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
  if (good && transport == Transport::kTcp) good = listen(socket.get(), SOMAXCONN) == 0;
  if (good) return {};
  return MakeError(ErrorCode::kIo, "listening on {} port {}: {}", address.Text(), port, std::strerror(errno));
}

Status Begin(FileDescriptor& socket, Ipv4 address, uint16_t port) {
  socket.Reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in name = NameOf(address, port);
  if (socket &&
      (connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 || errno == EINPROGRESS)) {
    return {};
  }
  return MakeError(ErrorCode::kIo, "connecting to {} port {}: {}", address.Text(), port, std::strerror(errno));
}

}  // namespace

Result<FileDescriptor> ListenInNetworkNamespace(int network_namespace, Transport transport, Ipv4 address,
                                                uint16_t port) {
  FileDescriptor socket;
  const Status bound = InNetworkNamespace(network_namespace, [&] { return Bind(socket, transport, address, port); });
  if (!bound) return std::unexpected(bound.error());
  return socket;
}

Result<FileDescriptor> ConnectInNetworkNamespace(int network_namespace, Ipv4 address, uint16_t port) {
  FileDescriptor socket;
  const Status begun = InNetworkNamespace(network_namespace, [&] { return Begin(socket, address, port); });
  if (!begun) return std::unexpected(begun.error());
  return socket;
}

}  // namespace opentrail::instances
