#pragma once

#include <poll.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "instances/file_descriptor.h"

namespace opentrail::instances {

// The kernel's audit for instances in a user namespace, where the kernel has none: what asks for a netlink socket of
// the audit's gets, by seccomp's notifications (privileges.h), a connection to here, and records come back as the
// kernel would write them. Programs and libaudit are Debian's own and see no difference. Whether a program may write
// records is decided when it opens the socket, as it then stands still: by its capability AUDIT_WRITE. Single-threaded:
// it is part of the launcher's loop.
class AuditShim {
 public:
  // `lines`: where the instance's lines go; never blocks.
  void Add(const std::string& instance_id, FileDescriptor notifier, FileDescriptor lines);
  void Remove(const std::string& instance_id);

  // What is to be polled for POLLIN, appended; and one of those, polled, that has something.
  void AppendPolled(std::vector<pollfd>& events) const;
  void Pump(const pollfd& event);

  [[nodiscard]] int64_t lost() const { return lost_; }  // records that found no place

 private:
  struct Instance {
    FileDescriptor notifier, lines;
  };
  // A program's audit socket: our end of it.
  struct Connection {
    FileDescriptor socket;
    std::string instance_id;
    bool may_write = false;
    int64_t opener = 0;  // its process's number inside
  };

  void TakeRequest(const std::string& instance_id, int notifier);
  std::optional<FileDescriptor> Connect(const std::string& instance_id, int64_t process, bool is_nonblocking);
  bool TakeRecord(const Connection& connection);  // false: it has closed
  void Write(const Connection& connection, int type, std::string_view text, int64_t process, int64_t user);

  std::map<std::string, Instance, std::less<>> instances_;
  std::map<int, Connection> connections_;  // by descriptor
  uint32_t next_name_ = 1;
  int64_t serial_ = 0, lost_ = 0;
};

}  // namespace opentrail::instances
