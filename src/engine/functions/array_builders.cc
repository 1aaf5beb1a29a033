#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "duckdb/common/types/date.hpp"
#include "duckdb/common/types/interval.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "engine/functions/collections.h"
#include "engine/functions/list.h"
#include "engine/functions/scalar.h"

// Array functions that make arrays out of arguments: no element is compared.
namespace opentrail::engine {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::ListVector;
using duckdb::LogicalType;
using duckdb::Vector;
using scalar_detail::Column;

constexpr int64_t kMaxSequenceEntries = 10'000;
constexpr int64_t kMaxRepeatEntries = 10'000;
constexpr int64_t kMaxCombinationSize = 5;
constexpr int64_t kMaxCombinationElements = 100'000;
constexpr int64_t kMillisPerDay = 86'400'000;

// How many values from start to stop by step; refuses what Trino refuses.
int64_t SequenceLength(int64_t start, int64_t stop, int64_t step) {
  if (step == 0) ThrowInvalidArgument("step must not be zero");
  if (step > 0 ? stop < start : stop > start) {
    ThrowInvalidArgument(
        "sequence stop value should be greater than or equal to start value if step is greater than zero otherwise "
        "stop should be less than or equal to start");
  }
  const __int128 length = (static_cast<__int128>(stop) - start) / step + 1;
  if (length > kMaxSequenceEntries) {
    ThrowInvalidArgument("result of sequence function must not have more than {} entries", kMaxSequenceEntries);
  }
  return static_cast<int64_t>(length);
}

// Writes rows of a LIST of T from start, stop and what `make` appends; false from it is a NULL row.
template <typename T, typename Make>
void MakeSequences(DataChunk& arguments, Vector& result, Make make) {
  const idx_t rows = RowsToCompute(arguments);
  const Column<T> starts(arguments.data[0], rows);
  const Column<T> stops(arguments.data[1], rows);
  for (idx_t row = 0; row < rows; row++) {
    const idx_t offset = ListVector::GetListSize(result);
    std::vector<T> values;
    if (starts.Missing(row) || stops.Missing(row) || !make(row, starts.Get(row), stops.Get(row), values)) {
      FlatVector::SetNull(result, row, true);
    }
    ListVector::Reserve(result, offset + values.size());
    std::copy(values.begin(), values.end(), FlatVector::GetData<T>(ListVector::GetEntry(result)) + offset);
    ListVector::SetListSize(result, offset + values.size());
    FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {offset, values.size()};
  }
  MarkConstant(arguments, result);
}

void SequenceBigint(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const bool has_step = arguments.ColumnCount() == 3;
  std::optional<Column<int64_t>> steps;
  if (has_step) steps.emplace(arguments.data[2], rows);
  MakeSequences<int64_t>(arguments, result, [&](idx_t row, int64_t start, int64_t stop, std::vector<int64_t>& values) {
    if (has_step && steps->Missing(row)) return false;
    const int64_t step = has_step ? steps->Get(row) : (stop >= start ? 1 : -1);
    const int64_t length = SequenceLength(start, stop, step);
    // The last step may pass the end of the type without being used.
    for (int64_t i = 0; i < length; i++)
      values.push_back(static_cast<int64_t>(start + static_cast<__int128>(i) * step));
    return true;
  });
}

void SequenceDateDays(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const bool has_step = arguments.ColumnCount() == 3;
  std::optional<Column<int64_t>> steps;
  if (has_step) steps.emplace(arguments.data[2], rows);
  using duckdb::date_t;
  MakeSequences<date_t>(arguments, result, [&](idx_t row, date_t start, date_t stop, std::vector<date_t>& values) {
    if (has_step && steps->Missing(row)) return false;
    const int64_t millis = has_step ? steps->Get(row) : (stop >= start ? kMillisPerDay : -kMillisPerDay);
    if (millis % kMillisPerDay != 0) {
      ThrowInvalidArgument("sequence step must be a day interval if start and end values are dates");
    }
    const int64_t step = millis / kMillisPerDay;
    const int64_t length = SequenceLength(start.days, stop.days, step);
    for (int64_t i = 0; i < length; i++) values.emplace_back(static_cast<int32_t>(start.days + i * step));
    return true;
  });
}

// Each value is start plus a multiple of the step, so that a month's last day comes back where the month has it.
template <typename T>
void AppendMonths(T start, T stop, int32_t step, std::vector<T>& values) {
  if (step == 0) ThrowInvalidArgument("step must not be zero");
  SequenceLength(0, stop == start ? 0 : (stop > start ? 1 : -1), step > 0 ? 1 : -1);  // the direction
  for (int64_t i = 0;; i++) {
    const int64_t months = i * step;
    if (months > INT32_MAX || months < INT32_MIN) return;
    const T value = duckdb::Interval::Add(start, duckdb::interval_t{static_cast<int32_t>(months), 0, 0});
    if (step > 0 ? value > stop : value < stop) return;
    if (i >= kMaxSequenceEntries) {
      ThrowInvalidArgument("result of sequence function must not have more than {} entries", kMaxSequenceEntries);
    }
    values.push_back(value);
  }
}

template <typename T>
void SequenceMonths(DataChunk& arguments, ExpressionState&, Vector& result) {
  const Column<int32_t> steps(arguments.data[2], RowsToCompute(arguments));
  MakeSequences<T>(arguments, result, [&](idx_t row, T start, T stop, std::vector<T>& values) {
    if (steps.Missing(row)) return false;
    AppendMonths(start, stop, steps.Get(row), values);
    return true;
  });
}

void SequenceTimestamp(DataChunk& arguments, ExpressionState&, Vector& result) {
  using duckdb::timestamp_t;
  const Column<int64_t> steps(arguments.data[2], RowsToCompute(arguments));
  const auto make = [&](idx_t row, timestamp_t start, timestamp_t stop, std::vector<timestamp_t>& values) {
    if (steps.Missing(row)) return false;
    int64_t step = 0;
    if (__builtin_mul_overflow(steps.Get(row), int64_t{1000}, &step))
      ThrowInvalidArgument("sequence step is too large");
    const int64_t length = SequenceLength(start.value, stop.value, step);
    for (int64_t i = 0; i < length; i++) values.emplace_back(start.value + i * step);
    return true;
  };
  MakeSequences<timestamp_t>(arguments, result, make);
}

// Takes elements [from, from + length) of the row's list.
void TakeRange(const ListReader& lists, idx_t row, idx_t from, idx_t length, ListWriter& writer) {
  const idx_t offset = lists.Entry(row).offset;
  for (idx_t i = 0; i < length; i++) writer.Take(lists.Elements(), offset + from + i);
}

void ArraySlice(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader lists(arguments.data[0], rows);
  const Column<int64_t> starts(arguments.data[1], rows);
  const Column<int64_t> lengths(arguments.data[2], rows);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row) || starts.Missing(row) || lengths.Missing(row)) {
      writer.NullRow(row);
      continue;
    }
    int64_t start = starts.Get(row);
    if (lengths.Get(row) < 0) ThrowInvalidArgument("length must be greater than or equal to 0");
    if (start == 0) ThrowInvalidArgument("SQL array indices start at 1");
    const auto size = static_cast<int64_t>(lists.Entry(row).length);
    if (start < 0) start += size + 1;
    if (start >= 1 && start <= size) {
      TakeRange(lists, row, start - 1, std::min(lengths.Get(row), size - start + 1), writer);
    }
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

