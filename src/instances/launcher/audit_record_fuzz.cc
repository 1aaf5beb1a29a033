// Audit records, of which programs write a part: numbers are read and replaced alike, and a record stays one line.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "instances/launcher/audit_record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace opentrail::instances;
  const std::string_view record(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"pid", "ses", "old-ses"}) {
    const auto number = AuditNumber(record, name);
    const std::string changed = WithAuditNumber(record, name, 17);
    if (number && AuditNumber(changed, name) != 17) std::abort();
    if (number && WithAuditNumber(changed, name, *number).size() > record.size()) std::abort();
  }
  const std::string line = AuditLine(1100, record);
  if (std::ranges::count(line, '\n') != 1 || line.back() != '\n') std::abort();
  return 0;
}
