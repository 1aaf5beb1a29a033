#include "trail/history_database.h"

#include <algorithm>
#include <filesystem>

#include <xxhash.h>

#include "trail/event_history.h"

namespace opentrail::trail {
namespace {

using store::Blob;
using store::Connection;
using store::Rows;

constexpr int64_t kVersion = 5;
constexpr int kTermBits = 48;
constexpr int kSeqBits = 17;  // a bucket's rows of the journal may have gaps: data events
constexpr int64_t kSeqsInBucket = int64_t{1} << kSeqBits;
constexpr int64_t kMaxTime = int64_t{1} << 44;  // the year 2527, in milliseconds
// Event ids are each other's like never: a row of their table holds those whose hashes begin alike.
constexpr int kEventTermBits = 10;
constexpr size_t kHashRestBytes = 5;  // of the other 38 bits
static_assert((kTermBits - kEventTermBits + 7) / 8 == kHashRestBytes);

constexpr char kSchema[] = R"(
  CREATE TABLE state(version INTEGER, watermark INTEGER, record_hash INTEGER) STRICT;
  CREATE TABLE bucket(id INTEGER PRIMARY KEY, first_seq INTEGER, base_time INTEGER, min_time INTEGER, max_time INTEGER,
                      events INTEGER, widest INTEGER) STRICT;
  CREATE TABLE block(term INTEGER, last INTEGER, steps BLOB, PRIMARY KEY(term, last)) STRICT, WITHOUT ROWID;
  CREATE TABLE event(term INTEGER, last INTEGER, places BLOB, PRIMARY KEY(term, last)) STRICT, WITHOUT ROWID;)";

// The hashes of one region's values.
class TermHash {
 public:
  explicit TermHash(std::string_view region) : seed_(XXH3_64bits(region.data(), region.size())) {}
  [[nodiscard]] int64_t Of(LookupAttribute attribute, std::string_view value) const {
    return Of(static_cast<uint8_t>(attribute), value);
  }
  [[nodiscard]] int64_t OfAnyEvent() const { return Of(kAnyEvent, {}); }

 private:
  // What all of a region's events are found by, beside the eight attributes.
  static constexpr uint8_t kAnyEvent = 255;
  [[nodiscard]] int64_t Of(uint8_t attribute, std::string_view value) const {
    return static_cast<int64_t>(XXH3_64bits_withSeed(value.data(), value.size(), seed_ + attribute) >>
                                (64 - kTermBits));
  }
  uint64_t seed_;
};

uint64_t HashOf(std::string_view record) { return XXH3_64bits(record.data(), record.size()); }

int64_t TermOf(int64_t bucket, int64_t hash) { return (bucket << kTermBits) | hash; }
int64_t EventTermOf(int64_t term) { return term >> (kTermBits - kEventTermBits); }
uint64_t HashRestOf(int64_t term) {
  return static_cast<uint64_t>(term) & ((uint64_t{1} << (kTermBits - kEventTermBits)) - 1);
}

void AppendVarint(std::string& out, uint64_t number) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>(number | 0x80);
  out += static_cast<char>(number);
}

// False at the end, and where what is left is no number.
bool TakeVarint(std::string_view& text, uint64_t& number) {
  number = 0;
  for (int shift = 0; shift < 64 && !text.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(text.front());
    text.remove_prefix(1);
    number |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

void RemoveDatabase(const std::string& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix, ignored);
}

Result<Connection> OpenOrMake(const std::string& path) {
  auto connection = Connection::Open(path);
  if (!connection) return connection;
  // What a crash loses here is in the journal: no commit waits for the disk.
  connection->ExecuteScript("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768");
  bool is_new = false;
  {
    Rows rows = connection->Query("SELECT count(*) FROM sqlite_schema");
    is_new = rows.Next() && rows.Integer(0) == 0;
  }
  if (is_new) {
    connection->ExecuteScript(std::string("BEGIN;") + kSchema);
    connection->Execute("INSERT INTO state VALUES(?, 0, 0)", kVersion);
    connection->ExecuteScript("COMMIT");
  }
  if (!connection->status()) return std::unexpected(connection->status().error());
  return connection;
}

}  // namespace

