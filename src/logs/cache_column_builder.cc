#include "logs/cache_column_builder.h"

#include <algorithm>
#include <utility>

namespace opentrail::logs::cache {
namespace {

constexpr size_t kFirstSlots = 1024;
constexpr size_t kBlockBytes = 128 << 10;  // of text; what one row's reading costs at worst
// A dictionary is dropped when it has grown past the first bound and half of the rows are new values, or past the last.
constexpr uint32_t kSmallDictionary = 16384;
constexpr uint64_t kMaxDictionaryBytes = 4 << 20;
// Text that did not shrink (ids) is not tried again for so many blocks.
constexpr uint32_t kUnpackedBlocks = 31;
template <typename Code>
std::string NarrowCodes(const std::vector<uint32_t>& codes) {
  std::string bytes(codes.size() * sizeof(Code), '\0');
  auto* out = reinterpret_cast<Code*>(bytes.data());
  for (size_t i = 0; i < codes.size(); ++i) out[i] = static_cast<Code>(codes[i]);
  return bytes;
}

uint8_t CodeBytes(uint32_t values) {
  if (values <= 1U << 8) return 1;
  return values <= 1U << 16 ? 2 : 4;
}

}  // namespace

BlockEntry DescribeBlock(const std::string& stored, size_t bytes, size_t first_row, size_t rows) {
  return {0,
          static_cast<uint32_t>(stored.size()),
          static_cast<uint32_t>(bytes),
          static_cast<uint32_t>(first_row),
          static_cast<uint32_t>(rows),
          Hash64(stored)};
}

ValueTable::ValueTable() : slots_(kFirstSlots) {}

std::string_view ValueTable::Value(uint32_t number) const {
  const Entry& entry = entries_[number];
  if (entry.length == kNullLength) return {};
  return {text_.data() + entry.offset, entry.length};
}

uint64_t ValueTable::MemoryBytes() const {
  return slots_.size() * sizeof(Slot) + text_.capacity() + entries_.capacity() * sizeof(Entry);
}

// Hashes some values first and fetches their slots, so that the waits for memory overlap.
void ValueTable::Number(std::span<const std::string_view> values, std::vector<uint32_t>& numbers) {
  constexpr size_t kAhead = 64;
  uint32_t hashes[kAhead];
  while (!values.empty()) {
    size_t count = std::min(values.size(), kAhead);
    for (size_t i = 0; i < count; ++i) {
      hashes[i] = static_cast<uint32_t>(Hash64(values[i]));
      __builtin_prefetch(&slots_[hashes[i] & (slots_.size() - 1)]);
    }
    for (size_t i = 0; i < count; ++i) numbers.push_back(NumberOf(values[i], hashes[i]));
    values = values.subspan(count);
  }
}

uint32_t ValueTable::NumberOf(std::string_view value, uint32_t hash) {
  if (value.data() == nullptr) {
    if (null_number_ == kFree) null_number_ = Add(value);
    return null_number_;
  }
  size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  for (; slots_[at].number != kFree; at = (at + 1) & mask) {
    if (slots_[at].hash == hash && Value(slots_[at].number) == value) return slots_[at].number;
  }
  uint32_t number = Add(value);
  slots_[at] = {hash, number};
  if (size_t{number} * 2 > slots_.size()) Grow();
  return number;
}

uint32_t ValueTable::Add(std::string_view value) {
  uint32_t number = Size();
  uint32_t length = value.data() == nullptr ? kNullLength : static_cast<uint32_t>(value.size());
  entries_.push_back({static_cast<uint32_t>(text_.size()), length});
  text_ += value;
  return number;
}

std::string ValueTable::Write() const {
  std::vector<uint32_t> lengths;
  lengths.reserve(entries_.size());
  for (const Entry& entry : entries_) lengths.push_back(entry.length);
  return WriteValues(lengths, text_);
}

void ValueTable::Grow() {
  std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.number == kFree) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].number != kFree) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

ColumnBuilder::ColumnBuilder(std::string field) : field_(std::move(field)), table_(std::make_unique<ValueTable>()) {}

void ColumnBuilder::Append(std::span<const std::string_view> values) {
  rows_ += values.size();
  if (form_ == Encoding::kDictionary) {
    table_->Number(values, codes_);
  } else {
    for (std::string_view value : values) AppendPlain(value);
  }
}

