#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "codec/gzip.h"

namespace opentrail::logs {

// Bytes for the texts of one or more files.
struct TextBuffer {
  explicit TextBuffer(size_t bytes) : data(std::make_unique_for_overwrite<uint8_t[]>(bytes)), capacity(bytes) {}
  std::unique_ptr<uint8_t[]> data;
  size_t capacity;
};

// Takes buffers back when their last user, on whatever thread, lets go of them. Thread-safe.
class TextBufferPool : public std::enable_shared_from_this<TextBufferPool> {
 public:
  static constexpr size_t kStandardBytes = 1UL << 20;
  // Shared: batches keep a buffer alive after the reader has moved on.
  [[nodiscard]] std::shared_ptr<TextBuffer> Take(size_t bytes);

 private:
  static constexpr size_t kMaxFree = 8;
  void Return(std::unique_ptr<TextBuffer> buffer);

  std::mutex mutex_;
  std::vector<std::unique_ptr<TextBuffer>> free_;  // all of kStandardBytes
};

// Where a reader's next text goes: over the last one, if nothing of that was kept, else behind it. Each text has room
// before and zeros after it, as the scanners ask. Belongs to one thread.
class TextRoom final : public codec::InflateTarget {
 public:
  static constexpr size_t kMargin = 64;

  explicit TextRoom(std::shared_ptr<TextBufferPool> pool) : pool_(std::move(pool)) {}
  // `expected`: bytes of the text, as far as is known.
  void Begin(size_t expected);
  uint8_t* Reserve(size_t kept, size_t bytes) override;
  // The text has this many bytes.
  void End(size_t bytes);
  // The text must stay: the next one goes behind it, or elsewhere.
  void Keep() { is_kept_ = true; }

  [[nodiscard]] uint8_t* Data() const { return buffer_->data.get() + begin_; }
  [[nodiscard]] size_t Capacity() const { return buffer_->capacity - begin_ - kMargin; }
  // Whoever holds a copy keeps the text.
  [[nodiscard]] const std::shared_ptr<TextBuffer>& Buffer() const { return buffer_; }

 private:
  std::shared_ptr<TextBufferPool> pool_;
  std::shared_ptr<TextBuffer> buffer_;
  size_t begin_ = kMargin;
  size_t used_ = 0;
  bool is_kept_ = false;
};

}  // namespace opentrail::logs
