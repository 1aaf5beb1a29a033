#include "instances/launcher/audit_collector.h"

#include <libaudit.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "instances/launcher/audit_record.h"
#include "instances/launcher/process_status.h"

namespace opentrail::instances {
namespace {

constexpr size_t kMaxSessions = 1 << 16;  // remembered; the oldest go first
constexpr size_t kMaxKnownProcesses = 4096;

std::string PidNamespace(int64_t process) {
  char link[64];
  const ssize_t size = readlink(fmt::format("/proc/{}/ns/pid", process).c_str(), link, sizeof link);
  return size > 0 ? std::string(link, static_cast<size_t>(size)) : "";
}

// Both are the host's numbers. A process that has ended keeps the number that an earlier record showed.
std::string WithInsideNumbers(std::string record, std::map<int64_t, int64_t>& known) {
  for (const char* name : {"pid", "ppid"}) {
    const auto process = AuditNumber(record, name);
    if (!process) continue;
    const auto status = ReadProcessStatus(*process);
    int64_t inside = status ? status->inside_number : 0;
    if (known.size() >= kMaxKnownProcesses) known.clear();
    if (inside != 0) known[*process] = inside;
    if (const auto former = known.find(*process); inside == 0 && former != known.end()) inside = former->second;
    if (inside != 0) record = WithAuditNumber(record, name, inside);
  }
  return record;
}

// The instance's first session is a mark of ours: inside, services have none.
std::string WithoutMark(std::string_view record, int64_t mark) {
  std::string changed(record);
  if (AuditNumber(changed, "old-ses") == mark) {
    changed = WithAuditNumber(WithAuditNumber(changed, "old-ses", kUnsetAuditId), "old-auid", kUnsetAuditId);
  }
  if (AuditNumber(changed, "ses") == mark)
    changed = WithAuditNumber(WithAuditNumber(changed, "ses", kUnsetAuditId), "auid", kUnsetAuditId);
  return changed;
}

}  // namespace

void AuditCollector::Add(const std::string& instance_id, pid_t first_process, int64_t session, FileDescriptor lines) {
  instances_[instance_id] = {session, PidNamespace(first_process), std::move(lines), {}};
  if (session >= 0) sessions_[session] = instance_id;
}

void AuditCollector::Remove(const std::string& instance_id) {
  instances_.erase(instance_id);
  std::erase_if(sessions_, [&](const auto& session) { return session.second == instance_id; });
}

std::optional<std::string> AuditCollector::OwnerOf(int type, std::string_view record) {
  const auto session = AuditNumber(record, "ses");
  if (type == AUDIT_LOGIN && session) {
    const auto former = sessions_.find(AuditNumber(record, "old-ses").value_or(kUnsetAuditId));
    if (former != sessions_.end()) {
      sessions_[*session] = former->second;
      if (sessions_.size() > kMaxSessions) sessions_.erase(sessions_.begin());
    }
  }
  if (const auto known = sessions_.find(session.value_or(kUnsetAuditId)); known != sessions_.end())
    return known->second;
  // A process that gave its session up: root may. While it lives, its namespace tells.
  const auto process = AuditNumber(record, "pid");
  const std::string space = process ? PidNamespace(*process) : "";
  for (const auto& [id, instance] : instances_) {
    if (!space.empty() && instance.pid_namespace == space) return id;
  }
  return std::nullopt;
}

bool AuditCollector::IsBeginning(const Instance& instance, int type, std::string_view record) {
  const std::string_view event = record.substr(0, record.find(": "));
  if (type == AUDIT_LOGIN && AuditNumber(record, "ses") == instance.session) beginning_ = event;
  return event == beginning_;
}

void AuditCollector::Take(int type, std::string_view record) {
  const auto owner = OwnerOf(type, record);
  if (!owner) return;
  const auto found = instances_.find(*owner);
  if (found == instances_.end()) return;
  if (IsBeginning(found->second, type, record)) return;
  const std::string text = WithInsideNumbers(WithoutMark(record, found->second.session), found->second.inside);
  const std::string line = AuditLine(type, text);
  if (write(found->second.lines.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) ++lost_;
}

void AuditCollector::Pump() {
  alignas(nlmsghdr) char message[NLMSG_SPACE(MAX_AUDIT_MESSAGE_LENGTH)];
  for (;;) {
    sockaddr_nl sender{};
    socklen_t sender_size = sizeof sender;
    const ssize_t size =
        recvfrom(socket(), message, sizeof message, 0, reinterpret_cast<sockaddr*>(&sender), &sender_size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == ENOBUFS) ++lost_;
    if (size < static_cast<ssize_t>(NLMSG_HDRLEN)) return;
    if (sender.nl_groups == 0) continue;  // what comes to us as the kernel's listener comes to the group as well
    nlmsghdr header;
    std::memcpy(&header, message, sizeof header);
    const std::string_view record(message + NLMSG_HDRLEN, static_cast<size_t>(size) - NLMSG_HDRLEN);
    // Another server's end may have turned the audit off.
    if (header.nlmsg_type == AUDIT_CONFIG_CHANGE && !control_->TakeOver()) ++lost_;
    if (header.nlmsg_type >= AUDIT_FIRST_USER_MSG || header.nlmsg_type == AUDIT_LOGIN) {
      Take(header.nlmsg_type, record.substr(0, record.find('\0')));
    }
  }
}

}  // namespace opentrail::instances
