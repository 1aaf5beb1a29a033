#pragma once

#include <string>

#include "investigate/summary.h"

// A Summary as people read it and as programs do. Pure; thread-safe.
namespace opentrail::cli {

[[nodiscard]] std::string SummaryTable(const investigate::Summary& summary);
// One object; its keys are the fields of investigate::Summary.
[[nodiscard]] std::string SummaryJson(const investigate::Summary& summary);

}  // namespace opentrail::cli
