#include "engine/event_id_table.h"

#include <utility>

#include <xxhash.h>

namespace opentrail::engine {
namespace {

constexpr size_t kFirstSlots = 64;

bool IsFull(size_t size, size_t slots) { return (size + 1) * 4 > slots * 3; }

}  // namespace

EventId MakeEventId(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  if (hash.high64 == 0 && hash.low64 == 0) return {0, 1};
  return {hash.high64, hash.low64};
}

size_t EventIdTable::SlotOf(EventId id) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = id.low & mask;
  while (slots_[slot] != EventId{} && slots_[slot] != id) slot = (slot + 1) & mask;
  return slot;
}

bool EventIdTable::Contains(EventId id) const { return !slots_.empty() && slots_[SlotOf(id)] == id; }

bool EventIdTable::Insert(EventId id) {
  if (Contains(id)) return false;
  if (IsFull(size_, slots_.size())) Grow();
  slots_[SlotOf(id)] = id;
  ++size_;
  return true;
}

size_t EventIdTable::BytesAfterInsert() const {
  if (slots_.empty()) return kFirstSlots * sizeof(EventId);
  return IsFull(size_, slots_.size()) ? Bytes() * 2 : Bytes();
}

void EventIdTable::Grow() {
  std::vector<EventId> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
  std::swap(old, slots_);
  for (const EventId& id : old) {
    if (id != EventId{}) slots_[SlotOf(id)] = id;
  }
}

void EventIdTable::Clear() {
  slots_ = {};
  size_ = 0;
}

}  // namespace opentrail::engine
