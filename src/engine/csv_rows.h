#pragma once

#include <string>
#include <vector>

#include "duckdb/common/types/data_chunk.hpp"
#include "engine/render.h"
#include "sql/translate.h"

namespace opentrail::engine {

// The rows of one chunk after another as lines of CSV (csv_text.h). Belongs to one thread.
class CsvRows {
 public:
  // `columns` outlives this.
  explicit CsvRows(const std::vector<sql::OutputColumn>& columns);

  // The rows of the chunk before have been appended.
  void Take(duckdb::unique_ptr<duckdb::DataChunk> chunk);
  [[nodiscard]] bool IsThrough() const { return chunk_ == nullptr || row_ == chunk_->size(); }
  // Appends the rows that are left, until `out` has `enough_bytes`; how many.
  size_t Append(size_t enough_bytes, std::string& out);

 private:
  void AppendValue(size_t column, std::string& out);

  const std::vector<sql::OutputColumn>& columns_;
  std::vector<bool> may_hold_quotes_;  // the text of a column's values
  ValueRenderer renderer_;
  duckdb::unique_ptr<duckdb::DataChunk> chunk_;
  std::vector<duckdb::RecursiveUnifiedVectorFormat> values_;
  duckdb::idx_t row_ = 0;
};

}  // namespace opentrail::engine
