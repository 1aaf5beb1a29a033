#include "logs/cache_format.h"

#include <cstring>

#include <xxhash.h>
#include <zstd.h>

namespace opentrail::logs::cache {
namespace {

constexpr int kZstdLevel = 1;
constexpr size_t kMinPackBytes = 256;  // less is not worth a frame

std::unexpected<Error> Corrupt(std::string_view what) {
  return MakeError(ErrorCode::kCorrupt, "cache segment: {}", what);
}

// Takes `count` entries off the front of `bytes`, whose length was checked before.
template <typename Entry>
std::vector<Entry> Take(std::string_view& bytes, uint32_t count) {
  std::vector<Entry> entries(count);
  if (count > 0) std::memcpy(entries.data(), bytes.data(), count * sizeof(Entry));
  bytes.remove_prefix(count * sizeof(Entry));
  return entries;
}

template <typename Entry>
void Put(std::string& bytes, const std::vector<Entry>& entries) {
  if (!entries.empty()) bytes.append(reinterpret_cast<const char*>(entries.data()), entries.size() * sizeof(Entry));
}

bool IsWithin(uint64_t first, uint64_t count, uint64_t end) { return first <= end && count <= end - first; }

Status CheckFiles(const SegmentHeader& header, const Directory& directory) {
  for (const FileEntry& file : directory.files) {
    if (!IsWithin(file.first_row, file.rows, header.rows)) return Corrupt("a file's rows lie outside");
  }
  return {};
}

Status CheckBlocks(const SegmentHeader& header, const Directory& directory) {
  uint64_t start = sizeof(SegmentHeader) + DirectoryBytes(header);
  for (const BlockEntry& block : directory.blocks) {
    if (block.offset < start || !IsWithin(block.offset, block.stored_bytes, header.file_bytes)) {
      return Corrupt("a block lies outside");
    }
    if (block.bytes > kMaxBlockBytes || block.stored_bytes > block.bytes) return Corrupt("a block's length");
  }
  return {};
}

// Plain blocks must cover the rows without gap, so that any row's block is found by search.
Status CheckPlain(const SegmentHeader& header, std::span<const BlockEntry> blocks) {
  uint64_t row = 0;
  for (const BlockEntry& block : blocks) {
    if (block.first_row != row || block.rows == 0) return Corrupt("blocks of a column do not follow each other");
    row += block.rows;
  }
  return row == header.rows ? Status{} : Corrupt("blocks of a column do not cover its rows");
}

Status CheckDictionary(const SegmentHeader& header, const ColumnEntry& column, std::span<const BlockEntry> blocks) {
  bool known_width = column.code_bytes == 1 || column.code_bytes == 2 || column.code_bytes == 4;
  if (blocks.size() != 2 || !known_width) return Corrupt("a dictionary column's blocks");
  if (blocks[1].rows != header.rows || blocks[1].bytes != uint64_t{header.rows} * column.code_bytes) {
    return Corrupt("a column's codes do not cover its rows");
  }
  return {};
}

Status CheckColumn(const SegmentHeader& header, const Directory& directory, const ColumnEntry& column) {
  if (!IsWithin(column.name_offset, column.name_bytes, directory.names.size())) return Corrupt("a column's name");
  if (!IsWithin(column.first_block, column.blocks, directory.blocks.size())) return Corrupt("a column's blocks");
  auto blocks = std::span(directory.blocks).subspan(column.first_block, column.blocks);
  switch (column.encoding) {
    case Encoding::kDictionary: return CheckDictionary(header, column, blocks);
    case Encoding::kPlain: return CheckPlain(header, blocks);
  }
  return Corrupt("a column's encoding");
}

Status CheckCounts(const SegmentHeader& header) {
  if (header.files > kMaxCachedFiles || header.rows > kMaxRows || header.columns > kMaxColumns ||
      header.blocks > kMaxBlocks || header.names_bytes > kMaxNamesBytes) {
    return Corrupt("a count above its bound");
  }
  if (header.zones != 0 && header.zones != header.files) return Corrupt("zones that are not one a file");
  if (sizeof(SegmentHeader) + DirectoryBytes(header) > header.file_bytes) return Corrupt("the directory is cut off");
  return {};
}

uint64_t HeaderHash(const SegmentHeader& header) { return XXH3_64bits(&header, offsetof(SegmentHeader, header_hash)); }

}  // namespace

uint64_t Hash64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

Hash128 HashText(std::string_view path) {
  XXH128_hash_t hash = XXH3_128bits(path.data(), path.size());
  return {hash.low64, hash.high64};
}

uint64_t ColumnBit(std::string_view field) { return uint64_t{1} << (Hash64(field) & 63); }

uint64_t DirectoryBytes(const SegmentHeader& header) {
  return uint64_t{header.files} * sizeof(FileEntry) + uint64_t{header.columns} * sizeof(ColumnEntry) +
         uint64_t{header.blocks} * sizeof(BlockEntry) + uint64_t{header.zones} * sizeof(ZoneEntry) + header.names_bytes;
}

Result<SegmentHeader> ParseHeader(std::string_view bytes, uint64_t file_bytes) {
  SegmentHeader header;
  if (bytes.size() < sizeof(header)) return Corrupt("shorter than a header");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) return Corrupt("not a segment");
  if (header.header_hash != HeaderHash(header)) return Corrupt("the header's hash differs");
  if (header.format_version != kFormatVersion) {
    return MakeError(ErrorCode::kUnsupported, "cache segment: format version {}, this program writes {}",
                     header.format_version, kFormatVersion);
  }
  if (header.file_bytes != file_bytes || file_bytes > kMaxSegmentBytes) return Corrupt("its length differs");
  if (Status counts = CheckCounts(header); !counts) return std::unexpected(counts.error());
  return header;
}

