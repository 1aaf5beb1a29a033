#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "instances/file_descriptor.h"
#include "instances/launcher/audit_control.h"

namespace opentrail::instances {

// Gives each instance the kernel's audit records of its own processes, as lines for its audit.log. Whose a record is
// says its audit session: each instance begins in one, and a record of LOGIN tells which one a session came from.
// Single-threaded: it is part of the launcher's loop.
class AuditCollector {
 public:
  // Without a control there is nothing to Pump: for tests.
  explicit AuditCollector(std::optional<AuditControl> control) : control_(std::move(control)) {}

  [[nodiscard]] int socket() const { return control_ ? control_->socket() : -1; }
  // From now on lines of the instance go to `lines`, which must not block; what it cannot take is lost and counted.
  void Add(const std::string& instance_id, pid_t first_process, int64_t session, FileDescriptor lines);
  void Remove(const std::string& instance_id);
  // Takes all records that are there.
  void Pump();
  // One record; public for tests.
  void Take(int type, std::string_view record);

  [[nodiscard]] int64_t lost() const { return lost_; }

 private:
  struct Instance {
    int64_t session = -1;       // the one that it began in
    std::string pid_namespace;  // "pid:[4026532...]"
    FileDescriptor lines;
    std::map<int64_t, int64_t> inside;  // numbers of processes on the host, to those inside
  };

  std::optional<std::string> OwnerOf(int type, std::string_view record);
  // Whether it belongs to the event by which the instance began its first session: the launcher's own.
  bool IsBeginning(const Instance& instance, int type, std::string_view record);

  std::optional<AuditControl> control_;
  std::map<std::string, Instance> instances_;
  std::map<int64_t, std::string> sessions_;  // to instances
  std::string beginning_;                    // "audit(1772625600.123:45)" of the last such event
  int64_t lost_ = 0;
};

}  // namespace opentrail::instances
