#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "codec/zstd_frame.h"

// The journal's entries lie in blocks, those of one group commit together: docs/formats/account-db.md.
namespace opentrail::store {

// An entry as it is read. Views live as long as what they were read from says.
struct JournalRecord {
  int64_t seq = 0;          // its place in the journal: counts from 1, without gaps
  Time time;                // eventTime
  bool management = true;   // eventCategory Management
  std::string_view region;  // awsRegion
  std::string_view record;  // the whole record, compact JSON
};

// What a reader takes of one block. A block is ended past kFullBlockBytes, so that only a record of nearly this size
// could not be read.
inline constexpr size_t kFullBlockBytes = 1 << 20;
inline constexpr size_t kMaxBlockBytes = 64 << 20;

// Not thread-safe.
class JournalBlockWriter {
 public:
  // `seq` is not written: it follows from the entry's place. At most 255 bytes of `region`; false where the entry is
  // larger than a block may be.
  [[nodiscard]] bool Add(const JournalRecord& entry);
  [[nodiscard]] size_t entries() const { return entries_; }
  // Time to Take it.
  [[nodiscard]] bool IsFull() const { return text_.size() >= kFullBlockBytes; }
  // The block of what was added, which is forgotten. The view lives until the next Take.
  [[nodiscard]] std::string_view Take();
  void Clear();

 private:
  // One of zstd's fast levels: records that follow each other are alike, and shrink to a sixth at 4 GB/s.
  static constexpr int kLevel = -5;
  codec::ZstdCompressor compressor_{kLevel};
  std::string text_;
  size_t entries_ = 0;
};

// The entries of one block, one after another. Not thread-safe.
class JournalBlock {
 public:
  // The block of the entries from `first` to `last`. kCorrupt where it is none: what was open stays so.
  [[nodiscard]] Status Open(std::string_view block, int64_t first, int64_t last);
  // False past the last, and after a fault (status). The entry's views live until the next Open.
  [[nodiscard]] bool Next(JournalRecord& entry);
  // kCorrupt once Next has met something that is no entry, or fewer or more entries than there should be.
  [[nodiscard]] const Status& status() const { return status_; }
  // Back before its first entry.
  void Rewind();

 private:
  codec::ZstdDecompressor decompressor_;
  std::string text_, next_text_;
  size_t at_ = 0;
  int64_t first_ = 1, last_ = 0, next_ = 1;
  Status status_;
};

}  // namespace opentrail::store