Result<Directory> ParseDirectory(const SegmentHeader& header, std::string_view bytes) {
  if (bytes.size() != DirectoryBytes(header)) return Corrupt("the directory's length differs");
  if (Hash64(bytes) != header.directory_hash) return Corrupt("the directory's hash differs");
  Directory directory;
  directory.files = Take<FileEntry>(bytes, header.files);
  directory.columns = Take<ColumnEntry>(bytes, header.columns);
  directory.blocks = Take<BlockEntry>(bytes, header.blocks);
  directory.zones = Take<ZoneEntry>(bytes, header.zones);
  directory.names = bytes;
  if (Status files = CheckFiles(header, directory); !files) return std::unexpected(files.error());
  if (Status blocks = CheckBlocks(header, directory); !blocks) return std::unexpected(blocks.error());
  for (const ColumnEntry& column : directory.columns) {
    if (Status checked = CheckColumn(header, directory, column); !checked) return std::unexpected(checked.error());
  }
  return directory;
}

std::string WriteHeaderAndDirectory(SegmentHeader header, Directory directory, uint64_t blocks_bytes) {
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.format_version = kFormatVersion;
  header.files = static_cast<uint32_t>(directory.files.size());
  header.columns = static_cast<uint32_t>(directory.columns.size());
  header.blocks = static_cast<uint32_t>(directory.blocks.size());
  header.zones = static_cast<uint32_t>(directory.zones.size());
  header.names_bytes = static_cast<uint32_t>(directory.names.size());
  uint64_t start = sizeof(SegmentHeader) + DirectoryBytes(header);
  header.file_bytes = start + blocks_bytes;
  for (BlockEntry& block : directory.blocks) block.offset += start;
  header.column_bits = 0;
  for (const ColumnEntry& column : directory.columns) header.column_bits |= ColumnBit(directory.Name(column));

  std::string bytes(sizeof(SegmentHeader), '\0');
  bytes.reserve(start);
  Put(bytes, directory.files);
  Put(bytes, directory.columns);
  Put(bytes, directory.blocks);
  Put(bytes, directory.zones);
  bytes += directory.names;
  header.directory_hash = Hash64(std::string_view(bytes).substr(sizeof(SegmentHeader)));
  header.header_hash = HeaderHash(header);
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes;
}

std::string WriteValues(std::span<const uint32_t> lengths, std::string_view text) {
  std::string block;
  block.reserve(lengths.size_bytes() + text.size());
  block.append(reinterpret_cast<const char*>(lengths.data()), lengths.size_bytes());
  block += text;
  return block;
}

Result<std::vector<std::string_view>> ParseValues(std::string_view block, uint32_t rows) {
  if (block.size() / sizeof(uint32_t) < rows) return Corrupt("a block is shorter than its lengths");
  std::string_view lengths = block.substr(0, size_t{rows} * sizeof(uint32_t));
  std::string_view text = block.substr(lengths.size());
  std::vector<std::string_view> values(rows);
  for (uint32_t row = 0; row < rows; ++row) {
    uint32_t length;
    std::memcpy(&length, lengths.data() + size_t{row} * sizeof(length), sizeof(length));
    if (length == kNullLength) continue;
    if (length > text.size()) return Corrupt("a value lies outside its block");
    values[row] = text.substr(0, length);
    text.remove_prefix(length);
  }
  if (!text.empty()) return Corrupt("a block is longer than its values");
  return values;
}

std::string Pack(std::string bytes) {
  if (bytes.size() < kMinPackBytes) return bytes;
  // Room for no more than is worth it: the compressor gives up by itself on text that does not shrink.
  std::string packed(bytes.size() * 3 / 8, '\0');
  size_t length = ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), kZstdLevel);
  if (ZSTD_isError(length) != 0) return bytes;
  packed.resize(length);
  return packed;
}

Result<std::string> Unpack(std::string stored, uint32_t bytes) {
  if (stored.size() == bytes) return stored;
  std::string unpacked;
  unpacked.resize_and_overwrite(bytes, [&](char* text, size_t) {
    size_t length = ZSTD_decompress(text, bytes, stored.data(), stored.size());
    return ZSTD_isError(length) != 0 ? 0 : length;
  });
  if (unpacked.size() != bytes) return Corrupt("a block does not unpack");
  return unpacked;
}

}  // namespace opentrail::logs::cache
