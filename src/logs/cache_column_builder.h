#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "logs/cache_format.h"

// Building one column of a segment in memory.
namespace opentrail::logs::cache {

// Distinct values in order of first appearance, each with its number.
class ValueTable {
 public:
  ValueTable();
  // Appends the number of each value; NULL (no data()) has one too.
  void Number(std::span<const std::string_view> values, std::vector<uint32_t>& numbers);
  [[nodiscard]] uint32_t Size() const { return static_cast<uint32_t>(entries_.size()); }
  [[nodiscard]] std::string_view Value(uint32_t number) const;
  [[nodiscard]] uint64_t MemoryBytes() const;
  [[nodiscard]] uint64_t TextBytes() const { return text_.size(); }
  // The values as a block.
  [[nodiscard]] std::string Write() const;

 private:
  struct Slot {
    uint32_t hash = 0;
    uint32_t number = kFree;
  };
  struct Entry {
    uint32_t offset;
    uint32_t length;
  };
  static constexpr uint32_t kFree = 0xFFFFFFFF;

  uint32_t NumberOf(std::string_view value, uint32_t hash);
  uint32_t Add(std::string_view value);
  void Grow();

  std::vector<Slot> slots_;
  std::string text_;
  std::vector<Entry> entries_;
  uint32_t null_number_ = kFree;
};

// A column begins as a dictionary and turns plain when its values hardly repeat. Belongs to one thread.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(std::string field);

  void Append(std::span<const std::string_view> values);
  // Chooses the form; called after each batch.
  void Settle();
  [[nodiscard]] uint64_t MemoryBytes() const;
  // Of the texts that it keeps: each, or each distinct one.
  [[nodiscard]] uint64_t TextBytes() const { return form_ == Encoding::kPlain ? plain_bytes_ : table_->TextBytes(); }
  [[nodiscard]] const std::string& Field() const { return field_; }
  // Adds the column's entry, blocks and name to `directory` and the blocks' bytes to `blocks`, which begin at
  // `blocks_bytes`; advances it.
  void Seal(Directory& directory, std::vector<std::string>& blocks, uint64_t& blocks_bytes);

 private:
  void AppendPlain(std::string_view value);
  void TurnPlain();
  void CutBlock();
  [[nodiscard]] std::string WriteCodes(uint8_t code_bytes) const;
  void SealDictionary(ColumnEntry& entry, Directory& directory, std::vector<std::string>& blocks,
                      uint64_t& blocks_bytes);
  void SealPlain(Directory& directory, std::vector<std::string>& blocks, uint64_t& blocks_bytes);

  std::string field_;
  Encoding form_ = Encoding::kDictionary;
  uint64_t rows_ = 0;
  uint64_t plain_bytes_ = 0;  // of the values of a plain column

  std::unique_ptr<ValueTable> table_;  // of a dictionary
  std::vector<uint32_t> codes_;

  std::vector<uint32_t> lengths_;  // of the plain block being filled
  std::string text_;
  uint32_t block_first_row_ = 0;
  std::vector<BlockEntry> cut_entries_;  // of the blocks cut so far; offsets come at the end
  std::vector<std::string> cut_blocks_;
  uint64_t cut_bytes_ = 0;
  uint32_t unpacked_blocks_ = 0;  // how many more blocks to leave unpacked
};

// Where a block lies and what it hashes to.
[[nodiscard]] BlockEntry DescribeBlock(const std::string& stored, size_t bytes, size_t first_row, size_t rows);

}  // namespace opentrail::logs::cache
