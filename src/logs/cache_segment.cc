#include "logs/cache_segment.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace opentrail::logs::cache {
namespace {

uint64_t NewDictionaryId() {
  // Far from small numbers, so that it never meets an id that someone else counts out.
  static std::atomic<uint64_t> next{uint64_t{1} << 40};
  return next.fetch_add(1, std::memory_order_relaxed);
}

template <typename Code>
void AppendCodesOf(const std::string& codes, uint32_t first, uint32_t count, std::vector<uint32_t>& into) {
  const Code* begin = reinterpret_cast<const Code*>(codes.data()) + first;
  into.insert(into.end(), begin, begin + count);
}

template <typename Code>
bool AreCodesBelow(const std::string& codes, size_t count, size_t bound) {
  const Code* begin = reinterpret_cast<const Code*>(codes.data());
  Code greatest = 0;
  for (size_t i = 0; i < count; ++i) greatest = std::max(greatest, begin[i]);
  return count == 0 || greatest < bound;
}

bool AreCodesValid(const DictionaryColumn& column, uint32_t rows) {
  switch (column.code_bytes) {
    case 1: return AreCodesBelow<uint8_t>(column.codes, rows, column.values.size());
    case 2: return AreCodesBelow<uint16_t>(column.codes, rows, column.values.size());
    case 4: return AreCodesBelow<uint32_t>(column.codes, rows, column.values.size());
  }
  return false;
}

Result<std::string> ReadBlock(const SegmentFile& file, const BlockEntry& block) {
  Result<std::string> stored = file.Read(block.offset, block.stored_bytes);
  if (!stored) return stored;
  if (Hash64(*stored) != block.hash) return MakeError(ErrorCode::kCorrupt, "cache segment: a block's hash differs");
  return Unpack(*std::move(stored), block.bytes);
}

}  // namespace

uint32_t DictionaryColumn::Code(uint32_t row) const {
  uint32_t code = 0;
  std::memcpy(&code, codes.data() + size_t{row} * code_bytes, code_bytes);
  return code;
}

void DictionaryColumn::AppendCodes(uint32_t first, uint32_t count, std::vector<uint32_t>& into) const {
  switch (code_bytes) {
    case 1: return AppendCodesOf<uint8_t>(codes, first, count, into);
    case 2: return AppendCodesOf<uint16_t>(codes, first, count, into);
    case 4: return AppendCodesOf<uint32_t>(codes, first, count, into);
  }
}

Segment::Segment(std::filesystem::path path, SegmentFile file, const SegmentHeader& header)
    : path_(std::move(path)), file_(std::move(file)), header_(header) {}

Result<std::shared_ptr<Segment>> Segment::Open(const std::filesystem::path& path) {
  Result<SegmentFile> file = SegmentFile::Open(path);
  if (!file) return std::unexpected(file.error());
  Result<std::string> bytes = file->Read(0, std::min<uint64_t>(file->Bytes(), sizeof(SegmentHeader)));
  if (!bytes) return std::unexpected(bytes.error());
  Result<SegmentHeader> header = ParseHeader(*bytes, file->Bytes());
  if (!header) return std::unexpected(header.error());
  return std::shared_ptr<Segment>(new Segment(path, *std::move(file), *header));
}

Status Segment::ReadDirectory() {
  Result<std::string> bytes = file_->Read(sizeof(SegmentHeader), DirectoryBytes(header_));
  file_.reset();
  if (!bytes) return std::unexpected(bytes.error());
  Result<cache::Directory> directory = ParseDirectory(header_, *bytes);
  if (!directory) return std::unexpected(directory.error());
  directory_ = *std::move(directory);
  dictionaries_.resize(directory_.columns.size());
  return {};
}

std::optional<uint32_t> Segment::FindColumn(std::string_view field) const {
  for (uint32_t i = 0; i < directory_.columns.size(); ++i) {
    if (directory_.Name(directory_.columns[i]) == field) return i;
  }
  return std::nullopt;
}

void Segment::ForgetFiles() {
  directory_.files = {};
  directory_.zones = {};
}

Result<std::shared_ptr<const DictionaryColumn>> Segment::LoadDictionary(uint32_t column) const {
  std::lock_guard lock(mutex_);
  if (auto held = dictionaries_[column].lock()) return held;
  Result<SegmentFile> file = SegmentFile::Open(path_);
  if (!file) return std::unexpected(file.error());
  const ColumnEntry& entry = directory_.columns[column];
  const BlockEntry& values_block = directory_.blocks[entry.first_block];
  Result<std::string> text = ReadBlock(*file, values_block);
  if (!text) return std::unexpected(text.error());
  Result<std::string> codes = ReadBlock(*file, directory_.blocks[entry.first_block + 1]);
  if (!codes) return std::unexpected(codes.error());

  auto loaded = std::make_shared<DictionaryColumn>();
  loaded->text = *std::move(text);
  loaded->codes = *std::move(codes);
  loaded->code_bytes = entry.code_bytes;
  loaded->id = NewDictionaryId();
  Result<std::vector<std::string_view>> values = ParseValues(loaded->text, values_block.rows);
  if (!values) return std::unexpected(values.error());
  loaded->values = *std::move(values);
  if (!AreCodesValid(*loaded, header_.rows))
    return MakeError(ErrorCode::kCorrupt, "cache segment: a code lies outside");
  dictionaries_[column] = loaded;
  return loaded;
}

std::vector<bool> Segment::BlocksTouched(const ColumnEntry& column, const std::vector<Extent>& extents) const {
  auto blocks = std::span(directory_.blocks).subspan(column.first_block, column.blocks);
  std::vector<bool> touched(blocks.size());
  for (const Extent& extent : extents) {
    // The last block that begins at or before the extent.
    auto block = std::ranges::upper_bound(blocks, extent.first_row, {}, &BlockEntry::first_row);
    if (block != blocks.begin()) --block;
    for (; block != blocks.end() && block->first_row < extent.first_row + extent.rows; ++block) {
      touched[static_cast<size_t>(block - blocks.begin())] = true;
    }
  }
  return touched;
}

Result<Segment::PlainBlocks> Segment::LoadBlocks(uint32_t column, const std::vector<Extent>& extents) const {
  Result<SegmentFile> file = SegmentFile::Open(path_);
  if (!file) return std::unexpected(file.error());
  const ColumnEntry& entry = directory_.columns[column];
  std::vector<bool> touched = BlocksTouched(entry, extents);
  PlainBlocks loaded;
  for (uint32_t i = 0; i < entry.blocks; ++i) {
    if (!touched[i]) continue;
    const BlockEntry& block = directory_.blocks[entry.first_block + i];
    Result<std::string> text = ReadBlock(*file, block);
    if (!text) return std::unexpected(text.error());
    auto plain = std::make_unique<PlainBlock>(PlainBlock{block.first_row, *std::move(text), {}});
    Result<std::vector<std::string_view>> values = ParseValues(plain->text, block.rows);
    if (!values) return std::unexpected(values.error());
    plain->values = *std::move(values);
    loaded.push_back(std::move(plain));
  }
  return loaded;
}

}  // namespace opentrail::logs::cache
