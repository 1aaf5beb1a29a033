#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/result.h"
#include "codec/json.h"
#include "store/connection.h"
#include "store/journal.h"
#include "trail/event_index.h"

// history.db: where in the journal the events of each attribute's value are. docs/formats/history-db.md.
namespace opentrail::trail {

// Events are kept in buckets in the order of the journal, so that new ones change few pages.
inline constexpr int64_t kBucketEvents = 1 << 16;
inline constexpr std::chrono::days kHistoryKept{91};  // 90 are shown
inline constexpr size_t kBlockPlaces = 256;           // what a page of answers reads at least

// An event's place in the order of answers: newest first is the greatest first.
using EventPlace = std::pair<int64_t, int64_t>;  // time (milliseconds since 1970), seq

// The one writer. Not thread-safe.
class HistoryWriter {
 public:
  static constexpr size_t kMaxBatch = 65'536;

  enum class Existing : uint8_t { kKeep, kReplace };
  // Opens it, or makes it anew where it is missing, broken, of another version, or of another journal, or where asked
  // to.
  static Result<HistoryWriter> Open(const std::string& path, store::Connection& journal, Existing existing);

  // The last journal row that is in the index.
  [[nodiscard]] int64_t watermark() const { return watermark_; }
  // Brings in at most kMaxBatch rows after the watermark, in one transaction; how many there were.
  Result<size_t> Follow(store::Connection& journal);

 private:
  struct Bucket {
    int64_t id = 0, first_seq = 0, base_time = 0, min_time = 0, max_time = 0, events = 0;
    int64_t widest = 0;  // from a block's first place to its last, at most
  };
  using Entry = std::pair<int64_t, int64_t>;  // term, place

  explicit HistoryWriter(store::Connection connection) : connection_(std::move(connection)) {}
  bool IsOf(store::Connection& journal);
  void Load();
  void Add(const store::JournalRecord& entry);
  void NextBucket(int64_t seq, int64_t time);
  void WriteEntries();
  void WriteEvents();
  void WriteEventRow(int64_t term, std::span<const Entry> entries);
  void WriteBlock(int64_t term, std::span<const int64_t> places);
  void WriteBucket();
  void RemoveOldBuckets();

  store::Connection connection_;
  int64_t watermark_ = 0;
  uint64_t watermark_hash_ = 0;   // of the record there
  std::optional<Bucket> bucket_;  // the newest one
  // Of the batch, not written yet: the places of each term, and those of event ids.
  boost::unordered_flat_map<int64_t, std::vector<int64_t>> blocks_;
  std::vector<Entry> events_;
  codec::JsonReader reader_;
};

// The places of at most `limit` events that may match (a term is a hash), newest first. `history` is in a transaction.
[[nodiscard]] std::vector<EventPlace> FindPlaces(store::Connection& history, const LookupQuery& query, size_t limit);

}  // namespace opentrail::trail
