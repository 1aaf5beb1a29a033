#include "store/journal_block.h"

#include <bit>
#include <cstring>
#include <type_traits>

#include "base/append.h"

namespace opentrail::store {
namespace {

static_assert(std::endian::native == std::endian::little, "the format's numbers are little-endian");

// Before each record, and its region's name after it.
struct EntryHead {
  int64_t time;  // milliseconds since 1970
  uint32_t record_bytes;
  uint8_t management;
  uint8_t region_bytes;
  uint16_t reserved;
};
static_assert(sizeof(EntryHead) == 16 && std::is_trivially_copyable_v<EntryHead>);

constexpr size_t kMaxRegionBytes = 255;

}  // namespace

bool JournalBlockWriter::Add(const JournalRecord& entry) {
  const std::string_view region = entry.region.substr(0, kMaxRegionBytes);
  if (entry.record.size() > kMaxBlockBytes - kFullBlockBytes - sizeof(EntryHead) - kMaxRegionBytes) return false;
  const EntryHead head{.time = entry.time.time_since_epoch().count(),
                       .record_bytes = static_cast<uint32_t>(entry.record.size()),
                       .management = entry.management ? uint8_t{1} : uint8_t{0},
                       .region_bytes = static_cast<uint8_t>(region.size()),
                       .reserved = 0};
  char bytes[sizeof head];
  std::memcpy(bytes, &head, sizeof head);
  AppendAll(text_, std::string_view(bytes, sizeof bytes), region, entry.record);
  ++entries_;
  return true;
}

std::string_view JournalBlockWriter::Take() {
  const std::string_view block = compressor_.Compress(text_);
  Clear();
  return block;
}

void JournalBlockWriter::Clear() {
  text_.clear();
  entries_ = 0;
}

Status JournalBlock::Open(std::string_view block, int64_t first, int64_t last) {
  if (Status unpacked = decompressor_.Decompress(block, kMaxBlockBytes, next_text_); !unpacked) return unpacked;
  text_.swap(next_text_);
  first_ = first;
  last_ = last;
  Rewind();
  return {};
}

void JournalBlock::Rewind() {
  at_ = 0;
  next_ = first_;
  status_ = {};
}

bool JournalBlock::Next(JournalRecord& entry) {
  if (!status_) return false;
  std::string_view left = std::string_view(text_).substr(at_);
  if (left.empty() && next_ > last_) return false;
  EntryHead head;
  if (left.size() >= sizeof head) std::memcpy(&head, left.data(), sizeof head);
  if (next_ > last_) {
    status_ = MakeError(ErrorCode::kCorrupt, "the block goes on after entry {}", last_);
  } else if (left.empty()) {
    status_ = MakeError(ErrorCode::kCorrupt, "the block ends before entry {}", next_);
  } else if (left.size() < sizeof head || left.size() - sizeof head < size_t{head.region_bytes} + head.record_bytes) {
    status_ = MakeError(ErrorCode::kCorrupt, "entry {} is cut off", next_);
  }
  if (!status_) return false;
  left.remove_prefix(sizeof head);
  entry = {.seq = next_++,
           .time = Time(std::chrono::milliseconds(head.time)),
           .management = head.management != 0,
           .region = left.substr(0, head.region_bytes),
           .record = left.substr(head.region_bytes, head.record_bytes)};
  at_ += sizeof head + head.region_bytes + head.record_bytes;
  return true;
}

}  // namespace opentrail::store
