#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "base/result.h"

namespace opentrail::services::athena {

// What answers the statements of a workgroup: the address of a Trino coordinator, or "": the embedded engine. The entry
// of "" is for workgroups without one.
using WorkgroupEngines = std::map<std::string, std::string, std::less<>>;

// Of "[WORKGROUP:]trino=http://HOST:PORT" and "[WORKGROUP:]embedded". The error names what is wrong.
[[nodiscard]] Result<WorkgroupEngines> ParseWorkgroupEngines(std::span<const std::string> settings);

}  // namespace opentrail::services::athena
