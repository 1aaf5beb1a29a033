#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/connection.h"

namespace opentrail::trail {

// The eight attributes of LookupEvents.
enum class LookupAttribute : uint8_t {
  kEventId,
  kEventName,
  kReadOnly,
  kUsername,
  kResourceType,
  kResourceName,
  kEventSource,
  kAccessKeyId
};

struct LookupQuery {
  std::string region;
  std::optional<LookupAttribute> attribute;
  std::string value;
  Time start;  // inclusive, to the second
  Time end;    // inclusive, to the second
  size_t max_results = 50;
  // Where the page before ended: the last event's time and seq; nullopt for the first page.
  std::optional<std::pair<int64_t, int64_t>> after;
};

struct LookupPage {
  std::vector<std::string> records;  // JSON, newest first
  std::optional<std::pair<int64_t, int64_t>> next;
};

// The event history: management events of the journal by each of the eight attributes, newest first. Kept in a
// database of its own (history.db), derived from the journal: written behind the commits by a thread of its own,
// caught up at start, made anew where it is missing or broken. Thread-safe.
class EventIndex {
 public:
  // `journal`: a read-only connection to account.db for the writer thread. Reading opens more as needed.
  static Result<std::unique_ptr<EventIndex>> Start(const std::string& history_path, const std::string& account_path);
  virtual ~EventIndex() = default;

  // Something was committed: the writer thread looks within a few milliseconds. Cheap; from any thread.
  virtual void Wake() = 0;
  // Waits until every event committed before the call can be found; false past the timeout.
  virtual bool WaitUntilCurrent(std::chrono::milliseconds timeout) = 0;
  [[nodiscard]] virtual Result<LookupPage> Lookup(const LookupQuery& query) = 0;
};

}  // namespace opentrail::trail