Result<HistoryWriter> HistoryWriter::Open(const std::string& path, Connection& journal, Existing existing) {
  if (existing == Existing::kKeep) {
    auto connection = OpenOrMake(path);
    if (connection) {
      HistoryWriter writer(std::move(*connection));
      if (writer.IsOf(journal)) {
        writer.Load();
        if (writer.connection_.status()) return writer;
      }
    }
  }
  RemoveDatabase(path);
  auto connection = OpenOrMake(path);
  if (!connection) return std::unexpected(connection.error());
  return HistoryWriter(std::move(*connection));
}

// Of this version, and what it says it has seen last is in this journal.
bool HistoryWriter::IsOf(Connection& journal) {
  Rows state = connection_.Query("SELECT version, watermark, record_hash FROM state");
  if (!state.Next() || state.Integer(0) != kVersion) return false;
  watermark_ = state.Integer(1);
  watermark_hash_ = static_cast<uint64_t>(state.Integer(2));
  if (watermark_ == 0) return true;
  const auto entry = store::JournalLookup().Find(journal, watermark_);
  return entry && HashOf(entry->record) == watermark_hash_;
}

void HistoryWriter::Load() {
  Rows rows = connection_.Query(
      "SELECT id, first_seq, base_time, min_time, max_time, events, widest FROM bucket ORDER BY id DESC LIMIT 1");
  if (!rows.Next()) return;
  bucket_ = {.id = rows.Integer(0),
             .first_seq = rows.Integer(1),
             .base_time = rows.Integer(2),
             .min_time = rows.Integer(3),
             .max_time = rows.Integer(4),
             .events = rows.Integer(5),
             .widest = rows.Integer(6)};
}

Result<size_t> HistoryWriter::Follow(Connection& journal) {
  size_t count = 0;
  connection_.Execute("BEGIN IMMEDIATE");
  {
    store::JournalRows rows(journal, watermark_, watermark_ + static_cast<int64_t>(kMaxBatch));
    while (rows.Next()) {
      if (rows.entry().management) Add(rows.entry());
      watermark_ = rows.entry().seq;
      ++count;
    }
    if (count > 0) watermark_hash_ = HashOf(rows.entry().record);
  }
  if (count > 0) {
    WriteEntries();
    WriteBucket();
    connection_.Execute("UPDATE state SET watermark = ?, record_hash = ?", watermark_,
                        static_cast<int64_t>(watermark_hash_));
  }
  connection_.Execute("COMMIT");
  if (!journal.status()) return std::unexpected(journal.status().error());
  if (!connection_.status()) return std::unexpected(connection_.status().error());
  return count;
}

void HistoryWriter::Add(const store::JournalRecord& entry) {
  const auto parsed = reader_.Parse(entry.record);
  if (!parsed || !parsed->IsObject()) return;  // there is nothing that it could be found by
  const HistoryEventView event = DescribeParsed(*parsed);
  const TermHash hashes(entry.region);
  const int64_t seq = entry.seq;
  const int64_t time = std::clamp<int64_t>(entry.time.time_since_epoch().count(), 0, kMaxTime);
  if (!bucket_ || bucket_->events >= kBucketEvents || seq - bucket_->first_seq >= kSeqsInBucket) NextBucket(seq, time);
  bucket_->events += 1;
  bucket_->min_time = std::min(bucket_->min_time, time);
  bucket_->max_time = std::max(bucket_->max_time, time);
  const int64_t place = ((time - bucket_->base_time) << kSeqBits) + (seq - bucket_->first_seq);
  const auto add = [&](int64_t hash) {
    std::vector<int64_t>& places = blocks_[TermOf(bucket_->id, hash)];
    if (places.empty() || places.back() != place) places.push_back(place);  // one event may name a value twice
  };
  add(hashes.OfAnyEvent());
  ForEachAttribute(event, [&](LookupAttribute attribute, std::string_view value) {
    const int64_t hash = hashes.Of(attribute, value);
    if (attribute != LookupAttribute::kEventId) return add(hash);
    events_.emplace_back(TermOf(bucket_->id, hash), place);
  });
}

