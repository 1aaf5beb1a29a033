#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace opentrail::logs {

inline constexpr size_t kBatchRows = 2048;  // the engine's own vector size

// One field of up to kBatchRows events. A value whose data() is nullptr is SQL NULL (key missing, or JSON null);
// an empty string has a data(). Either `values` has a row each, or (dictionary form, as the cache gives it) `codes` has
// a row each and points into `dictionary`.
struct ColumnVector {
  std::vector<std::string_view> values;
  std::vector<uint32_t> codes;
  std::span<const std::string_view> dictionary;
  uint64_t dictionary_id = 0;  // equal ids mean the same dictionary; 0: none

  [[nodiscard]] bool IsDictionary() const { return dictionary.data() != nullptr; }
  [[nodiscard]] std::string_view At(size_t row) const { return IsDictionary() ? dictionary[codes[row]] : values[row]; }
};

// Up to kBatchRows events of one file, a vector per requested field, in the file's order. The strings point into
// buffers that `owner` keeps alive: whoever passes them on beyond the batch holds a copy of `owner`.
struct ColumnBatch {
  size_t rows = 0;
  std::vector<ColumnVector> columns;
  std::shared_ptr<const void> owner;  // shared: the engine's vectors may outlive the reader's next batch
};

}  // namespace opentrail::logs
