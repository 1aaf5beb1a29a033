#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "duckdb/common/types/data_chunk.hpp"
#include "duckdb/common/types/vector.hpp"
#include "engine/functions/scalar.h"

// Reading and building LIST and MAP vectors (a MAP is a LIST of key and value) element by element, whatever the element
// type: elements are compared by the engine's own sort keys and moved by index, never looked into.
namespace opentrail::engine {

// The lists of one vector, in place. Belongs to the chunk that it reads.
class ListReader {
 public:
  ListReader(duckdb::Vector& lists, duckdb::idx_t count);

  [[nodiscard]] bool IsNull(duckdb::idx_t row) const {
    return !format_.validity.RowIsValid(format_.sel->get_index(row));
  }
  // Empty for a NULL row.
  [[nodiscard]] duckdb::list_entry_t Entry(duckdb::idx_t row) const {
    if (IsNull(row)) return {0, 0};
    return duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format_)[format_.sel->get_index(row)];
  }
  // All lists' elements in one vector; Entry's offsets point into it.
  [[nodiscard]] duckdb::Vector& Elements() const { return *elements_; }
  [[nodiscard]] duckdb::idx_t ElementCount() const { return element_count_; }

 private:
  duckdb::UnifiedVectorFormat format_;
  duckdb::Vector* elements_;
  duckdb::idx_t element_count_;
};

// Values of any type as bytes whose equality and order are the values': NULL is greatest and equal to itself; NaN is
// equal to itself and above all numbers. One key a position of `values`.
class SortKeys {
 public:
  SortKeys(duckdb::Vector& values, duckdb::idx_t count);

  [[nodiscard]] bool IsNull(duckdb::idx_t index) const {
    return !format_.validity.RowIsValid(format_.sel->get_index(index));
  }
  // Of a floating-point number that is none; it is neither the greatest nor the least of others.
  [[nodiscard]] bool IsNaN(duckdb::idx_t index) const;
  [[nodiscard]] std::string_view Key(duckdb::idx_t index) const {
    const duckdb::string_t& key = duckdb::FlatVector::GetData<duckdb::string_t>(keys_)[constant_ ? 0 : index];
    return {key.GetData(), key.GetSize()};
  }

 private:
  duckdb::Vector keys_;
  duckdb::UnifiedVectorFormat format_;
  duckdb::LogicalTypeId type_;
  bool constant_;
};

// The elements of a ListReader's rows with their sort keys, numbered row by row: row r's element i is First(r) + i.
// Only elements that a row refers to get a key.
class KeyedLists {
 public:
  // The key is the whole element's, or that of one field of a STRUCT (a MAP's elements are STRUCTs of key and value).
  KeyedLists(duckdb::Vector& lists, duckdb::idx_t count, std::optional<duckdb::idx_t> field = std::nullopt);

  [[nodiscard]] bool IsNull(duckdb::idx_t row) const { return reader_.IsNull(row); }
  [[nodiscard]] duckdb::idx_t First(duckdb::idx_t row) const { return first_[row]; }
  [[nodiscard]] duckdb::idx_t Size(duckdb::idx_t row) const { return reader_.Entry(row).length; }
  [[nodiscard]] const SortKeys& Keys() const { return keys_; }
  [[nodiscard]] duckdb::idx_t Count() const { return total_; }
  // The elements in that numbering, to be copied from.
  [[nodiscard]] duckdb::Vector& Elements() { return elements_; }

 private:
  [[nodiscard]] duckdb::Vector& Keyed(std::optional<duckdb::idx_t> field);

  ListReader reader_;
  std::vector<duckdb::idx_t> first_;
  duckdb::idx_t total_ = 0;
  duckdb::Vector elements_;
  SortKeys keys_;
};

// Fills a LIST result row by row with elements taken from other vectors of the element type.
class ListWriter {
 public:
  explicit ListWriter(duckdb::Vector& result);

  void Take(const duckdb::Vector& source, duckdb::idx_t index);
  void TakeNull();
  void EndRow(duckdb::idx_t row);
  void NullRow(duckdb::idx_t row);
  // Must be called after the last row; nothing is complete before.
  void Finish() { Flush(); }

 private:
  void Flush();

  duckdb::Vector& result_;
  duckdb::Vector null_;
  const duckdb::Vector* pending_source_ = nullptr;
  std::vector<uint32_t> pending_;
  duckdb::idx_t row_start_ = 0;
  duckdb::idx_t size_ = 0;
};

// Fills a MAP result, or a LIST of STRUCTs of two fields, from one vector of keys and one of values.
class EntryWriter {
 public:
  EntryWriter(const duckdb::Vector& keys, const duckdb::Vector& values, duckdb::Vector& result);

  void Take(duckdb::idx_t key, duckdb::idx_t value);
  void EndRow(duckdb::idx_t row);
  void NullRow(duckdb::idx_t row);
  void Finish();  // must be called after the last row

 private:
  const duckdb::Vector& keys_;
  const duckdb::Vector& values_;
  duckdb::Vector& result_;
  std::vector<uint32_t> key_places_;
  std::vector<uint32_t> value_places_;
  duckdb::idx_t start_;
  duckdb::idx_t row_start_ = 0;
};

// Refuses NULL and equal keys among `values` [first, first + size), as Trino does where a map is made.
void CheckMapKeys(const duckdb::Vector& values, const SortKeys& keys, duckdb::idx_t first, duckdb::idx_t size);

// Registers a function whose result's type its arguments decide (LogicalType::TEMPLATE, or bind). It sees NULL
// arguments itself: the engine folds a call with a constant NULL to a NULL without a type where the result's type is
// not known before binding, and a function over lists cannot take that.
void RegisterGeneric(duckdb::DatabaseInstance& database, ChunkFunction function);

// Binds a call that a NULL without a type makes NULL; its arguments keep the types they have been given.
duckdb::unique_ptr<duckdb::FunctionData> BindNull(duckdb::ScalarFunction& function);

// Where all arguments are constant one row is computed and stands for all.
[[nodiscard]] duckdb::idx_t RowsToCompute(const duckdb::DataChunk& arguments);
void MarkConstant(const duckdb::DataChunk& arguments, duckdb::Vector& result);

}  // namespace opentrail::engine
