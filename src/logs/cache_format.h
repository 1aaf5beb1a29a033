#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The bytes of a cache segment. Grammar and worked example: docs/formats/cache.md.
namespace opentrail::logs::cache {

static_assert(std::endian::native == std::endian::little, "the structures below are stored as they lie in memory");

inline constexpr char kMagic[8] = {'O', 'T', 'S', 'E', 'G', 'M', 'N', 'T'};
inline constexpr uint32_t kFormatVersion = 1;
inline constexpr std::string_view kZoneField = "eventtime";  // the one field whose range is kept for each file

// Bounds on what a segment may claim; a segment that claims more is not one of ours.
inline constexpr uint64_t kMaxSegmentBytes = 256ULL << 20;
inline constexpr uint32_t kMaxCachedFiles = 1U << 22;
inline constexpr uint32_t kMaxRows = 1U << 26;
inline constexpr uint32_t kMaxColumns = 1024;
inline constexpr uint32_t kMaxBlocks = 1U << 20;
inline constexpr uint32_t kMaxNamesBytes = 1U << 20;
inline constexpr uint32_t kMaxBlockBytes = 64U << 20;

// 128 bits of XXH3 over a path, or over the predicates of a question with needles.
struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

struct SegmentHeader {
  char magic[8];
  uint32_t format_version;
  uint32_t reader_version;  // what the parser makes of a log file may change from version to version
  uint64_t file_bytes;      // of the whole segment
  int64_t created_ns;
  Hash128 needles;  // zero: all rows of the files; else the rows that passed this search
  uint64_t column_bits;
  uint32_t files;
  uint32_t rows;
  uint32_t columns;
  uint32_t blocks;
  uint32_t zones;  // 0, or as many as files
  uint32_t names_bytes;
  uint64_t directory_hash;
  uint64_t header_hash;  // of the bytes before it
};
static_assert(sizeof(SegmentHeader) == 96);

struct FileEntry {
  Hash128 path;
  uint64_t size;
  int64_t mtime_ns;
  int64_t ctime_ns;
  uint64_t inode;
  uint64_t head_hash;
  uint32_t first_row;
  uint32_t rows;
  uint32_t checked_by_content;  // 1: the file ends in a checksum of its content (gzip), so its head can vouch for it
  uint32_t reserved;
};
static_assert(sizeof(FileEntry) == 72);

enum class Encoding : uint8_t {
  kDictionary = 1,  // block 0: the distinct values; block 1: a code a row
  kPlain = 2,       // blocks of values
};

struct ColumnEntry {
  uint32_t name_offset;
  uint32_t name_bytes;
  Encoding encoding;
  uint8_t code_bytes;  // of a dictionary's codes: 1, 2 or 4
  uint16_t reserved;
  uint32_t first_block;
  uint32_t blocks;
};
static_assert(sizeof(ColumnEntry) == 20);

struct BlockEntry {
  uint64_t offset;        // in the segment
  uint32_t stored_bytes;  // less than `bytes`: a zstd frame
  uint32_t bytes;
  uint32_t first_row;  // of a dictionary's values: 0
  uint32_t rows;       // of a dictionary's values: how many
  uint64_t hash;       // of the stored bytes
};
static_assert(sizeof(BlockEntry) == 32);

// The least and greatest value of kZoneField in a file, byte by byte.
struct ZoneEntry {
  static constexpr uint8_t kNone = 0xFF;     // the file has no value
  static constexpr uint8_t kUnknown = 0xFE;  // some value is longer than a zone holds
  static constexpr size_t kMaxBytes = 31;
  uint8_t least_bytes;
  char least[kMaxBytes];
  uint8_t greatest_bytes;
  char greatest[kMaxBytes];

  [[nodiscard]] bool IsKnown() const { return least_bytes <= kMaxBytes && greatest_bytes <= kMaxBytes; }
  [[nodiscard]] std::string_view Least() const { return {least, least_bytes}; }
  [[nodiscard]] std::string_view Greatest() const { return {greatest, greatest_bytes}; }
};
static_assert(sizeof(ZoneEntry) == 64);

// What follows the header: entries of each kind, then the columns' names.
struct Directory {
  std::vector<FileEntry> files;
  std::vector<ColumnEntry> columns;
  std::vector<BlockEntry> blocks;
  std::vector<ZoneEntry> zones;
  std::string names;

  [[nodiscard]] std::string_view Name(const ColumnEntry& column) const {
    return std::string_view(names).substr(column.name_offset, column.name_bytes);
  }
};

[[nodiscard]] uint64_t Hash64(std::string_view bytes);
[[nodiscard]] Hash128 HashText(std::string_view path);
// The bit of a field in SegmentHeader::column_bits.
[[nodiscard]] uint64_t ColumnBit(std::string_view field);

// Bytes the directory takes by the header's counts.
[[nodiscard]] uint64_t DirectoryBytes(const SegmentHeader& header);
// Checks magic, version, hash, bounds, and the length against the file's own.
[[nodiscard]] Result<SegmentHeader> ParseHeader(std::string_view bytes, uint64_t file_bytes);
// Checks hash and every reference in it: rows, blocks, names, block places.
[[nodiscard]] Result<Directory> ParseDirectory(const SegmentHeader& header, std::string_view bytes);
// Header and directory as stored. Fills the header's counts, sizes and hashes; block offsets are relative to the first
// block and become absolute.
[[nodiscard]] std::string WriteHeaderAndDirectory(SegmentHeader header, Directory directory, uint64_t blocks_bytes);

// Values as a block holds them: a length each (kNullLength: NULL), then their bytes.
inline constexpr uint32_t kNullLength = 0xFFFFFFFF;
[[nodiscard]] std::string WriteValues(std::span<const uint32_t> lengths, std::string_view text);
[[nodiscard]] Result<std::vector<std::string_view>> ParseValues(std::string_view block, uint32_t rows);

// Compressed if that leaves three eighths or less, else unchanged: packing ids, of which half remains, costs more than
// writing and reading them as they are.
[[nodiscard]] std::string Pack(std::string bytes);
[[nodiscard]] Result<std::string> Unpack(std::string stored, uint32_t bytes);

}  // namespace opentrail::logs::cache
