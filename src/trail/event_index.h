#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "trail/lookup_attribute.h"

namespace opentrail::trail {

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
  // account.db stands and has its journal. Only history.db is written to; anything wrong with it is mended by making it
  // anew, so an error is one of account.db, or of the disk.
  static Result<std::unique_ptr<EventIndex>> Start(const std::string& history_path, const std::string& account_path);
  virtual ~EventIndex() = default;

  // Something was committed: the writer thread looks within a few milliseconds. Cheap; from any thread.
  virtual void Wake() = 0;
  // Waits until every event committed before the call can be found; false past the timeout.
  virtual bool WaitUntilCurrent(std::chrono::milliseconds timeout) = 0;
  // A page may hold less than max_results and still have a next one.
  [[nodiscard]] virtual Result<LookupPage> Lookup(const LookupQuery& query) = 0;
};

}  // namespace opentrail::trail
