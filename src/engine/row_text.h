#pragma once

#include <string>
#include <vector>

#include "duckdb/common/types/vector.hpp"
#include "engine/render.h"
#include "formats/write_format.h"
#include "sql/type.h"

namespace opentrail::engine {

// Writes rows as lines of text that the same format reads back: JSON objects, or values between separators. Of Hive's
// types alone. Belongs to one thread.
class RowText {
 public:
  RowText(std::vector<std::string> names, std::vector<sql::Type> types, formats::WriteFormat format);

  // Appends row `row` of the columns, a line with its end.
  void Append(const std::vector<duckdb::RecursiveUnifiedVectorFormat>& columns, duckdb::idx_t row, std::string& out);

 private:
  void AppendJson(const sql::Type& type, const duckdb::RecursiveUnifiedVectorFormat& vector, duckdb::idx_t row,
                  std::string& out);
  void AppendJsonRow(const sql::Type& type, const duckdb::RecursiveUnifiedVectorFormat& vector, duckdb::idx_t index,
                     std::string& out);
  void AppendDelimited(const formats::DelimitedFormat& format, const sql::Type& type,
                       const duckdb::RecursiveUnifiedVectorFormat& vector, duckdb::idx_t row, size_t level,
                       std::string& out);
  // The text of a scalar that is not NULL.
  std::string_view ScalarText(const sql::Type& type, const duckdb::RecursiveUnifiedVectorFormat& vector,
                              duckdb::idx_t row);

  const std::vector<std::string> names_;
  const std::vector<sql::Type> types_;
  const formats::WriteFormat format_;
  ValueRenderer renderer_;
  std::string scratch_;
};

}  // namespace opentrail::engine
