#include "logs/text_buffer.h"

#include <algorithm>
#include <cstring>

namespace opentrail::logs {

std::shared_ptr<TextBuffer> TextBufferPool::Take(size_t bytes) {
  std::unique_ptr<TextBuffer> buffer;
  if (bytes <= kStandardBytes) {
    std::scoped_lock lock(mutex_);
    if (!free_.empty()) {
      buffer = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (!buffer) buffer = std::make_unique<TextBuffer>(std::max(bytes, kStandardBytes));
  return {buffer.release(),
          [pool = shared_from_this()](TextBuffer* returned) { pool->Return(std::unique_ptr<TextBuffer>(returned)); }};
}

void TextBufferPool::Return(std::unique_ptr<TextBuffer> buffer) {
  if (buffer->capacity != kStandardBytes) return;
  std::scoped_lock lock(mutex_);
  if (free_.size() < kMaxFree) free_.push_back(std::move(buffer));
}

void TextRoom::Begin(size_t expected) {
  bool is_oversized = buffer_ && buffer_->capacity > TextBufferPool::kStandardBytes && expected < buffer_->capacity / 4;
  if (is_oversized) buffer_.reset();
  if (is_kept_) begin_ = (used_ + 2 * kMargin - 1) / kMargin * kMargin;
  is_kept_ = false;
  Reserve(0, expected);
}

uint8_t* TextRoom::Reserve(size_t kept, size_t bytes) {
  size_t margins = 2 * kMargin;
  if (!buffer_ || begin_ + bytes + kMargin > buffer_->capacity) {
    std::shared_ptr<TextBuffer> larger = pool_->Take(bytes + margins);
    if (kept > 0) std::memcpy(larger->data.get() + kMargin, Data(), kept);
    buffer_ = std::move(larger);
    begin_ = kMargin;
    std::memset(buffer_->data.get(), 0, kMargin);
  }
  return Data();
}

void TextRoom::End(size_t bytes) {
  Reserve(bytes, bytes);
  std::memset(Data() + bytes, 0, kMargin);
  used_ = begin_ + bytes + kMargin;
}

}  // namespace opentrail::logs
