#include "engine/functions/list.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "duckdb/function/create_sort_key.hpp"

namespace opentrail::engine {

using duckdb::idx_t;
using duckdb::ListVector;
using duckdb::LogicalType;
using duckdb::SelectionVector;
using duckdb::Vector;

ListReader::ListReader(Vector& lists, idx_t count)
    : elements_(&ListVector::GetEntry(lists)), element_count_(ListVector::GetListSize(lists)) {
  lists.ToUnifiedFormat(count, format_);
}

SortKeys::SortKeys(Vector& values, idx_t count) : keys_(LogicalType::BLOB, std::max<idx_t>(count, 1)) {
  const duckdb::OrderModifiers ascending(duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_LAST);
  if (count > 0) duckdb::CreateSortKeyHelpers::CreateSortKey(values, count, ascending, keys_);
  values.ToUnifiedFormat(count, format_);
  type_ = values.GetType().id();
  constant_ = keys_.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
}

bool SortKeys::IsNaN(idx_t index) const {
  const idx_t at = format_.sel->get_index(index);
  if (type_ == duckdb::LogicalTypeId::DOUBLE)
    return std::isnan(duckdb::UnifiedVectorFormat::GetData<double>(format_)[at]);
  return type_ == duckdb::LogicalTypeId::FLOAT && std::isnan(duckdb::UnifiedVectorFormat::GetData<float>(format_)[at]);
}

namespace {

// Numbers the elements of each row and picks them, in that order, out of the reader's.
Vector PickElements(const ListReader& reader, idx_t rows, std::vector<idx_t>& first, idx_t& total) {
  std::vector<uint32_t> picked;
  duckdb::list_entry_t previous(0, 0);
  for (idx_t row = 0; row < rows; row++) {
    const duckdb::list_entry_t entry = reader.Entry(row);
    if (row > 0 && entry.offset == previous.offset && entry.length == previous.length) {
      first.push_back(first.back());  // one list for many rows (a constant) is numbered once
      continue;
    }
    first.push_back(picked.size());
    for (idx_t i = 0; i < entry.length; i++) picked.push_back(entry.offset + i);
    previous = entry;
  }
  total = picked.size();
  SelectionVector selection(std::max<idx_t>(total, 1));
  selection.set_index(0, 0);
  for (idx_t i = 0; i < total; i++) selection.set_index(i, picked[i]);
  return Vector(reader.Elements(), selection, total);
}

}  // namespace

KeyedLists::KeyedLists(Vector& lists, idx_t count, std::optional<idx_t> field)
    : reader_(lists, count), elements_(PickElements(reader_, count, first_, total_)), keys_(Keyed(field), total_) {}

Vector& KeyedLists::Keyed(std::optional<idx_t> field) {
  return field ? *duckdb::StructVector::GetEntries(elements_)[*field] : elements_;
}

ListWriter::ListWriter(Vector& result)
    : result_(result),
      null_(duckdb::Value(ListVector::GetEntry(result).GetType())),
      row_start_(ListVector::GetListSize(result)),
      size_(row_start_) {
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
}

void ListWriter::Take(const Vector& source, idx_t index) {
  if (pending_source_ != &source) {
    Flush();
    pending_source_ = &source;
  }
  pending_.push_back(index);
  size_++;
}

void ListWriter::TakeNull() { Take(null_, 0); }

void ListWriter::EndRow(idx_t row) {
  duckdb::FlatVector::GetData<duckdb::list_entry_t>(result_)[row] = {row_start_, size_ - row_start_};
  row_start_ = size_;
}

void ListWriter::NullRow(idx_t row) {
  duckdb::FlatVector::SetNull(result_, row, true);
  duckdb::FlatVector::GetData<duckdb::list_entry_t>(result_)[row] = {row_start_, 0};
}

void ListWriter::Flush() {
  if (!pending_.empty()) {
    const SelectionVector selection(pending_.data());
    ListVector::Append(result_, *pending_source_, selection, pending_.size());
    pending_.clear();
  }
  pending_source_ = nullptr;
}

EntryWriter::EntryWriter(const Vector& keys, const Vector& values, Vector& result)
    : keys_(keys), values_(values), result_(result), start_(ListVector::GetListSize(result)) {
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
}

void EntryWriter::Take(idx_t key, idx_t value) {
  key_places_.push_back(key);
  value_places_.push_back(value);
}

void EntryWriter::EndRow(idx_t row) {
  duckdb::FlatVector::GetData<duckdb::list_entry_t>(result_)[row] = {start_ + row_start_,
                                                                     key_places_.size() - row_start_};
  row_start_ = key_places_.size();
}

void EntryWriter::NullRow(idx_t row) {
  EndRow(row);
  duckdb::FlatVector::SetNull(result_, row, true);
}

void EntryWriter::Finish() {
  const idx_t count = key_places_.size();
  if (count == 0) return;
  ListVector::Reserve(result_, start_ + count);
  auto& fields = duckdb::StructVector::GetEntries(ListVector::GetEntry(result_));
  duckdb::VectorOperations::Copy(keys_, *fields[0], SelectionVector(key_places_.data()), count, 0, start_);
  duckdb::VectorOperations::Copy(values_, *fields[1], SelectionVector(value_places_.data()), count, 0, start_);
  ListVector::SetListSize(result_, start_ + count);
}

void CheckMapKeys(const Vector& values, const SortKeys& keys, idx_t first, idx_t size) {
  std::unordered_set<std::string_view> seen;
  for (idx_t i = first; i < first + size; i++) {
    if (keys.IsNull(i)) ThrowInvalidArgument("map key cannot be null");
    if (!seen.insert(keys.Key(i)).second) {
      ThrowInvalidArgument("Duplicate map keys ({}) are not allowed", values.GetValue(i).ToString());
    }
  }
}

void RegisterGeneric(duckdb::DatabaseInstance& database, ChunkFunction function) {
  function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  RegisterChunk(database, std::move(function));
}

duckdb::unique_ptr<duckdb::FunctionData> BindNull(duckdb::ScalarFunction& function) {
  function.return_type = LogicalType::SQLNULL;
  function.function = [](duckdb::DataChunk&, duckdb::ExpressionState&, Vector& result) {
    result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
    duckdb::ConstantVector::SetNull(result, true);
  };
  return nullptr;
}

idx_t RowsToCompute(const duckdb::DataChunk& arguments) { return arguments.AllConstant() ? 1 : arguments.size(); }

void MarkConstant(const duckdb::DataChunk& arguments, Vector& result) {
  if (arguments.AllConstant()) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace opentrail::engine
