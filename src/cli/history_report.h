#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trail/event_history.h"

// Event history as `aws cloudtrail lookup-events` prints it. Pure; thread-safe.
namespace opentrail::cli {

// The CLI's JSON: {"Events": [...]}, four spaces, its order of keys, EventTime in ISO 8601 with offset.
[[nodiscard]] std::string HistoryJson(const std::vector<trail::HistoryEvent>& events);
// The CLI's text: an EVENTS line a event, tab-separated, keys in alphabetical order; a RESOURCES line a resource.
[[nodiscard]] std::string HistoryText(const std::vector<trail::HistoryEvent>& events);
// A box an event, a line a field.
[[nodiscard]] std::string HistoryTable(const std::vector<trail::HistoryEvent>& events);

}  // namespace opentrail::cli
