#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "logs/cache_folder.h"
#include "logs/cache_format.h"

namespace opentrail::logs::cache {

// A column as distinct values and a code a row. Its codes are checked to lie in `values`.
struct DictionaryColumn {
  std::string text;
  std::vector<std::string_view> values;
  uint64_t id = 0;  // of this dictionary in this process
  std::string codes;
  uint8_t code_bytes = 1;

  [[nodiscard]] uint32_t Code(uint32_t row) const;
  [[nodiscard]] uint64_t MemoryBytes() const {
    return text.size() + codes.size() + values.size() * sizeof(std::string_view);
  }
  // Appends the codes of rows [first, first + count).
  void AppendCodes(uint32_t first, uint32_t count, std::vector<uint32_t>& into) const;
};

// Some rows of a plain column.
struct PlainBlock {
  uint32_t first_row = 0;
  std::string text;
  std::vector<std::string_view> values;

  [[nodiscard]] uint32_t EndRow() const { return first_row + static_cast<uint32_t>(values.size()); }
};

// A segment's directory in memory; blocks are read when asked for, each checked against its hash. Thread-safe once
// ReadDirectory has returned.
class Segment {
 public:
  // Reads and checks the header alone.
  static Result<std::shared_ptr<Segment>> Open(const std::filesystem::path& path);

  Status ReadDirectory();
  [[nodiscard]] const std::filesystem::path& Path() const { return path_; }
  [[nodiscard]] const SegmentHeader& Header() const { return header_; }
  [[nodiscard]] const cache::Directory& Directory() const { return directory_; }
  [[nodiscard]] std::optional<uint32_t> FindColumn(std::string_view field) const;
  // The file table is the directory's larger part and of no use once a lookup has matched it. Zones go with it.
  void ForgetFiles();

  // One dictionary serves all who hold it at the same time.
  Result<std::shared_ptr<const DictionaryColumn>> LoadDictionary(uint32_t column) const;
  // The blocks of a plain column that hold any of the rows of `extents`, in ascending order of rows.
  using PlainBlocks = std::vector<std::unique_ptr<const PlainBlock>>;
  struct Extent {
    uint32_t first_row;
    uint32_t rows;
  };
  Result<PlainBlocks> LoadBlocks(uint32_t column, const std::vector<Extent>& extents) const;

 private:
  Segment(std::filesystem::path path, SegmentFile file, const SegmentHeader& header);
  std::vector<bool> BlocksTouched(const ColumnEntry& column, const std::vector<Extent>& extents) const;

  std::filesystem::path path_;
  std::optional<SegmentFile> file_;  // open until the directory is read
  SegmentHeader header_;
  cache::Directory directory_;
  mutable std::mutex mutex_;
  mutable std::vector<std::weak_ptr<const DictionaryColumn>> dictionaries_;  // a column each
};

}  // namespace opentrail::logs::cache
