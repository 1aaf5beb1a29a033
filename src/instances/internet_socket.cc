#include "instances/internet_socket.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "instances/launcher/wire.h"

namespace opentrail::instances {
namespace {

constexpr size_t kMaxGuests = 256;
constexpr const char* kName = "internet.sock";

std::unexpected<Error> Failure(std::string_view what) {
  return MakeError(ErrorCode::kIo, "{}: {}", what, std::strerror(errno));
}

// A socket's name has room for 107 bytes, a path for more: it is named by way of its directory.
struct SocketName {
  FileDescriptor directory;
  sockaddr_un address{};
};
Result<SocketName> NameIn(const std::string& data_directory) {
  const std::string path = data_directory + "/instances";
  SocketName name;
  name.directory.Reset(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!name.directory) return Failure(path);
  name.address.sun_family = AF_UNIX;
  const std::string text = fmt::format("/proc/self/fd/{}/{}", name.directory.get(), kName);
  text.copy(name.address.sun_path, sizeof name.address.sun_path - 1);
  return name;
}

const sockaddr* AddressOf(const SocketName& name) { return reinterpret_cast<const sockaddr*>(&name.address); }

FileDescriptor NewSocket() { return FileDescriptor(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)); }

bool IsWelcome(int connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == geteuid();
}

}  // namespace

Result<std::unique_ptr<InternetSocket>> InternetSocket::Listen(const std::string& data_directory, Hosts hosts) {
  const auto name = NameIn(data_directory);
  if (!name) return std::unexpected(name.error());
  const std::string path = data_directory + "/instances/" + kName;
  unlink(path.c_str());
  FileDescriptor listener = NewSocket();
  FileDescriptor wake(eventfd(0, EFD_CLOEXEC));
  if (!listener || !wake || bind(listener.get(), AddressOf(*name), sizeof name->address) != 0 ||
      chmod(path.c_str(), 0600) != 0 || listen(listener.get(), static_cast<int>(kMaxGuests)) != 0) {
    return Failure(path);
  }
  return std::unique_ptr<InternetSocket>(new InternetSocket(std::move(listener), std::move(wake), std::move(hosts)));
}

InternetSocket::InternetSocket(FileDescriptor listener, FileDescriptor wake, Hosts hosts)
    : listener_(std::move(listener)), wake_(std::move(wake)), hosts_(std::move(hosts)), thread_([this] { Loop(); }) {}

InternetSocket::~InternetSocket() {
  const uint64_t one = 1;
  while (write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
}

void InternetSocket::Loop() {
  for (;;) {
    std::vector<pollfd> events = {{.fd = wake_.get(), .events = POLLIN}, {.fd = listener_.get(), .events = POLLIN}};
    for (const auto& [descriptor, guest] : guests_) events.push_back({.fd = descriptor, .events = POLLIN});
    if (poll(events.data(), events.size(), -1) < 0) continue;
    if (events[0].revents != 0) break;
    if (events[1].revents != 0) Accept();
    for (size_t i = 2; i < events.size(); ++i) {
      if (events[i].revents == 0) continue;
      const auto guest = guests_.find(events[i].fd);
      if (Answer(guest->second)) continue;
      Leave(guest->second);
      guests_.erase(guest);
    }
  }
  for (const auto& [descriptor, guest] : guests_) Leave(guest);
}

void InternetSocket::Accept() {
  FileDescriptor connection(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection || guests_.size() >= kMaxGuests || !IsWelcome(connection.get())) return;
  const int descriptor = connection.get();
  guests_.emplace(descriptor, Guest{std::move(connection), ""});
}

bool InternetSocket::Answer(Guest& guest) {
  const auto message = ReceiveMessage(guest.connection.get());
  if (!message || !*message || !guest.address.empty()) return false;
  const std::string_view address = (*message)->value["Address"].Text();
  const auto host = hosts_.add(address);
  if (!host) {
    return SendMessage(guest.connection.get(), Value::Object({{"Error", host.error().message}})).has_value();
  }
  if (address != kOwnMachine) guest.address = address;
  return SendMessage(guest.connection.get(), Value::Object({{"Address", address}}), {host->get()}).has_value();
}

void InternetSocket::Leave(const Guest& guest) {
  // What cannot be removed goes with the network.
  if (!guest.address.empty()) (void)hosts_.remove(guest.address);
}

Result<InternetGuest> JoinInternet(const std::string& data_directory, std::string_view address) {
  const auto name = NameIn(data_directory);
  InternetGuest guest{.connection = NewSocket(), .network_namespace = {}};
  if (!guest.connection) return Failure("a socket");
  if (!name || connect(guest.connection.get(), AddressOf(*name), sizeof name->address) != 0) {
    return MakeError(ErrorCode::kNotFound,
                     "there is no internet yet: it comes with the first instance that a server over {} runs",
                     data_directory);
  }
  if (const Status asked = SendMessage(guest.connection.get(), Value::Object({{"Address", address}})); !asked) {
    return std::unexpected(asked.error());
  }
  auto message = ReceiveMessage(guest.connection.get());
  if (!message) return std::unexpected(message.error());
  if (!*message) return MakeError(ErrorCode::kIo, "the server lets only its own user and root be on its internet");
  if ((*message)->descriptors.size() != 1) {
    return MakeError(ErrorCode::kInvalidArgument, "{}", (*message)->value["Error"].Text("the server gives no host"));
  }
  guest.network_namespace = std::move((*message)->descriptors.front());
  return guest;
}

Status EnterHost(const InternetGuest& guest) {
  if (geteuid() != 0) {
    // The namespace belongs to the launcher's user namespace, which is this user's own.
    const FileDescriptor owner(ioctl(guest.network_namespace.get(), NS_GET_USERNS));
    if (!owner || setns(owner.get(), CLONE_NEWUSER) != 0) return Failure("the launcher's user namespace");
  }
  if (setns(guest.network_namespace.get(), CLONE_NEWNET) != 0) return Failure("the host's network namespace");
  return {};
}

}  // namespace opentrail::instances
