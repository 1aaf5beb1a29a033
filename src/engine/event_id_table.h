#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace opentrail::engine {

// An eventID as 128 bits of its text's hash. Not both halves are 0.
struct EventId {
  uint64_t high = 0;
  uint64_t low = 0;

  friend bool operator==(const EventId&, const EventId&) = default;
};

[[nodiscard]] EventId MakeEventId(std::string_view text);

// A set of EventIds by open addressing, 16 bytes a slot, at most three quarters full. Thread-compatible.
class EventIdTable {
 public:
  // True: it was not there, and is now.
  bool Insert(EventId id);
  [[nodiscard]] bool Contains(EventId id) const;
  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] size_t Bytes() const { return slots_.size() * sizeof(EventId); }
  // What Bytes() becomes if one more id is inserted.
  [[nodiscard]] size_t BytesAfterInsert() const;
  void Clear();

  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (const EventId& id : slots_) {
      if (id != EventId{}) visit(id);
    }
  }

 private:
  [[nodiscard]] size_t SlotOf(EventId id) const;
  void Grow();

  std::vector<EventId> slots_;  // a power of two of them, or none
  size_t size_ = 0;
};

}  // namespace opentrail::engine
