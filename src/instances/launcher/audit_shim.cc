#include "instances/launcher/audit_shim.h"

#include <fcntl.h>
#include <libaudit.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "instances/launcher/audit_record.h"
#include "instances/launcher/process_status.h"

namespace opentrail::instances {
namespace {

constexpr size_t kMaxConnections = 256;  // of one instance, at once
constexpr int kTypeArgument = 1;         // of socket(2)

// libaudit takes an answer only where its sender's name has the size of a netlink address and, in place of the
// sender's number, zero: the kernel's. An abstract name may hold both.
struct KernelName {
  sa_family_t family = AF_UNIX;
  char pad[2] = {'\0', 'a'};
  char port[4] = {};
  char unique[4] = {};
};
static_assert(sizeof(KernelName) == sizeof(sockaddr_nl));

bool IsUserMessage(int type) {
  return type == AUDIT_USER || (type >= AUDIT_FIRST_USER_MSG && type <= AUDIT_LAST_USER_MSG) ||
         (type >= AUDIT_FIRST_USER_MSG2 && type <= AUDIT_LAST_USER_MSG2);
}

// What /proc/PROCESS/NAME says; where it is what the launcher itself has, the instance never set it.
int64_t LoginNumber(int64_t process, const char* name) {
  const auto read = [&](const std::string& path) {
    std::ifstream file(path);
    int64_t number = kUnsetAuditId;
    return file >> number ? number : kUnsetAuditId;
  };
  const int64_t number = read(fmt::format("/proc/{}/{}", process, name));
  return number == read(fmt::format("/proc/self/{}", name)) ? kUnsetAuditId : number;
}

void Acknowledge(int socket, const nlmsghdr& request, int error) {
  struct {
    nlmsghdr header{};
    nlmsgerr body{};
  } answer;
  answer.header.nlmsg_len = sizeof answer;
  answer.header.nlmsg_type = NLMSG_ERROR;
  answer.header.nlmsg_seq = request.nlmsg_seq;
  answer.body.error = -error;
  answer.body.msg = request;
  // Who does not read what it asked for goes without.
  (void)!send(socket, &answer, sizeof answer, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void Refuse(int notifier, uint64_t id, int error) {
  seccomp_notif_resp answer{.id = id, .val = 0, .error = -error, .flags = 0};
  (void)ioctl(notifier, SECCOMP_IOCTL_NOTIF_SEND, &answer);  // it may have ended meanwhile
}

// The sender as the kernel saw it.
std::optional<ucred> SenderOf(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS) continue;
    ucred sender{};
    std::memcpy(&sender, CMSG_DATA(part), sizeof sender);
    return sender;
  }
  return std::nullopt;
}

}  // namespace

void AuditShim::Add(const std::string& instance_id, FileDescriptor notifier, FileDescriptor lines) {
  instances_[instance_id] = {std::move(notifier), std::move(lines)};
}

void AuditShim::Remove(const std::string& instance_id) {
  instances_.erase(instance_id);
  std::erase_if(connections_, [&](const auto& connection) { return connection.second.instance_id == instance_id; });
}

void AuditShim::AppendPolled(std::vector<pollfd>& events) const {
  for (const auto& [id, instance] : instances_) {
    if (instance.notifier) events.push_back({.fd = instance.notifier.get(), .events = POLLIN, .revents = 0});
  }
  for (const auto& [descriptor, connection] : connections_)
    events.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
}

void AuditShim::Pump(const pollfd& event) {
  if (const auto connection = connections_.find(event.fd); connection != connections_.end()) {
    if (!TakeRecord(connection->second)) connections_.erase(connection);
    return;
  }
  const auto found = std::ranges::find_if(
      instances_, [&](const auto& instance) { return instance.second.notifier.get() == event.fd; });
  if (found == instances_.end()) return;
  // All processes have gone. To ask for a request now would wait for ever on kernels before 6.11.
  if ((event.revents & POLLIN) == 0) return found->second.notifier.Reset();
  TakeRequest(found->first, event.fd);
}

void AuditShim::TakeRequest(const std::string& instance_id, int notifier) {
  seccomp_notif request{};
  // Who asked may have ended meanwhile.
  if (ioctl(notifier, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) return;
  const auto type = static_cast<int>(request.data.args[kTypeArgument]);
  auto theirs = Connect(instance_id, request.pid, (type & SOCK_NONBLOCK) != 0);
  // The number may be another process's by now: nothing that was read of it counts then.
  if (seccomp_notify_id_valid(notifier, request.id) != 0) return;
  if (!theirs) return Refuse(notifier, request.id, EMFILE);
  seccomp_notif_addfd give{.id = request.id,
                           .flags = SECCOMP_ADDFD_FLAG_SEND,
                           .srcfd = static_cast<uint32_t>(theirs->get()),
                           .newfd = 0,
                           .newfd_flags = (type & SOCK_CLOEXEC) != 0 ? static_cast<uint32_t>(O_CLOEXEC) : 0U};
  if (ioctl(notifier, SECCOMP_IOCTL_NOTIF_ADDFD, &give) < 0) Refuse(notifier, request.id, EMFILE);
}

// The other end of a new connection.
std::optional<FileDescriptor> AuditShim::Connect(const std::string& instance_id, int64_t process, bool is_nonblocking) {
  const auto has = std::ranges::count_if(
      connections_, [&](const auto& connection) { return connection.second.instance_id == instance_id; });
  int ends[2];
  if (static_cast<size_t>(has) >= kMaxConnections || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return std::nullopt;
  FileDescriptor ours(ends[0]), theirs(ends[1]);
  KernelName name;
  const uint32_t number = next_name_++;
  std::memcpy(name.unique, &number, sizeof number);
  const int on = 1;
  const bool good = bind(ours.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 &&
                    setsockopt(ours.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0 &&
                    (!is_nonblocking || fcntl(theirs.get(), F_SETFL, O_NONBLOCK) == 0);
  if (!good) return std::nullopt;
  const auto status = ReadProcessStatus(process);
  const bool may_write = status && (status->effective_capabilities >> CAP_AUDIT_WRITE & 1) != 0;
  const int descriptor = ours.get();
  connections_.insert_or_assign(
      descriptor, Connection{std::move(ours), instance_id, may_write, status ? status->inside_number : 0});
  return theirs;
}

bool AuditShim::TakeRecord(const Connection& connection) {
  alignas(nlmsghdr) char bytes[NLMSG_SPACE(MAX_AUDIT_MESSAGE_LENGTH)];
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
  iovec part{.iov_base = bytes, .iov_len = sizeof bytes};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = recvmsg(connection.socket.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  if (size == 0) return false;
  nlmsghdr header;
  if (static_cast<size_t>(size) < NLMSG_HDRLEN) return false;
  std::memcpy(&header, bytes, sizeof header);
  const auto sender = SenderOf(message);
  // As the kernel answers outside of the initial namespaces: settings and rules are the machine's.
  const bool allowed = connection.may_write && sender && IsUserMessage(header.nlmsg_type);
  if (allowed) {
    const std::string_view text(bytes + NLMSG_HDRLEN, static_cast<size_t>(size) - NLMSG_HDRLEN);
    Write(connection, header.nlmsg_type, text.substr(0, text.find('\0')), sender->pid, sender->uid);
  }
  if (!allowed || (header.nlmsg_flags & NLM_F_ACK) != 0)
    Acknowledge(connection.socket.get(), header, allowed ? 0 : EPERM);
  return true;
}

void AuditShim::Write(const Connection& connection, int type, std::string_view text, int64_t process, int64_t user) {
  const auto found = instances_.find(connection.instance_id);
  if (found == instances_.end()) return;
  const auto status = ReadProcessStatus(process);
  const int64_t now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  while (text.ends_with('\n')) text.remove_suffix(1);
  const std::string record =
      fmt::format("audit({}.{:03}:{}): pid={} uid={} auid={} ses={} msg='{}'", now / 1000, now % 1000, ++serial_,
                  status ? status->inside_number : connection.opener, user, LoginNumber(process, "loginuid"),
                  LoginNumber(process, "sessionid"), text);
  const std::string line = AuditLine(type, record);
  if (write(found->second.lines.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) ++lost_;
}

}  // namespace opentrail::instances
