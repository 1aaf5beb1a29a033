#include "instances/launcher/audit_control.h"

#include <libaudit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace opentrail::instances {
namespace {

constexpr int kReceiveBuffer = 4 << 20;
constexpr int kAnswerWaitMs = 1000;

struct Request {
  nlmsghdr header;
  audit_status status;
};

Result<FileDescriptor> OpenSocket(unsigned groups) {
  FileDescriptor audit(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_AUDIT));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = groups;
  if (!audit || bind(audit.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return MakeError(ErrorCode::kUnsupported, "the kernel's audit cannot be had: {}", std::strerror(errno));
  setsockopt(audit.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer);
  return audit;
}

// Sends a request on a socket of its own, and takes the answer: the settings where `type` is AUDIT_GET.
Result<audit_status> Ask(int socket, uint16_t type, const audit_status& status) {
  Request request{};
  request.header.nlmsg_len = type == AUDIT_GET ? NLMSG_LENGTH(0) : sizeof request;
  request.header.nlmsg_type = type;
  request.header.nlmsg_flags = NLM_F_REQUEST | (type == AUDIT_GET ? 0 : NLM_F_ACK);
  request.status = status;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (sendto(socket, &request, request.header.nlmsg_len, 0, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel) < 0)
    return MakeError(ErrorCode::kUnsupported, "the kernel's audit: {}", std::strerror(errno));
  for (;;) {
    pollfd event{.fd = socket, .events = POLLIN};
    alignas(nlmsghdr) char answer[NLMSG_SPACE(MAX_AUDIT_MESSAGE_LENGTH)];
    if (poll(&event, 1, kAnswerWaitMs) <= 0) return MakeError(ErrorCode::kIo, "the kernel's audit does not answer");
    const ssize_t size = recv(socket, answer, sizeof answer, 0);
    if (size < static_cast<ssize_t>(sizeof(nlmsghdr))) continue;
    nlmsghdr header;
    std::memcpy(&header, answer, sizeof header);
    if (header.nlmsg_type == NLMSG_ERROR) {
      int error = 0;
      std::memcpy(&error, answer + NLMSG_HDRLEN, sizeof error);
      if (error != 0) return MakeError(ErrorCode::kUnsupported, "the kernel's audit: {}", std::strerror(-error));
      if (type == AUDIT_SET) return status;
    }
    if (header.nlmsg_type == AUDIT_GET && type == AUDIT_GET) {
      audit_status found{};
      const size_t known = std::min(sizeof found, static_cast<size_t>(size) - NLMSG_HDRLEN);
      std::memcpy(&found, answer + NLMSG_HDRLEN, known);
      return found;
    }
  }
}

Result<audit_status> Settings() {
  auto socket = OpenSocket(0);
  if (!socket) return std::unexpected(socket.error());
  return Ask(socket->get(), AUDIT_GET, {});
}

Status SetEnabled(uint32_t enabled) {
  auto socket = OpenSocket(0);
  if (!socket) return std::unexpected(socket.error());
  audit_status wanted{};
  wanted.mask = AUDIT_STATUS_ENABLED;
  wanted.enabled = enabled;
  auto set = Ask(socket->get(), AUDIT_SET, wanted);
  if (!set) return std::unexpected(set.error());
  return {};
}

// Who hears the kernel is the socket that asked: the long-lived one. Its answer comes among the records.
void SetListener(int socket, uint32_t process) {
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = AUDIT_SET;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.status.mask = AUDIT_STATUS_PID;
  request.status.pid = process;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  sendto(socket, &request, sizeof request, 0, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel);
}

}  // namespace

Result<AuditControl> AuditControl::Open(std::string memory_file) {
  // The multicast group carries every record, whoever is the kernel's listener.
  auto socket = OpenSocket(1U << (AUDIT_NLGRP_READLOG - 1));
  if (!socket) return std::unexpected(socket.error());
  AuditControl control(std::move(*socket), std::move(memory_file));
  if (const Status taken = control.TakeOver(); !taken) return std::unexpected(taken.error());
  return control;
}

Status AuditControl::TakeOver() {
  auto found = Settings();
  if (!found) return std::unexpected(found.error());
  // Without a listener the kernel would print every record to its log; with one, it must be us or stay as it is.
  if (found->pid == 0) SetListener(socket_.get(), static_cast<uint32_t>(getpid()));
  if (found->enabled != 0) return {};
  std::ofstream(memory_file_, std::ios::trunc) << "0\n";
  return SetEnabled(1);
}

AuditControl::~AuditControl() {
  if (!socket_) return;
  auto found = Settings();
  if (found && found->pid == static_cast<uint32_t>(getpid())) SetListener(socket_.get(), 0);
  if (access(memory_file_.c_str(), F_OK) == 0 && SetEnabled(0)) unlink(memory_file_.c_str());
}

}  // namespace opentrail::instances
