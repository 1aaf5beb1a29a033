#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "instances/file_descriptor.h"

namespace opentrail::instances {

// The kernel's audit of this machine, as a netlink socket: turned on where it is off, and heard. Where an auditd is at
// work already it keeps its place, and records are read along with it. What was changed is put back at the end; after
// a killed process, by the next one, which finds the former setting in `memory_file`.
class AuditControl {
 public:
  // kUnsupported where the kernel has no audit or this process may not use it.
  static Result<AuditControl> Open(std::string memory_file);
  AuditControl(AuditControl&&) noexcept = default;
  AuditControl& operator=(AuditControl&&) = delete;
  ~AuditControl();

  // Readable when there are records; never blocks.
  [[nodiscard]] int socket() const { return socket_.get(); }
  // Takes the place that nobody holds (any more) and turns the audit on. To be called again whenever the kernel says
  // that its settings changed.
  [[nodiscard]] Status TakeOver();

 private:
  AuditControl(FileDescriptor socket, std::string memory_file)
      : socket_(std::move(socket)), memory_file_(std::move(memory_file)) {}

  FileDescriptor socket_;
  std::string memory_file_;
};

}  // namespace opentrail::instances
