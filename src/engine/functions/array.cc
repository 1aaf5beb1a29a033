#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/functions/collections.h"
#include "engine/functions/list.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"

namespace opentrail::engine {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;

// A NULL element has a key too, so a set of keys treats NULL as a value, as Trino's IS DISTINCT FROM does.
using KeySet = std::unordered_set<std::string_view>;

KeySet KeysOf(const KeyedLists& lists, idx_t row) {
  KeySet keys;
  keys.reserve(lists.Size(row));
  for (idx_t i = 0; i < lists.Size(row); i++) keys.insert(lists.Keys().Key(lists.First(row) + i));
  return keys;
}

bool HasNull(const KeyedLists& lists, idx_t row) {
  for (idx_t i = 0; i < lists.Size(row); i++) {
    if (lists.Keys().IsNull(lists.First(row) + i)) return true;
  }
  return false;
}

// Takes the row's elements that `keep` says yes to, given their keys, into the result's row.
template <typename Keep>
void TakeWhere(KeyedLists& lists, idx_t row, ListWriter& writer, Keep keep) {
  for (idx_t i = lists.First(row); i < lists.First(row) + lists.Size(row); i++) {
    if (keep(lists.Keys().Key(i))) writer.Take(lists.Elements(), i);
  }
}

void ArrayDistinct(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists lists(arguments.data[0], rows);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    KeySet seen;
    TakeWhere(lists, row, writer, [&](std::string_view key) { return seen.insert(key).second; });
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

enum class SetOperation : uint8_t { kUnion, kIntersect, kExcept };

void TakeSet(SetOperation operation, KeyedLists& left, KeyedLists& right, idx_t row, ListWriter& writer) {
  KeySet taken;
  if (operation == SetOperation::kUnion) {
    const auto first_seen = [&](std::string_view key) { return taken.insert(key).second; };
    TakeWhere(left, row, writer, first_seen);
    TakeWhere(right, row, writer, first_seen);
    return;
  }
  const bool wanted_in_other = operation == SetOperation::kIntersect;
  // Trino's array_intersect walks the longer array: its order is the result's.
  const bool swap = wanted_in_other && left.Size(row) < right.Size(row);
  KeyedLists& walked = swap ? right : left;
  const KeySet other = KeysOf(swap ? left : right, row);
  TakeWhere(walked, row, writer,
            [&](std::string_view key) { return other.contains(key) == wanted_in_other && taken.insert(key).second; });
}

template <SetOperation kOperation>
void ArraySet(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists left(arguments.data[0], rows);
  KeyedLists right(arguments.data[1], rows);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (left.IsNull(row) || right.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    TakeSet(kOperation, left, right, row, writer);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

// nullopt is NULL: nothing found, but a NULL element might have been it.
std::optional<bool> Overlap(const KeyedLists& left, const KeyedLists& right, idx_t row) {
  const KeySet keys = KeysOf(left, row);
  for (idx_t i = right.First(row); i < right.First(row) + right.Size(row); i++) {
    if (!right.Keys().IsNull(i) && keys.contains(right.Keys().Key(i))) return true;
  }
  if (left.Size(row) == 0 || right.Size(row) == 0) return false;
  if (HasNull(left, row) || HasNull(right, row)) return std::nullopt;
  return false;
}

void ArraysOverlap(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const KeyedLists left(arguments.data[0], rows);
  const KeyedLists right(arguments.data[1], rows);
  for (idx_t row = 0; row < rows; row++) {
    std::optional<bool> overlap;
    if (!left.IsNull(row) && !right.IsNull(row)) overlap = Overlap(left, right, row);
    if (!overlap) FlatVector::SetNull(result, row, true);
    FlatVector::GetData<bool>(result)[row] = overlap.value_or(false);
  }
  MarkConstant(arguments, result);
}

// Calls visit(row) for rows where neither the array nor the second argument is NULL; the others are NULL.
template <typename Visit>
void ForArrayAndValue(const KeyedLists& lists, const SortKeys& values, idx_t rows, Vector& result, Visit visit) {
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row) || values.IsNull(row)) {
      FlatVector::SetNull(result, row, true);
    } else {
      visit(row);
    }
  }
}

// The element's position in the row's list, from 1; 0 where there is none.
int64_t PositionOf(const KeyedLists& lists, idx_t row, std::string_view key) {
  for (idx_t i = 0; i < lists.Size(row); i++) {
    if (lists.Keys().Key(lists.First(row) + i) == key) return i + 1;
  }
  return 0;
}

void ArrayContains(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const KeyedLists lists(arguments.data[0], rows);
  const SortKeys values(arguments.data[1], rows);
  ForArrayAndValue(lists, values, rows, result, [&](idx_t row) {
    const bool found = PositionOf(lists, row, values.Key(row)) != 0;
    FlatVector::GetData<bool>(result)[row] = found;
    if (!found && HasNull(lists, row)) FlatVector::SetNull(result, row, true);
  });
  MarkConstant(arguments, result);
}

void ArrayPosition(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const KeyedLists lists(arguments.data[0], rows);
  const SortKeys values(arguments.data[1], rows);
  ForArrayAndValue(lists, values, rows, result, [&](idx_t row) {
    FlatVector::GetData<int64_t>(result)[row] = PositionOf(lists, row, values.Key(row));
  });
  MarkConstant(arguments, result);
}

// Whether the second array's elements stand in the first one, side by side; NULL equals NULL.
void ContainsSequence(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const KeyedLists lists(arguments.data[0], rows);
  const KeyedLists sequences(arguments.data[1], rows);
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row) || sequences.IsNull(row)) {
      FlatVector::SetNull(result, row, true);
      continue;
    }
    const idx_t length = sequences.Size(row);
    bool found = false;
    for (idx_t start = 0; start + length <= lists.Size(row) && !found; start++) {
      idx_t same = 0;
      while (same < length &&
             lists.Keys().Key(lists.First(row) + start + same) == sequences.Keys().Key(sequences.First(row) + same)) {
        same++;
      }
      found = same == length;
    }
    FlatVector::GetData<bool>(result)[row] = found;
  }
  MarkConstant(arguments, result);
}