void TrimArray(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader lists(arguments.data[0], rows);
  const Column<int64_t> counts(arguments.data[1], rows);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row) || counts.Missing(row)) {
      writer.NullRow(row);
      continue;
    }
    const auto size = static_cast<int64_t>(lists.Entry(row).length);
    const int64_t count = counts.Get(row);
    if (count < 0) ThrowInvalidArgument("size must not be negative: {}", count);
    if (count > size) ThrowInvalidArgument("size must not exceed array cardinality {}: {}", size, count);
    TakeRange(lists, row, 0, size - count, writer);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

void ArrayConcat(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  std::vector<ListReader> arrays;
  for (Vector& column : arguments.data) arrays.emplace_back(column, rows);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (std::any_of(arrays.begin(), arrays.end(), [&](const ListReader& array) { return array.IsNull(row); })) {
      writer.NullRow(row);
      continue;
    }
    for (const ListReader& array : arrays) TakeRange(array, row, 0, array.Entry(row).length, writer);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

void ArrayRepeat(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const Column<int64_t> counts(arguments.data[1], rows);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (counts.Missing(row)) {
      writer.NullRow(row);
      continue;
    }
    const int64_t count = counts.Get(row);
    if (count > kMaxRepeatEntries) {
      ThrowInvalidArgument("count argument of repeat function must be less than or equal to {}", kMaxRepeatEntries);
    }
    if (count < 0) ThrowInvalidArgument("count argument of repeat function must be greater than or equal to 0");
    for (int64_t i = 0; i < count; i++) writer.Take(arguments.data[0], row);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

void ArrayShuffle(DataChunk& arguments, ExpressionState&, Vector& result) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  const idx_t rows = arguments.size();
  const ListReader lists(arguments.data[0], rows);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    std::vector<idx_t> order(lists.Entry(row).length);
    for (idx_t i = 0; i < order.size(); i++) order[i] = lists.Entry(row).offset + i;
    std::shuffle(order.begin(), order.end(), random);
    for (const idx_t index : order) writer.Take(lists.Elements(), index);
    writer.EndRow(row);
  }
  writer.Finish();
}

