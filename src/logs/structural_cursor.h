#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "logs/block_masks.h"

namespace opentrail::logs {

// Walks the brackets, braces and colons of a JSON text that stand outside strings, in order, classifying a few KiB at a
// time. The text must be readable for kBlockBytes past its end, and those bytes be spaces or zeros.
class StructuralCursor {
 public:
  static constexpr size_t kNone = SIZE_MAX;
  static constexpr size_t kTooDeep = SIZE_MAX - 1;

  explicit StructuralCursor(Kernel kernel) : classify_(Classifier(kernel)) {}

  // Begins a text at `position`, which must lie outside strings.
  void Begin(const uint8_t* data, size_t size, size_t position) {
    data_ = data;
    size_ = size;
    non_ascii_ = 0;
    Reset(position);
  }
  // Goes on from `position`, which must lie outside strings.
  void Reset(size_t position);

  // The next structural byte's position, or kNone at the end of the text.
  size_t Next() {
    while (bits_ == 0) [[unlikely]] {
      if (!NextBlock()) return kNone;
    }
    size_t position = block_begin_ + static_cast<size_t>(std::countr_zero(bits_));
    bits_ &= bits_ - 1;
    return position;
  }

  // After Next gave an opening bracket: the position of its closing one, with all between skipped. kNone at the end of
  // the text, kTooDeep past `max_depth` levels.
  size_t SkipNested(size_t max_depth);

  // Whether a backslash stands in this block or the one before, thus anywhere in the 64 bytes before the position.
  [[nodiscard]] bool HasEscapesNear() const { return (masks_[block_].escapes | masks_[block_ - 1].escapes) != 0; }
  // Whether the bytes classified so far hold any that is not ASCII.
  [[nodiscard]] bool HasNonAscii() const { return non_ascii_ != 0; }

  // A place to come back to.
  struct Mark {
    size_t chunk_begin = 0;
    size_t block = 0;
    uint64_t bits = 0;
    size_t position = 0;
  };
  [[nodiscard]] Mark MarkAt(size_t position) const { return {chunk_begin_, block_, bits_, position}; }
  void Return(const Mark& mark);

 private:
  static constexpr size_t kChunkBlocks = 64;

  bool NextBlock();
  bool FillChunk();

  ClassifyFunction classify_;
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t block_begin_ = 0;  // position of the current block
  uint64_t bits_ = 0;       // structural bytes of the current block not yet given
  size_t block_ = 1;        // index into masks_
  size_t block_end_ = 1;
  size_t chunk_begin_ = 0;  // position of masks_[1]
  BlockState state_;
  uint64_t non_ascii_ = 0;
  // masks_[0] is the last block of the chunk before.
  std::array<BlockMasks, kChunkBlocks + 1> masks_;
};

}  // namespace opentrail::logs
