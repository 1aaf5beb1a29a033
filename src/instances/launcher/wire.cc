#include "instances/launcher/wire.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "codec/json_value.h"

namespace opentrail::instances {
namespace {

constexpr int kSocketBuffer = 4 * static_cast<int>(kMaxMessage);

union DescriptorSpace {
  char bytes[CMSG_SPACE(sizeof(int) * kMaxMessageDescriptors)];
  cmsghdr alignment;
};

std::vector<FileDescriptor> TakeDescriptors(msghdr& message) {
  std::vector<FileDescriptor> descriptors;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
      descriptors.emplace_back(descriptor);
    }
  }
  return descriptors;
}

}  // namespace

Result<std::pair<FileDescriptor, FileDescriptor>> MakeConnection() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return MakeError(ErrorCode::kIo, "a socket pair: {}", std::strerror(errno));
  std::pair<FileDescriptor, FileDescriptor> connection{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  for (const int end : ends) setsockopt(end, SOL_SOCKET, SO_SNDBUF, &kSocketBuffer, sizeof kSocketBuffer);
  return connection;
}

Status SendMessage(int socket, const Value& value, const std::vector<int>& descriptors) {
  std::string text = codec::WriteJson(value);
  if (text.size() > kMaxMessage || descriptors.size() > kMaxMessageDescriptors) {
    return MakeError(ErrorCode::kLimitExceeded, "a message of {} bytes and {} files; {} and {} are the most",
                     text.size(), descriptors.size(), kMaxMessage, kMaxMessageDescriptors);
  }
  iovec bytes{.iov_base = text.data(), .iov_len = text.size()};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  DescriptorSpace space{};
  if (!descriptors.empty()) {
    message.msg_control = space.bytes;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(part), descriptors.data(), sizeof(int) * descriptors.size());
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return MakeError(ErrorCode::kIo, "the launcher's socket: {}", std::strerror(errno));
  return {};
}

Result<std::optional<Message>> ReceiveMessage(int socket) {
  std::string text(kMaxMessage, '\0');
  iovec bytes{.iov_base = text.data(), .iov_len = text.size()};
  DescriptorSpace space{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = space.bytes;
  message.msg_controllen = sizeof space.bytes;
  ssize_t received = 0;
  do {
    received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received == 0) return std::nullopt;
  if (received < 0) return MakeError(ErrorCode::kIo, "the launcher's socket: {}", std::strerror(errno));
  Message taken{.descriptors = TakeDescriptors(message)};
  text.resize(static_cast<size_t>(received));
  auto value = codec::ParseJsonValue(text);
  if (!value) return std::unexpected(value.error());
  taken.value = std::move(*value);
  return taken;
}

}  // namespace opentrail::instances
