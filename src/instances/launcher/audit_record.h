#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The kernel's audit records as text: `audit(1772625600.123:45): pid=12 uid=0 auid=1000 ses=3 msg='op=login ...'`.
// https://github.com/linux-audit/audit-documentation/wiki
namespace opentrail::instances {

inline constexpr int64_t kUnsetAuditId = 4294967295;  // (uint32_t)-1: no login id, no session

// The number after ` NAME=` in the part that the kernel wrote; what a program wrote, between msg=' and ', is not
// looked at. nullopt where there is none.
[[nodiscard]] std::optional<int64_t> AuditNumber(std::string_view record, std::string_view name);
// The record with that number in place of the one it has; as it is where it has none.
[[nodiscard]] std::string WithAuditNumber(std::string_view record, std::string_view name, int64_t number);

// A line as auditd writes it: `type=USER_AUTH msg=` and the record; bytes that would begin a line of their own are
// made harmless.
[[nodiscard]] std::string AuditLine(int type, std::string_view record);

}  // namespace opentrail::instances