// One row's list of lists of `element_count` elements: groups[k] holds indexes into the row's elements.
using Groups = std::vector<std::vector<idx_t>>;

// A LIST of LISTs, whose inner elements come from the first argument's elements.
template <typename MakeGroups>
void MakeNested(DataChunk& arguments, Vector& result, MakeGroups make_groups) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader lists(arguments.data[0], rows);
  Vector& inner = ListVector::GetEntry(result);
  std::vector<std::vector<idx_t>> groups;
  for (idx_t row = 0; row < rows; row++) {
    const idx_t offset = groups.size();
    if (lists.IsNull(row) || !make_groups(row, lists.Entry(row), groups)) FlatVector::SetNull(result, row, true);
    FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {offset, groups.size() - offset};
  }
  ListVector::Reserve(result, groups.size());
  ListVector::SetListSize(result, groups.size());
  ListWriter writer(inner);
  for (idx_t i = 0; i < groups.size(); i++) {
    for (const idx_t index : groups[i]) writer.Take(lists.Elements(), index);
    writer.EndRow(i);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

void ArrayNgrams(DataChunk& arguments, ExpressionState&, Vector& result) {
  const Column<int64_t> sizes(arguments.data[1], RowsToCompute(arguments));
  MakeNested(arguments, result, [&](idx_t row, duckdb::list_entry_t entry, Groups& groups) {
    if (sizes.Missing(row)) return false;
    if (sizes.Get(row) <= 0) ThrowInvalidArgument("N must be positive");
    const idx_t size = std::min<idx_t>(sizes.Get(row), entry.length);
    for (idx_t first = 0; first + size <= entry.length; first++) {
      std::vector<idx_t>& group = groups.emplace_back();
      for (idx_t i = 0; i < size; i++) group.push_back(entry.offset + first + i);
    }
    return true;
  });
}

void CheckCombinations(int64_t length, int64_t size) {
  if (size < 0) ThrowInvalidArgument("combination size must not be negative: {}", size);
  if (size > kMaxCombinationSize) {
    ThrowInvalidArgument("combination size must not exceed {}: {}", kMaxCombinationSize, size);
  }
  double count = 1;
  for (int64_t i = 1; i <= size; i++) count = count * static_cast<double>(length - size + i) / static_cast<double>(i);
  if (count * static_cast<double>(size) > kMaxCombinationElements) ThrowInvalidArgument("combinations exceed max size");
}

// The next combination in Trino's order: the first position that can move on does, those before it start over.
bool NextCombination(std::vector<idx_t>& combination, idx_t length) {
  for (idx_t i = 0; i < combination.size(); i++) {
    const idx_t end = i + 1 < combination.size() ? combination[i + 1] : length;
    if (combination[i] + 1 < end) {
      combination[i]++;
      for (idx_t before = 0; before < i; before++) combination[before] = before;
      return true;
    }
  }
  return false;
}

void Combinations(DataChunk& arguments, ExpressionState&, Vector& result) {
  const Column<int32_t> sizes(arguments.data[1], RowsToCompute(arguments));
  MakeNested(arguments, result, [&](idx_t row, duckdb::list_entry_t entry, Groups& groups) {
    if (sizes.Missing(row)) return false;
    const int64_t size = sizes.Get(row);
    CheckCombinations(static_cast<int64_t>(entry.length), size);
    if (size > static_cast<int64_t>(entry.length)) return true;
    std::vector<idx_t> combination(size);
    for (idx_t i = 0; i < combination.size(); i++) combination[i] = i;
    do {
      std::vector<idx_t>& group = groups.emplace_back();
      for (const idx_t i : combination) group.push_back(entry.offset + i);
    } while (NextCombination(combination, entry.length));
    return true;
  });
}

// zip: a LIST of STRUCTs as long as the longest array, shorter ones padded with NULL.
void Zip(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  std::vector<ListReader> arrays;
  for (Vector& column : arguments.data) arrays.emplace_back(column, rows);
  const idx_t start = ListVector::GetListSize(result);
  idx_t total = start;
  std::vector<idx_t> lengths(rows, 0);
  for (idx_t row = 0; row < rows; row++) {
    bool null = false;
    for (const ListReader& array : arrays) {
      null = null || array.IsNull(row);
      lengths[row] = std::max<idx_t>(lengths[row], array.Entry(row).length);
    }
    if (null) {
      FlatVector::SetNull(result, row, true);
      lengths[row] = 0;
    }
    FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {total, lengths[row]};
    total += lengths[row];
  }
  ListVector::Reserve(result, total);
  ListVector::SetListSize(result, total);
  auto& fields = duckdb::StructVector::GetEntries(ListVector::GetEntry(result));
  for (idx_t field = 0; field < arrays.size(); field++) {
    idx_t target = start;
    for (idx_t row = 0; row < rows; row++) {
      const duckdb::list_entry_t entry = arrays[field].Entry(row);
      const idx_t present = std::min<idx_t>(entry.length, lengths[row]);
      duckdb::VectorOperations::Copy(arrays[field].Elements(), *fields[field], entry.offset + present, entry.offset,
                                     target);
      for (idx_t i = present; i < lengths[row]; i++) FlatVector::SetNull(*fields[field], target + i, true);
      target += lengths[row];
    }
  }
  MarkConstant(arguments, result);
}

void RegisterSequences(duckdb::DatabaseInstance& database) {
  const auto add = [&](const char* name, const LogicalType& value, std::vector<LogicalType> step,
                       duckdb::scalar_function_t function) {
    duckdb::vector<LogicalType> arguments{value, value};
    for (LogicalType& type : step) arguments.push_back(type);
    RegisterGeneric(database, {.name = name,
                               .arguments = std::move(arguments),
                               .result = LogicalType::LIST(value),
                               .function = std::move(function)});
  };
  add("trino_sequence", LogicalType::BIGINT, {}, SequenceBigint);
  add("trino_sequence", LogicalType::BIGINT, {LogicalType::BIGINT}, SequenceBigint);
  add("trino_sequence_date", LogicalType::DATE, {}, SequenceDateDays);
  add("trino_sequence_date_days", LogicalType::DATE, {LogicalType::BIGINT}, SequenceDateDays);
  add("trino_sequence_date_months", LogicalType::DATE, {LogicalType::INTEGER}, SequenceMonths<duckdb::date_t>);
  add("trino_sequence_timestamp", LogicalType::TIMESTAMP, {LogicalType::BIGINT}, SequenceTimestamp);
  add("trino_sequence_timestamp_months", LogicalType::TIMESTAMP, {LogicalType::INTEGER},
      SequenceMonths<duckdb::timestamp_t>);
}

void RegisterZips(duckdb::DatabaseInstance& database) {
  for (idx_t arity = 2; arity <= 5; arity++) {
    duckdb::vector<LogicalType> arguments;
    duckdb::child_list_t<LogicalType> fields;
    for (idx_t i = 1; i <= arity; i++) {
      const LogicalType element = LogicalType::TEMPLATE("T" + std::to_string(i));
      arguments.push_back(LogicalType::LIST(element));
      fields.emplace_back("_" + std::to_string(i), element);
    }
    RegisterGeneric(database, {.name = "trino_zip",
                               .arguments = std::move(arguments),
                               .result = LogicalType::LIST(LogicalType::STRUCT(std::move(fields))),
                               .function = Zip,
                               .throws = Throws::kNever});
  }
}

}  // namespace

