#include "logs/structural_cursor.h"

#include <algorithm>

namespace opentrail::logs {

void StructuralCursor::Reset(size_t position) {
  state_ = {};
  masks_[0] = {};
  bits_ = 0;
  block_ = 0;
  block_end_ = 1;
  chunk_begin_ = position;
  block_begin_ = position - kBlockBytes;  // may wrap below 0: NextBlock adds it back
}

void StructuralCursor::Return(const Mark& mark) {
  if (mark.chunk_begin != chunk_begin_ || mark.block == 0 || mark.block >= block_end_) return Reset(mark.position);
  block_ = mark.block;
  bits_ = mark.bits;
  block_begin_ = chunk_begin_ + (block_ - 1) * kBlockBytes;
}

bool StructuralCursor::NextBlock() {
  if (block_ + 1 >= block_end_ && !FillChunk()) return false;
  ++block_;
  block_begin_ += kBlockBytes;
  const BlockMasks& masks = masks_[block_];
  bits_ = masks.opens | masks.closes | masks.colons;
  return true;
}

bool StructuralCursor::FillChunk() {
  size_t begin = block_begin_ + kBlockBytes;
  if (begin >= size_) return false;
  size_t blocks = std::min((size_ - begin + kBlockBytes - 1) / kBlockBytes, kChunkBlocks);
  masks_[0] = masks_[block_];
  classify_(data_ + begin, blocks, state_, &masks_[1]);
  non_ascii_ |= state_.non_ascii;
  chunk_begin_ = begin;
  block_ = 0;
  block_end_ = blocks + 1;
  return true;
}

size_t StructuralCursor::SkipNested(size_t max_depth) {
  size_t depth = 1;
  uint64_t unread = bits_;
  for (;;) {
    uint64_t opens = masks_[block_].opens & unread;
    uint64_t closes = masks_[block_].closes & unread;
    auto opened = static_cast<size_t>(std::popcount(opens));
    auto closed = static_cast<size_t>(std::popcount(closes));
    if (closed < depth && depth + opened <= max_depth) [[likely]] {
      depth += opened;
      depth -= closed;
    } else {
      for (uint64_t both = opens | closes; both != 0; both &= both - 1) {
        uint64_t bit = both & (~both + 1);
        if ((closes & bit) == 0) {
          if (++depth > max_depth) return kTooDeep;
        } else if (--depth == 0) {
          const BlockMasks& masks = masks_[block_];
          bits_ = (masks.opens | masks.closes | masks.colons) & ~(bit | (bit - 1));
          return block_begin_ + static_cast<size_t>(std::countr_zero(bit));
        }
      }
    }
    if (!NextBlock()) return kNone;
    unread = bits_;
  }
}

}  // namespace opentrail::logs