void ColumnBuilder::AppendPlain(std::string_view value) {
  plain_bytes_ += value.size();
  lengths_.push_back(value.data() == nullptr ? kNullLength : static_cast<uint32_t>(value.size()));
  text_ += value;
  if (text_.size() + lengths_.size() * sizeof(uint32_t) >= kBlockBytes) CutBlock();
}

void ColumnBuilder::Settle() {
  if (form_ == Encoding::kPlain) return;
  bool is_mostly_new = table_->Size() > kSmallDictionary && uint64_t{table_->Size()} * 2 > rows_;
  if (is_mostly_new || table_->MemoryBytes() > kMaxDictionaryBytes) TurnPlain();
}

void ColumnBuilder::TurnPlain() {
  form_ = Encoding::kPlain;
  for (uint32_t code : codes_) AppendPlain(table_->Value(code));
  table_.reset();
  codes_ = {};
}

void ColumnBuilder::CutBlock() {
  if (lengths_.empty()) return;
  std::string block = WriteValues(lengths_, text_);
  size_t bytes = block.size();
  std::string stored = unpacked_blocks_ > 0 ? std::move(block) : Pack(std::move(block));
  if (unpacked_blocks_ > 0) {
    --unpacked_blocks_;
  } else if (stored.size() == bytes) {
    unpacked_blocks_ = kUnpackedBlocks;
  }
  cut_entries_.push_back(DescribeBlock(stored, bytes, block_first_row_, lengths_.size()));
  cut_bytes_ += stored.size();
  cut_blocks_.push_back(std::move(stored));
  block_first_row_ += static_cast<uint32_t>(lengths_.size());
  lengths_.clear();
  text_.clear();
}

uint64_t ColumnBuilder::MemoryBytes() const {
  uint64_t bytes = codes_.capacity() * sizeof(uint32_t) + lengths_.capacity() * sizeof(uint32_t) + text_.capacity();
  return bytes + cut_bytes_ + (table_ == nullptr ? 0 : table_->MemoryBytes());
}

std::string ColumnBuilder::WriteCodes(uint8_t code_bytes) const {
  switch (code_bytes) {
    case 1: return NarrowCodes<uint8_t>(codes_);
    case 2: return NarrowCodes<uint16_t>(codes_);
  }
  return NarrowCodes<uint32_t>(codes_);
}

void ColumnBuilder::SealDictionary(ColumnEntry& entry, Directory& directory, std::vector<std::string>& blocks,
                                   uint64_t& blocks_bytes) {
  entry.code_bytes = CodeBytes(table_->Size());
  std::string values = table_->Write();
  size_t values_bytes = values.size();
  blocks.push_back(Pack(std::move(values)));
  directory.blocks.push_back(DescribeBlock(blocks.back(), values_bytes, 0, table_->Size()));
  blocks.push_back(WriteCodes(entry.code_bytes));
  directory.blocks.push_back(DescribeBlock(blocks.back(), blocks.back().size(), 0, codes_.size()));
  for (size_t i = directory.blocks.size() - 2; i < directory.blocks.size(); ++i) {
    directory.blocks[i].offset = blocks_bytes;
    blocks_bytes += directory.blocks[i].stored_bytes;
  }
}

void ColumnBuilder::SealPlain(Directory& directory, std::vector<std::string>& blocks, uint64_t& blocks_bytes) {
  CutBlock();
  for (size_t i = 0; i < cut_blocks_.size(); ++i) {
    cut_entries_[i].offset = blocks_bytes;
    blocks_bytes += cut_entries_[i].stored_bytes;
    directory.blocks.push_back(cut_entries_[i]);
    blocks.push_back(std::move(cut_blocks_[i]));
  }
}

void ColumnBuilder::Seal(Directory& directory, std::vector<std::string>& blocks, uint64_t& blocks_bytes) {
  ColumnEntry entry{};
  entry.name_offset = static_cast<uint32_t>(directory.names.size());
  entry.name_bytes = static_cast<uint32_t>(field_.size());
  entry.encoding = form_;
  entry.first_block = static_cast<uint32_t>(directory.blocks.size());
  if (form_ == Encoding::kDictionary) SealDictionary(entry, directory, blocks, blocks_bytes);
  if (form_ == Encoding::kPlain) SealPlain(directory, blocks, blocks_bytes);
  entry.blocks = static_cast<uint32_t>(directory.blocks.size() - entry.first_block);
  directory.names += field_;
  directory.columns.push_back(entry);
}

}  // namespace opentrail::logs::cache
