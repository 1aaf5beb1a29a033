#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "duckdb/common/types/data_chunk.hpp"
#include "engine/hive_text_reader.h"
#include "engine/json_reader.h"
#include "engine/scan_schema.h"
#include "logs/column_batch.h"

namespace opentrail::engine {

// Which fields of the logs a set of columns needs, each once, and where each column finds its own.
class FieldList {
 public:
  // The field's place, added where it is new.
  size_t Place(const std::string& field);
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

// Writes one column of the scan from the logs' batches. Belongs to one thread.
class ColumnWriter {
 public:
  // places: where the batch has the column's fields, in the order of column.fields.
  ColumnWriter(const ScanColumn& column, std::vector<size_t> places, const formats::TableFormat& format);

  // The batch's rows into `target`, a fresh flat vector of the column's physical type. Text is not copied: the vector
  // holds the batch's owner. Throws HIVE_BAD_DATA, where the column's rules do.
  void Write(const logs::ColumnBatch& batch, duckdb::Vector& target);

 private:
  void WriteText(const logs::ColumnBatch& batch, duckdb::Vector& target);
  void WriteDictionary(const logs::ColumnBatch& batch, duckdb::Vector& target);
  void WriteJson(const logs::ColumnBatch& batch, duckdb::Vector& target);
  void WriteScalar(const logs::ColumnBatch& batch, duckdb::Vector& target) const;
  void WriteHiveText(const logs::ColumnBatch& batch, duckdb::Vector& target);
  void WriteInstant(const logs::ColumnBatch& batch, duckdb::Vector& target);
  void WriteChecksum(const logs::ColumnBatch& batch, duckdb::Vector& target) const;
  void WritePathDate(const logs::ColumnBatch& batch, duckdb::Vector& target);

  const ScanColumn& column_;
  std::vector<size_t> places_;
  std::optional<JsonReader> json_;
  std::optional<HiveTextReader> hive_text_;
  // The last dictionary as a vector, so that batches of one file share it.
  uint64_t dictionary_id_ = 0;
  std::unique_ptr<duckdb::Vector> dictionary_;
};

}  // namespace opentrail::engine
