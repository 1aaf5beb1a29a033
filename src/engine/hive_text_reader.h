#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "duckdb/common/types/vector.hpp"
#include "engine/scalar_text.h"
#include "formats/table_format.h"
#include "sql/type.h"

namespace opentrail::engine {

// Reads a value of delimited text into engine vectors of one type, as Hive's LazySimpleSerDe does: collections between
// the separators of their level, each level its own; what does not fit its type is NULL. Belongs to one thread.
class HiveTextReader {
 public:
  // `path`: the places of fields within structs that lead from the column to the value; empty: the column itself.
  HiveTextReader(const sql::Type& type, const formats::DelimitedFormat& format, std::vector<size_t> path);

  // The column's text, its escapes not undone, into row `row` of `target`, a flat vector of PhysicalType(type). A null
  // text is NULL.
  void Read(std::string_view text, duckdb::Vector& target, duckdb::idx_t row);

 private:
  void ReadValue(const sql::Type& type, std::string_view text, size_t level, duckdb::Vector& target, duckdb::idx_t row);
  void ReadScalar(const sql::Type& type, std::string_view text, duckdb::Vector& target, duckdb::idx_t row);
  void ReadArray(const sql::Type& type, std::string_view text, size_t level, duckdb::Vector& target, duckdb::idx_t row);
  void ReadMap(const sql::Type& type, std::string_view text, size_t level, duckdb::Vector& target, duckdb::idx_t row);
  void ReadStruct(const sql::Type& type, std::string_view text, size_t level, duckdb::Vector& target,
                  duckdb::idx_t row);
  // The parts of a text between the separators of a level; past the last level there is one.
  [[nodiscard]] std::vector<std::string_view> Split(std::string_view text, size_t level) const;

  const sql::Type type_;
  const formats::DelimitedFormat format_;
  const std::vector<size_t> path_;
  std::string plain_;  // without escapes
};

}  // namespace opentrail::engine