void HistoryWriter::NextBucket(int64_t seq, int64_t time) {
  if (bucket_) {
    WriteEntries();
    WriteBucket();
    RemoveOldBuckets();
  }
  bucket_ = {.id = bucket_ ? bucket_->id + 1 : 1,
             .first_seq = seq,
             .base_time = time,
             .min_time = time,
             .max_time = time,
             .events = 0};
}

// In the order of the table, so that each page is changed once.
void HistoryWriter::WriteEntries() {
  std::vector<int64_t> terms;
  terms.reserve(blocks_.size());
  for (const auto& [term, places] : blocks_) terms.push_back(term);
  std::ranges::sort(terms);
  for (const int64_t term : terms) {
    std::vector<int64_t>& places = blocks_[term];
    if (!std::ranges::is_sorted(places)) std::ranges::sort(places);  // a clock was set back
    for (std::span<const int64_t> left = places; !left.empty();) {
      const size_t count = std::min(left.size(), kBlockPlaces);
      WriteBlock(term, left.first(count));
      left = left.subspan(count);
    }
  }
  blocks_.clear();
  WriteEvents();
}

void HistoryWriter::WriteEvents() {
  std::sort(events_.begin(), events_.end());
  for (std::span<const Entry> left = events_; !left.empty();) {
    const int64_t term = EventTermOf(left.front().first);
    size_t count = 1;
    while (count < left.size() && EventTermOf(left[count].first) == term) ++count;
    WriteEventRow(term, left.first(count));
    left = left.subspan(count);
  }
  events_.clear();
}

void HistoryWriter::WriteEventRow(int64_t term, std::span<const Entry> entries) {
  const int64_t last = std::ranges::max(entries, {}, &Entry::second).second;
  std::string places;
  for (const auto& [full_term, place] : entries) {
    const uint64_t rest = HashRestOf(full_term);
    for (size_t byte = 0; byte < kHashRestBytes; ++byte) places += static_cast<char>(rest >> (8 * byte));
    AppendVarint(places, static_cast<uint64_t>(last - place));
  }
  connection_.Execute("INSERT INTO event VALUES(?, ?, ?)", term, last, Blob{places});
}

void HistoryWriter::WriteBlock(int64_t term, std::span<const int64_t> places) {
  std::string steps;
  for (size_t i = places.size() - 1; i > 0; --i) {
    AppendVarint(steps, static_cast<uint64_t>(places[i] - places[i - 1]));
  }
  bucket_->widest = std::max(bucket_->widest, places.back() - places.front());
  connection_.Execute("INSERT INTO block VALUES(?, ?, ?)", term, places.back(), Blob{steps});
}

void HistoryWriter::WriteBucket() {
  if (!bucket_) return;
  connection_.Execute("INSERT OR REPLACE INTO bucket VALUES(?, ?, ?, ?, ?, ?, ?)", bucket_->id, bucket_->first_seq,
                      bucket_->base_time, bucket_->min_time, bucket_->max_time, bucket_->events, bucket_->widest);
}

void HistoryWriter::RemoveOldBuckets() {
  const int64_t oldest = bucket_->max_time - std::chrono::milliseconds(kHistoryKept).count();
  Rows old = connection_.Query("SELECT id FROM bucket WHERE max_time < ?", oldest);
  while (old.Next()) {
    connection_.Execute("DELETE FROM block WHERE term >= ? AND term < ?", TermOf(old.Integer(0), 0),
                        TermOf(old.Integer(0) + 1, 0));
    connection_.Execute("DELETE FROM event WHERE term >= ? AND term < ?", EventTermOf(TermOf(old.Integer(0), 0)),
                        EventTermOf(TermOf(old.Integer(0) + 1, 0)));
    connection_.Execute("DELETE FROM bucket WHERE id = ?", old.Integer(0));
  }
}