void RegisterArrayBuilders(duckdb::DatabaseInstance& database) {
  RegisterSequences(database);
  RegisterZips(database);
  const LogicalType element = LogicalType::TEMPLATE("T");
  const LogicalType array = LogicalType::LIST(element);
  const LogicalType nested = LogicalType::LIST(array);
  RegisterGeneric(database,
                  {"trino_array_slice", {array, LogicalType::BIGINT, LogicalType::BIGINT}, array, ArraySlice});
  RegisterGeneric(database, {"trino_trim_array", {array, LogicalType::BIGINT}, array, TrimArray});
  RegisterGeneric(database, {.name = "trino_array_concat",
                             .arguments = {array},
                             .result = array,
                             .function = ArrayConcat,
                             .varargs = array,
                             .throws = Throws::kNever});
  RegisterGeneric(database, {.name = "trino_array_repeat",
                             .arguments = {element, LogicalType::BIGINT},
                             .result = array,
                             .function = ArrayRepeat});
  RegisterGeneric(database, {"trino_array_ngrams", {array, LogicalType::BIGINT}, nested, ArrayNgrams});
  RegisterGeneric(database, {"trino_combinations", {array, LogicalType::INTEGER}, nested, Combinations});
  duckdb::ScalarFunction shuffle("trino_array_shuffle", {array}, array, ArrayShuffle);
  shuffle.stability = duckdb::FunctionStability::VOLATILE;
  AddToCatalog(database, std::move(shuffle));
}

}  // namespace opentrail::engine
