#include "engine/deduplicator.h"

#include <algorithm>
#include <utility>

namespace opentrail::engine {
namespace {

using duckdb::FlatVector;
using duckdb::hugeint_t;
using duckdb::idx_t;

size_t PartitionOf(EventId id) { return id.high >> 56; }

hugeint_t ToHuge(EventId id) { return {static_cast<int64_t>(id.high), id.low}; }
EventId FromHuge(hugeint_t value) { return {static_cast<uint64_t>(value.upper), value.lower}; }

}  // namespace

Deduplicator::Deduplicator(duckdb::ClientContext& context, duckdb::vector<duckdb::LogicalType> types,
                           uint64_t budget_bytes)
    : context_(context), stored_types_(std::move(types)), budget_bytes_(budget_bytes) {
  static_assert(kPartitions == 1 << 8, "PartitionOf takes the upper 8 bits");
  stored_types_.push_back(duckdb::LogicalType::HUGEINT);
}

void Deduplicator::Filter(const logs::ColumnVector& ids, duckdb::DataChunk& chunk) {
  const idx_t rows = chunk.size();
  duckdb::SelectionVector pass(STANDARD_VECTOR_SIZE);
  duckdb::SelectionVector aside(STANDARD_VECTOR_SIZE);
  duckdb::vector<EventId> keys(rows);
  idx_t passed = 0;
  idx_t set_aside = 0;
  for (idx_t row = 0; row < rows; ++row) {
    const std::string_view text = ids.At(row);
    Fate fate = Fate::kPass;
    if (text.data() != nullptr) {
      keys[row] = MakeEventId(text);
      fate = Judge(keys[row]);
    }
    if (fate == Fate::kPass) pass.set_index(passed++, row);
    if (fate == Fate::kAside) aside.set_index(set_aside++, row);
  }
  if (set_aside > 0) Store(chunk, keys, aside, set_aside);
  if (passed < rows) chunk.Slice(pass, passed);
}

Deduplicator::Fate Deduplicator::Judge(EventId id) {
  Partition& partition = partitions_[PartitionOf(id)];
  const std::lock_guard lock(partition.mutex);
  if (partition.ids != nullptr) return Fate::kAside;
  if (partition.seen.Contains(id)) return Fate::kDrop;
  const auto growth = static_cast<int64_t>(partition.seen.BytesAfterInsert() - partition.seen.Bytes());
  if (growth > 0) {
    if (used_bytes_.fetch_add(growth) + growth > static_cast<int64_t>(budget_bytes_)) {
      used_bytes_.fetch_sub(growth + static_cast<int64_t>(partition.seen.Bytes()));
      SetAside(partition);
      return Fate::kAside;
    }
  }
  partition.seen.Insert(id);
  return Fate::kPass;
}

void Deduplicator::SetAside(Partition& partition) {
  partition.ids =
      std::make_unique<Collection>(context_, duckdb::vector<duckdb::LogicalType>{duckdb::LogicalType::HUGEINT});
  partition.rows = std::make_unique<Collection>(context_, stored_types_);
  duckdb::DataChunk chunk;
  chunk.Initialize(context_, partition.ids->Types());
  idx_t count = 0;
  const auto flush = [&] {
    chunk.SetCardinality(count);
    partition.ids->Append(chunk);
    chunk.Reset();
    count = 0;
  };
  partition.seen.ForEach([&](EventId id) {
    FlatVector::GetData<hugeint_t>(chunk.data[0])[count++] = ToHuge(id);
    if (count == STANDARD_VECTOR_SIZE) flush();
  });
  if (count > 0) flush();
  partition.seen.Clear();
}

void Deduplicator::Store(const duckdb::DataChunk& chunk, const duckdb::vector<EventId>& ids,
                         const duckdb::SelectionVector& rows, size_t count) {
  std::vector<std::pair<size_t, duckdb::sel_t>> by_partition(count);
  for (size_t i = 0; i < count; ++i) {
    const auto row = static_cast<duckdb::sel_t>(rows.get_index(i));
    by_partition[i] = {PartitionOf(ids[row]), row};
  }
  std::ranges::sort(by_partition);
  for (size_t begin = 0; begin < count;) {
    const size_t index = by_partition[begin].first;
    duckdb::SelectionVector selected(STANDARD_VECTOR_SIZE);
    duckdb::Vector keys(duckdb::LogicalType::HUGEINT);
    idx_t taken = 0;
    for (; begin < count && by_partition[begin].first == index; ++begin, ++taken) {
      selected.set_index(taken, by_partition[begin].second);
      FlatVector::GetData<hugeint_t>(keys)[taken] = ToHuge(ids[by_partition[begin].second]);
    }
    duckdb::DataChunk stored;
    stored.InitializeEmpty(stored_types_);
    for (idx_t column = 0; column < chunk.ColumnCount(); ++column) {
      stored.data[column].Slice(chunk.data[column], selected, taken);
    }
    stored.data.back().Reference(keys);
    stored.SetCardinality(taken);
    const std::lock_guard lock(partitions_[index].mutex);
    partitions_[index].rows->Append(stored);
  }
}

void Deduplicator::ReaderStarted() {
  const std::lock_guard lock(readers_mutex_);
  ++readers_;
}

bool Deduplicator::ReaderEnded() {
  const std::lock_guard lock(readers_mutex_);
  --readers_;
  // A reader that starts once another has found no file left finds none either.
  draining_ = draining_ || readers_ == 0;
  return draining_;
}

bool Deduplicator::Open(Drain& drain) {
  for (;;) {
    drain.partition = next_partition_.fetch_add(1);
    if (drain.partition >= kPartitions) return false;
    Partition& partition = partitions_[drain.partition];
    if (partition.ids == nullptr) continue;
    drain.seen.Clear();
    for (auto& chunk : partition.ids->Chunks()) {
      const auto* ids = FlatVector::GetData<hugeint_t>(chunk.data[0]);
      for (idx_t row = 0; row < chunk.size(); ++row) drain.seen.Insert(FromHuge(ids[row]));
    }
    drain.stored = std::make_unique<duckdb::DataChunk>();
    partition.rows->InitializeScanChunk(*drain.stored);
    // The rows leave the collection's blocks before it goes.
    partition.rows->InitializeScan(drain.scan, duckdb::ColumnDataScanProperties::DISALLOW_ZERO_COPY);
    drain.is_open = true;
    return true;
  }
}

void Deduplicator::Next(Drain& drain, duckdb::DataChunk& out) {
  for (;;) {
    if (!drain.is_open && !Open(drain)) return out.SetCardinality(0);
    Partition& partition = partitions_[drain.partition];
    if (!partition.rows->Scan(drain.scan, *drain.stored)) {
      drain.is_open = false;
      partition.ids.reset();
      partition.rows.reset();
      continue;
    }
    duckdb::Vector& keys = drain.stored->data.back();
    keys.Flatten(drain.stored->size());
    const auto* ids = FlatVector::GetData<hugeint_t>(keys);
    duckdb::SelectionVector pass(STANDARD_VECTOR_SIZE);
    idx_t passed = 0;
    for (idx_t row = 0; row < drain.stored->size(); ++row) {
      if (drain.seen.Insert(FromHuge(ids[row]))) pass.set_index(passed++, row);
    }
    if (passed == 0) continue;
    for (idx_t column = 0; column < out.ColumnCount(); ++column) {
      out.data[column].Slice(drain.stored->data[column], pass, passed);
    }
    return out.SetCardinality(passed);
  }
}

}  // namespace opentrail::engine
