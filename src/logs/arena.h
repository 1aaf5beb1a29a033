#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace opentrail::logs {

// Room for the strings of one batch; freed as a whole. Not thread-safe.
class Arena {
 public:
  char* Allocate(size_t bytes) {
    if (bytes > left_) Grow(bytes);
    char* out = next_;
    next_ += bytes;
    left_ -= bytes;
    return out;
  }
  // Gives back the tail of the last allocation.
  void Shrink(size_t bytes) {
    next_ -= bytes;
    left_ += bytes;
  }
  std::string_view Copy(std::string_view text) {
    char* out = Allocate(text.size());
    std::memcpy(out, text.data(), text.size());
    return {out, text.size()};
  }
  [[nodiscard]] size_t Capacity() const { return capacity_; }
  // Forgets all strings, keeps one chunk.
  void Clear() {
    if (chunks_.empty()) return;
    chunks_.erase(chunks_.begin() + 1, chunks_.end());
    next_ = chunks_.front().get();
    left_ = capacity_ = first_size_;
  }

 private:
  static constexpr size_t kFirstChunk = 64UL << 10;
  static constexpr size_t kLargestChunk = 1UL << 20;

  void Grow(size_t bytes) {
    size_t size = std::max(bytes, std::clamp(capacity_, kFirstChunk, kLargestChunk));
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    if (chunks_.size() == 1) first_size_ = size;
    next_ = chunks_.back().get();
    left_ = size;
    capacity_ += size;
  }

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t capacity_ = 0;
  size_t first_size_ = 0;
};

}  // namespace opentrail::logs
