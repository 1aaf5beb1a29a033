#pragma once

#include <string>

namespace opentrail::instances::init {

// The part of auditd: lines that the launcher's collector took from the kernel, appended to
// /var/log/audit/audit.log, which is turned over at 8 MiB and kept five times.
class AuditLog {
 public:
  explicit AuditLog(int source) : source_(source) {}

  // Where lines come from, for poll(); -1 when there will be none any more.
  [[nodiscard]] int source() const { return source_; }
  // Takes what is there.
  void Pump();

 private:
  int source_;
  std::string partial_;  // of a line whose end has not come
};

}  // namespace opentrail::instances::init
