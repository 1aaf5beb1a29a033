#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "logs/file_store.h"
#include "store/connection.h"
#include "trail/selectors.h"

namespace opentrail::trail {

// A stretch of the journal, and which of its records are meant.
struct JournalSpan {
  int64_t after = 0;  // the last entry before it
  int64_t until = 0;  // its own last entry
  TrailScope scope;
  EventSelectors selectors;
};

// What was read. Thread-safe.
struct JournalCounters {
  std::atomic<uint64_t> events{0};  // records given
  std::atomic<uint64_t> bytes{0};   // of their JSON
};

// Stretches of the account's journal as log files, {"Records":[...]}, that a scan reads as any others: each has the
// records of a fixed number of journal entries that the span's scope and selectors select. Rows of the journal never
// change, so what is read is as of when the spans were drawn. Thread-safe.
class JournalStore final : public logs::FileStore {
 public:
  // Entries in a file: some 1.5 MB. The longest records that there are (256 KB) stay within what a reader takes.
  static constexpr int64_t kEntriesInFile = 1024;

  // Spans in the order of the journal; none overlaps another. Records of events before `oldest` are left out.
  // `counters` outlives the store.
  JournalStore(std::string account_path, std::vector<JournalSpan> spans, Time oldest, JournalCounters& counters);
  ~JournalStore() override;

  [[nodiscard]] Result<logs::Listing> List(std::span<const logs::Predicate> predicates,
                                           const CancelToken& cancel) override;
  [[nodiscard]] Status Read(const logs::LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) override;
  // kUnsupported: such files are read whole.
  [[nodiscard]] Status ReadRange(const logs::LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) override;

 private:
  Result<std::unique_ptr<store::Connection>> TakeReader();
  void GiveBack(std::unique_ptr<store::Connection> reader);

  const std::string account_path_;
  const std::vector<JournalSpan> spans_;
  const Time oldest_;
  JournalCounters& counters_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<store::Connection>> idle_;  // as many as threads read at once
};

}  // namespace opentrail::trail
