#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "duckdb/common/types/column/column_data_collection.hpp"
#include "duckdb/common/types/data_chunk.hpp"
#include "engine/event_id_table.h"
#include "logs/column_batch.h"

namespace opentrail::engine {

// Lets each eventID through once, however often it was delivered; rows without one all pass. Which of several
// deliveries passes is open: they are the same event.
//
// The ids seen are kept in memory, in kPartitions by their hash, within a budget. A partition that would grow past it
// is set aside: its ids go to the engine's buffers (which spill to disk), and so do, from then on, the rows whose ids
// fall into it. When all readers have ended, each such partition is taken up again by itself. Memory so stays near the
// budget up to kPartitions times the budget's worth of ids (about 700 million events at 64 MiB); past that, one
// partition's ids exceed it.
//
// Thread-safe; a Drain belongs to one thread.
class Deduplicator {
 public:
  static constexpr size_t kPartitions = 256;

  Deduplicator(duckdb::ClientContext& context, duckdb::vector<duckdb::LogicalType> types, uint64_t budget_bytes);

  // The rows of `chunk` that pass now stay in it; ids is the batch's column of eventIDs.
  void Filter(const logs::ColumnVector& ids, duckdb::DataChunk& chunk);

  // Bracket the readers' work. The last one to end gives true: rows set aside are ready.
  void ReaderStarted();
  bool ReaderEnded();

  // What a thread needs to work rows off that were set aside.
  struct Drain {
    size_t partition = 0;
    EventIdTable seen;
    duckdb::ColumnDataScanState scan;
    std::unique_ptr<duckdb::DataChunk> stored;
    bool is_open = false;
  };
  // Fills `out` with further rows; 0 rows: this thread is done.
  void Next(Drain& drain, duckdb::DataChunk& out);

 private:
  using Collection = duckdb::ColumnDataCollection;

  struct Partition {
    std::mutex mutex;
    EventIdTable seen;
    std::unique_ptr<Collection> ids;   // set: the partition is set aside
    std::unique_ptr<Collection> rows;  // its further rows, with their id in the last column
  };

  enum class Fate : uint8_t { kPass, kDrop, kAside };

  Fate Judge(EventId id);
  void SetAside(Partition& partition);
  void Store(const duckdb::DataChunk& chunk, const duckdb::vector<EventId>& ids, const duckdb::SelectionVector& rows,
             size_t count);
  bool Open(Drain& drain);

  duckdb::ClientContext& context_;
  duckdb::vector<duckdb::LogicalType> stored_types_;  // the scan's, then the id
  uint64_t budget_bytes_;
  std::atomic<int64_t> used_bytes_{0};
  std::array<Partition, kPartitions> partitions_;
  std::mutex readers_mutex_;
  size_t readers_ = 0;
  bool draining_ = false;
  std::atomic<size_t> next_partition_{0};
};

}  // namespace opentrail::engine