// How often each element occurs, in the order of the first of each; NULLs do not count.
void ArrayHistogram(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists lists(arguments.data[0], rows);
  Vector counts(LogicalType::BIGINT, std::max<idx_t>(lists.Count(), 1));
  EntryWriter writer(lists.Elements(), counts, result);
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    std::unordered_map<std::string_view, idx_t> first_of;
    std::vector<idx_t> order;
    for (idx_t i = lists.First(row); i < lists.First(row) + lists.Size(row); i++) {
      if (lists.Keys().IsNull(i)) continue;
      const auto [known, added] = first_of.emplace(lists.Keys().Key(i), i);
      int64_t& count = FlatVector::GetData<int64_t>(counts)[known->second];
      count = added ? 1 : count + 1;
      if (added) order.push_back(i);
    }
    for (const idx_t i : order) writer.Take(i, i);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

void ArrayRemove(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists lists(arguments.data[0], rows);
  const SortKeys values(arguments.data[1], rows);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row) || values.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    TakeWhere(lists, row, writer, [&](std::string_view key) { return key != values.Key(row); });
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

void ArraySort(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists lists(arguments.data[0], rows);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    std::vector<idx_t> order(lists.Size(row));
    for (idx_t i = 0; i < order.size(); i++) order[i] = lists.First(row) + i;
    std::stable_sort(order.begin(), order.end(),
                     [&](idx_t a, idx_t b) { return lists.Keys().Key(a) < lists.Keys().Key(b); });
    for (const idx_t index : order) writer.Take(lists.Elements(), index);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

enum class Extreme : uint8_t { kMin, kMax };

// The index of the row's extreme element; nullopt where the array is NULL, empty, or has a NULL.
std::optional<idx_t> FindExtreme(const KeyedLists& lists, idx_t row, Extreme extreme) {
  std::optional<idx_t> best;
  for (idx_t i = lists.First(row); i < lists.First(row) + lists.Size(row); i++) {
    if (lists.Keys().IsNull(i)) return std::nullopt;
    if (best && lists.Keys().IsNaN(i)) continue;
    if (!best || lists.Keys().IsNaN(*best)) {
      best = i;
      continue;
    }
    const int order = lists.Keys().Key(i).compare(lists.Keys().Key(*best));
    if (extreme == Extreme::kMin ? order < 0 : order > 0) best = i;
  }
  return best;
}

template <Extreme kExtreme>
void ArrayExtreme(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists lists(arguments.data[0], rows);
  duckdb::SelectionVector chosen(rows);
  std::vector<idx_t> without;
  for (idx_t row = 0; row < rows; row++) {
    const std::optional<idx_t> best = FindExtreme(lists, row, kExtreme);
    chosen.set_index(row, best.value_or(0));
    if (!best) without.push_back(row);
  }
  if (without.size() < rows) {
    duckdb::VectorOperations::Copy(lists.Elements(), result, chosen, rows, 0, 0);
  }
  for (const idx_t row : without) FlatVector::SetNull(result, row, true);
  MarkConstant(arguments, result);
}

// Whether some (kDecisive true) or all (kDecisive false) of a list of BOOLEAN are true, in three-valued logic.
template <bool kDecisive>
void FoldBooleans(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader lists(arguments.data[0], rows);
  UnifiedVectorFormat elements;
  lists.Elements().ToUnifiedFormat(lists.ElementCount(), elements);
  for (idx_t row = 0; row < rows; row++) {
    const duckdb::list_entry_t entry = lists.Entry(row);
    bool decided = false;
    bool unknown = lists.IsNull(row);
    for (idx_t i = entry.offset; i < entry.offset + entry.length && !decided; i++) {
      const idx_t index = elements.sel->get_index(i);
      if (!elements.validity.RowIsValid(index))
        unknown = true;
      else
        decided = UnifiedVectorFormat::GetData<bool>(elements)[index] == kDecisive;
    }
    FlatVector::GetData<bool>(result)[row] = decided == kDecisive;
    if (!decided && unknown) FlatVector::SetNull(result, row, true);
  }
  MarkConstant(arguments, result);
}

void AppendJoined(const UnifiedVectorFormat& elements, duckdb::list_entry_t entry, std::string_view separator,
                  std::optional<std::string_view> null_text, std::string& joined) {
  bool first = true;
  for (idx_t i = entry.offset; i < entry.offset + entry.length; i++) {
    const idx_t index = elements.sel->get_index(i);
    std::optional<std::string_view> text = null_text;
    if (elements.validity.RowIsValid(index)) {
      const duckdb::string_t& element = UnifiedVectorFormat::GetData<duckdb::string_t>(elements)[index];
      text = std::string_view(element.GetData(), element.GetSize());
    }
    if (!text) continue;
    if (!first) joined.append(separator);
    joined.append(*text);
    first = false;
  }
}

void ArrayJoin(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader lists(arguments.data[0], rows);
  UnifiedVectorFormat elements;
  lists.Elements().ToUnifiedFormat(lists.ElementCount(), elements);
  std::vector<scalar_detail::Column<std::optional<std::string_view>>> texts;
  for (idx_t i = 1; i < arguments.ColumnCount(); i++) texts.emplace_back(arguments.data[i], rows);
  for (idx_t row = 0; row < rows; row++) {
    bool null = lists.IsNull(row);
    for (const auto& text : texts) null = null || !text.Get(row);
    if (null) {
      FlatVector::SetNull(result, row, true);
      continue;
    }
    std::string joined;
    AppendJoined(elements, lists.Entry(row), *texts[0].Get(row), texts.size() > 1 ? texts[1].Get(row) : std::nullopt,
                 joined);
    FlatVector::GetData<duckdb::string_t>(result)[row] = scalar_detail::CopyText(result, joined);
  }
  MarkConstant(arguments, result);
}

void RegisterSetFunctions(duckdb::DatabaseInstance& database) {
  const LogicalType element = LogicalType::TEMPLATE("T");
  const LogicalType array = LogicalType::LIST(element);
  const auto add = [&](const char* name, duckdb::vector<LogicalType> arguments, LogicalType result,
                       duckdb::scalar_function_t function) {
    RegisterGeneric(database, {.name = name,
                               .arguments = std::move(arguments),
                               .result = std::move(result),
                               .function = std::move(function),
                               .throws = Throws::kNever});
  };
  add("trino_array_distinct", {array}, array, ArrayDistinct);
  add("trino_array_union", {array, array}, array, ArraySet<SetOperation::kUnion>);
  add("trino_array_intersect", {array, array}, array, ArraySet<SetOperation::kIntersect>);
  add("trino_array_except", {array, array}, array, ArraySet<SetOperation::kExcept>);
  add("trino_arrays_overlap", {array, array}, LogicalType::BOOLEAN, ArraysOverlap);
  add("trino_array_contains", {array, element}, LogicalType::BOOLEAN, ArrayContains);
  add("trino_array_position", {array, element}, LogicalType::BIGINT, ArrayPosition);
  add("trino_contains_sequence", {array, array}, LogicalType::BOOLEAN, ContainsSequence);
  add("trino_array_histogram", {array}, LogicalType::MAP(element, LogicalType::BIGINT), ArrayHistogram);
  add("trino_array_remove", {array, element}, array, ArrayRemove);
  add("trino_array_sort", {array}, array, ArraySort);
  add("trino_array_max", {array}, element, ArrayExtreme<Extreme::kMax>);
  add("trino_array_min", {array}, element, ArrayExtreme<Extreme::kMin>);
  const LogicalType booleans = LogicalType::LIST(LogicalType::BOOLEAN);
  add("trino_any_true", {booleans}, LogicalType::BOOLEAN, FoldBooleans<true>);
  add("trino_all_true", {booleans}, LogicalType::BOOLEAN, FoldBooleans<false>);
  const LogicalType texts = LogicalType::LIST(LogicalType::VARCHAR);
  add("trino_array_join", {texts, LogicalType::VARCHAR}, LogicalType::VARCHAR, ArrayJoin);
  add("trino_array_join", {texts, LogicalType::VARCHAR, LogicalType::VARCHAR}, LogicalType::VARCHAR, ArrayJoin);
}

}  // namespace

void RegisterArrayFunctions(duckdb::DatabaseInstance& database) {
  RegisterSetFunctions(database);
  RegisterArrayBuilders(database);
  RegisterLambdaFunctions(database);
  RegisterScalar(database, "trino_array_index", [](int64_t index) {
    if (index == 0) ThrowInvalidArgument("SQL array indices start at 1");
    return index;
  });
}

}  // namespace opentrail::engine