namespace {

struct PlaceRange {
  int64_t begin, end;  // end is exclusive
  int64_t widest;      // of the bucket's blocks
};

// At most `limit` places of a term, the greatest first. Blocks are in the order of their last places and may overlap.
std::vector<int64_t> NewestPlaces(Connection& history, int64_t term, const PlaceRange& range, size_t limit) {
  std::vector<int64_t> newest;
  Rows blocks =
      history.Query("SELECT last, steps FROM block WHERE term = ? AND last >= ? AND last < ? ORDER BY last DESC", term,
                    range.begin, range.end + range.widest);
  while (blocks.Next()) {
    int64_t place = blocks.Integer(0);
    if (newest.size() == limit && newest.back() > place) break;
    std::string_view steps = blocks.Text(1);
    for (uint64_t step = 0; step <= static_cast<uint64_t>(place - range.begin);) {
      place -= static_cast<int64_t>(step);
      if (place < range.end) newest.push_back(place);
      if (!TakeVarint(steps, step)) break;
    }
    std::sort(newest.begin(), newest.end(), std::greater());
    newest.resize(std::min(newest.size(), limit));
  }
  return newest;
}

// The places of the events of one id (a hash): nearly always one. The rows of its term lie side by side.
std::vector<int64_t> PlacesOfId(Connection& history, int64_t term, const PlaceRange& range, size_t limit) {
  std::vector<int64_t> found;
  Rows rows = history.Query("SELECT last, places FROM event WHERE term = ? ORDER BY last DESC", EventTermOf(term));
  while (rows.Next()) {
    std::string_view places = rows.Text(1);
    while (places.size() > kHashRestBytes) {
      uint64_t rest = 0, step = 0;
      for (size_t byte = 0; byte < kHashRestBytes; ++byte) rest |= uint64_t{uint8_t(places[byte])} << (8 * byte);
      places.remove_prefix(kHashRestBytes);
      if (!TakeVarint(places, step)) break;
      const int64_t place = rows.Integer(0) - static_cast<int64_t>(step);
      if (rest == HashRestOf(term) && place >= range.begin && place < range.end) found.push_back(place);
    }
  }
  std::sort(found.begin(), found.end(), std::greater());
  found.resize(std::min(found.size(), limit));
  return found;
}

}  // namespace

std::vector<EventPlace> FindPlaces(Connection& history, const LookupQuery& query, size_t limit) {
  const TermHash hashes(query.region);
  const int64_t hash = query.attribute ? hashes.Of(*query.attribute, query.value) : hashes.OfAnyEvent();
  const auto floor = [](Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  };
  const int64_t begin = std::clamp<int64_t>(floor(query.start) * 1000, 0, kMaxTime);
  EventPlace end = {std::clamp<int64_t>((floor(query.end) + 1) * 1000, 0, kMaxTime + 1), 0};  // exclusive
  if (query.after) end = std::min(end, *query.after);

  std::vector<EventPlace> found;
  Rows buckets = history.Query(
      "SELECT id, first_seq, base_time, max_time, widest FROM bucket WHERE max_time >= ? AND min_time <= ? ORDER BY "
      "max_time "
      "DESC",
      begin, end.first);
  while (buckets.Next()) {
    // Buckets overlap where clocks were set back; what is found already may all be newer than this one.
    if (found.size() == limit && found.back().first > buckets.Integer(3)) break;
    const int64_t first_seq = buckets.Integer(1);
    const int64_t base_time = buckets.Integer(2);
    const auto place_of = [&](int64_t time, int64_t seq) {
      return ((time - base_time) << kSeqBits) + std::clamp<int64_t>(seq - first_seq, 0, kSeqsInBucket);
    };
    const PlaceRange range = {place_of(begin, first_seq), place_of(end.first, end.second), buckets.Integer(4)};
    const int64_t term = TermOf(buckets.Integer(0), hash);
    const bool by_id = query.attribute == LookupAttribute::kEventId;
    const auto places = by_id ? PlacesOfId(history, term, range, limit) : NewestPlaces(history, term, range, limit);
    for (const int64_t place : places) {
      found.emplace_back(base_time + (place >> kSeqBits), first_seq + (place & (kSeqsInBucket - 1)));
    }
    std::sort(found.begin(), found.end(), std::greater());
    found.resize(std::min(found.size(), limit));
  }
  return found;
}

}  // namespace opentrail::trail
