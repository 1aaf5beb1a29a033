#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "duckdb/common/exception/binder_exception.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "engine/functions/collections.h"
#include "engine/functions/lambda.h"
#include "engine/functions/list.h"
#include "engine/functions/scalar.h"

namespace opentrail::engine {
namespace {

using duckdb::ClientContext;
using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::ListType;
using duckdb::ListVector;
using duckdb::LogicalType;
using duckdb::MapType;
using duckdb::SelectionVector;
using duckdb::StructVector;
using duckdb::Vector;
using duckdb::VectorOperations;

using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;
using BindResult = duckdb::unique_ptr<duckdb::FunctionData>;
constexpr idx_t kKeyField = 0;
constexpr idx_t kMissing = duckdb::DConstants::INVALID_INDEX;

// `source` at the given places, NULL where a place is kMissing.
Vector Gather(const Vector& source, const std::vector<idx_t>& places, idx_t from, idx_t count) {
  SelectionVector selection(std::max<idx_t>(count, 1));
  bool missing = false;
  bool present = false;
  for (idx_t i = 0; i < count; i++) {
    const idx_t place = places[from + i];
    (place == kMissing ? missing : present) = true;
    selection.set_index(i, place == kMissing ? 0 : place);
  }
  if (!missing) return Vector(source, selection, count);
  if (!present) return Vector(duckdb::Value(source.GetType()));
  // The place that stands in for a missing one must exist.
  const idx_t any = *std::find_if(places.begin() + from, places.end(), [](idx_t place) { return place != kMissing; });
  Vector gathered(source.GetType(), count);
  for (idx_t i = 0; i < count; i++) {
    if (places[from + i] == kMissing) selection.set_index(i, any);
  }
  VectorOperations::Copy(source, gathered, selection, count, 0, 0);
  for (idx_t i = 0; i < count; i++) {
    if (places[from + i] == kMissing) FlatVector::SetNull(gathered, i, true);
  }
  return gathered;
}

// The lambda's parameters for many calls of it: parameter p of call i is sources[p] at places[p][i], in row rows[i].
struct Calls {
  std::vector<const Vector*> sources;
  std::vector<std::vector<idx_t>> places;
  std::vector<idx_t> rows;

  explicit Calls(std::vector<const Vector*> parameter_sources)
      : sources(std::move(parameter_sources)), places(sources.size()) {}
};

// One result a call.
Vector EvaluateAll(LambdaCall& lambda, const Calls& calls) {
  const idx_t total = calls.rows.size();
  Vector results(lambda.ResultType(), std::max<idx_t>(total, 1));
  for (idx_t from = 0; from < total; from += STANDARD_VECTOR_SIZE) {
    const idx_t count = std::min<idx_t>(STANDARD_VECTOR_SIZE, total - from);
    std::vector<Vector> gathered;
    std::vector<Vector*> parameters;
    for (idx_t p = 0; p < calls.sources.size(); p++) {
      gathered.push_back(Gather(*calls.sources[p], calls.places[p], from, count));
    }
    for (Vector& parameter : gathered) parameters.push_back(&parameter);
    SelectionVector rows(count);
    for (idx_t i = 0; i < count; i++) rows.set_index(i, calls.rows[from + i]);
    Vector batch(lambda.ResultType());
    lambda.Evaluate(std::move(parameters), rows, count, batch);
    VectorOperations::Copy(batch, results, count, 0, from);
  }
  return results;
}

// Keys and values of a MAP argument, or of a list of its entries: the engine binds a lambda only behind a list, so a
// map in front of one comes as trino_map_entries.
struct MapReader {
  MapReader(Vector& maps, idx_t rows)
      : lists(maps, rows),
        keys(*StructVector::GetEntries(lists.Elements())[0]),
        values(*StructVector::GetEntries(lists.Elements())[1]) {}
  ListReader lists;
  Vector& keys;
  Vector& values;
};

// One call of the lambda for each entry of each row, with key and value.
Calls EntryCalls(const MapReader& map, idx_t rows) {
  Calls calls({&map.keys, &map.values});
  for (idx_t row = 0; row < rows; row++) {
    const duckdb::list_entry_t entry = map.lists.Entry(row);
    for (idx_t i = entry.offset; i < entry.offset + entry.length; i++) {
      calls.places[0].push_back(i);
      calls.places[1].push_back(i);
      calls.rows.push_back(row);
    }
  }
  return calls;
}

void MapFilter(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const MapReader map(arguments.data[0], rows);
  const Calls calls = EntryCalls(map, rows);
  LambdaCall lambda(arguments, state, 1);
  const Vector kept = EvaluateAll(lambda, calls);
  EntryWriter writer(map.keys, map.values, result);
  idx_t call = 0;
  for (idx_t row = 0; row < rows; row++) {
    if (map.lists.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    for (; call < calls.rows.size() && calls.rows[call] == row; call++) {
      if (FlatVector::IsNull(kept, call) || !FlatVector::GetData<bool>(kept)[call]) continue;
      writer.Take(calls.places[0][call], calls.places[1][call]);
    }
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

// Fills a MAP result whose entries are the calls in order: keys and values are vectors of one value a call.
void WriteMap(const Calls& calls, const std::vector<bool>& null_rows, const Vector& keys, const Vector& values,
              Vector& result) {
  const idx_t start = ListVector::GetListSize(result);
  const idx_t total = calls.rows.size();
  ListVector::Reserve(result, start + total);
  auto& fields = StructVector::GetEntries(ListVector::GetEntry(result));
  if (total > 0) {
    VectorOperations::Copy(keys, *fields[0], total, 0, start);
    VectorOperations::Copy(values, *fields[1], total, 0, start);
  }
  ListVector::SetListSize(result, start + total);
  idx_t call = 0;
  for (idx_t row = 0; row < null_rows.size(); row++) {
    const idx_t first = call;
    while (call < total && calls.rows[call] == row) call++;
    FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {start + first, call - first};
    if (null_rows[row]) FlatVector::SetNull(result, row, true);
  }
}

std::vector<bool> NullRows(const MapReader& map, idx_t rows) {
  std::vector<bool> nulls(rows);
  for (idx_t row = 0; row < rows; row++) nulls[row] = map.lists.IsNull(row);
  return nulls;
}

void TransformValues(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const MapReader map(arguments.data[0], rows);
  const Calls calls = EntryCalls(map, rows);
  LambdaCall lambda(arguments, state, 1);
  const Vector values = EvaluateAll(lambda, calls);
  const Vector keys = Gather(map.keys, calls.places[0], 0, calls.rows.size());
  WriteMap(calls, NullRows(map, rows), keys, values, result);
  MarkConstant(arguments, result);
}

void TransformKeys(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const MapReader map(arguments.data[0], rows);
  const Calls calls = EntryCalls(map, rows);
  LambdaCall lambda(arguments, state, 1);
  Vector keys = EvaluateAll(lambda, calls);
  const SortKeys sort_keys(keys, calls.rows.size());
  for (idx_t first = 0; first < calls.rows.size();) {
    idx_t end = first;
    while (end < calls.rows.size() && calls.rows[end] == calls.rows[first]) end++;
    CheckMapKeys(keys, sort_keys, first, end - first);
    first = end;
  }
  const Vector values = Gather(map.values, calls.places[1], 0, calls.rows.size());
  WriteMap(calls, NullRows(map, rows), keys, values, result);
  MarkConstant(arguments, result);
}

// The keys of both maps, the left one's first; places into the left and right entries, kMissing where one has none.
void JoinEntries(const KeyedLists& left_keys, const KeyedLists& right_keys, idx_t row, const MapReader& left,
                 const MapReader& right, Calls& calls, std::vector<idx_t>& key_in_left,
                 std::vector<idx_t>& key_in_right) {
  std::unordered_map<std::string_view, idx_t> unmatched;
  for (idx_t i = 0; i < right_keys.Size(row); i++) {
    unmatched.emplace(right_keys.Keys().Key(right_keys.First(row) + i), right.lists.Entry(row).offset + i);
  }
  const auto add = [&](idx_t in_left, idx_t in_right) {
    key_in_left.push_back(in_left);
    key_in_right.push_back(in_left == kMissing ? in_right : kMissing);
    calls.places[1].push_back(in_left);
    calls.places[2].push_back(in_right);
    calls.rows.push_back(row);
  };
  for (idx_t i = 0; i < left_keys.Size(row); i++) {
    const auto match = unmatched.find(left_keys.Keys().Key(left_keys.First(row) + i));
    const idx_t in_right = match == unmatched.end() ? kMissing : match->second;
    add(left.lists.Entry(row).offset + i, in_right);
    if (match != unmatched.end()) unmatched.erase(match);
  }
  for (idx_t i = 0; i < right_keys.Size(row); i++) {
    const idx_t place = right.lists.Entry(row).offset + i;
    if (unmatched.contains(right_keys.Keys().Key(right_keys.First(row) + i))) add(kMissing, place);
  }
}

// Keys out of two sources: exactly one of the two places is set.
Vector MergeKeys(const Vector& left, const Vector& right, const std::vector<idx_t>& in_left,
                 const std::vector<idx_t>& in_right) {
  Vector keys(left.GetType(), std::max<idx_t>(in_left.size(), 1));
  for (idx_t i = 0; i < in_left.size(); i++) {
    const bool from_left = in_left[i] != kMissing;
    const idx_t place = from_left ? in_left[i] : in_right[i];
    VectorOperations::Copy(from_left ? left : right, keys, place + 1, place, i);
  }
  return keys;
}

void MapZipWith(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const MapReader left(arguments.data[0], rows);
  const MapReader right(arguments.data[1], rows);
  const KeyedLists left_keys(arguments.data[0], rows, kKeyField);
  const KeyedLists right_keys(arguments.data[1], rows, kKeyField);
  Calls calls({&left.keys, &left.values, &right.values});
  std::vector<bool> null_rows(rows);
  std::vector<idx_t> key_in_left;
  std::vector<idx_t> key_in_right;
  for (idx_t row = 0; row < rows; row++) {
    null_rows[row] = left.lists.IsNull(row) || right.lists.IsNull(row);
    if (!null_rows[row]) JoinEntries(left_keys, right_keys, row, left, right, calls, key_in_left, key_in_right);
  }
  const Vector keys = MergeKeys(left.keys, right.keys, key_in_left, key_in_right);
  calls.sources[0] = &keys;
  calls.places[0].resize(calls.rows.size());
  std::iota(calls.places[0].begin(), calls.places[0].end(), 0);
  LambdaCall lambda(arguments, state, 2);
  const Vector values = EvaluateAll(lambda, calls);
  WriteMap(calls, null_rows, keys, values, result);
  MarkConstant(arguments, result);
}

void ZipWith(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader left(arguments.data[0], rows);
  const ListReader right(arguments.data[1], rows);
  Calls calls({&left.Elements(), &right.Elements()});
  for (idx_t row = 0; row < rows; row++) {
    if (left.IsNull(row) || right.IsNull(row)) continue;
    const duckdb::list_entry_t a = left.Entry(row);
    const duckdb::list_entry_t b = right.Entry(row);
    for (idx_t i = 0; i < std::max(a.length, b.length); i++) {
      calls.places[0].push_back(i < a.length ? a.offset + i : kMissing);
      calls.places[1].push_back(i < b.length ? b.offset + i : kMissing);
      calls.rows.push_back(row);
    }
  }
  LambdaCall lambda(arguments, state, 2);
  const Vector values = EvaluateAll(lambda, calls);
  ListWriter writer(result);
  idx_t call = 0;
  for (idx_t row = 0; row < rows; row++) {
    if (left.IsNull(row) || right.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    for (; call < calls.rows.size() && calls.rows[call] == row; call++) writer.Take(values, call);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

// The rows that have elements, longest list first: those with an i-th element are then a prefix.
std::vector<idx_t> LongestFirst(const ListReader& lists, idx_t rows) {
  std::vector<idx_t> order;
  for (idx_t row = 0; row < rows; row++) {
    if (lists.Entry(row).length > 0) order.push_back(row);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](idx_t a, idx_t b) { return lists.Entry(a).length > lists.Entry(b).length; });
  return order;
}

// Runs the lambda element after element, over all rows at once; each row's last state goes to finals at the row.
void RunReduction(LambdaCall& lambda, const ListReader& lists, const std::vector<idx_t>& order, Vector& initial,
                  Vector& finals) {
  idx_t active = order.size();
  SelectionVector rows(std::max<idx_t>(active, 1));
  for (idx_t i = 0; i < active; i++) rows.set_index(i, order[i]);
  auto states = duckdb::make_uniq<Vector>(initial, rows, active);
  for (idx_t step = 0; active > 0; step++) {
    SelectionVector places(active);
    for (idx_t i = 0; i < active; i++) places.set_index(i, lists.Entry(order[i]).offset + step);
    Vector elements(lists.Elements(), places, active);
    auto next = duckdb::make_uniq<Vector>(lambda.ResultType());
    lambda.Evaluate({states.get(), &elements}, rows, active, *next);
    while (active > 0 && lists.Entry(order[active - 1]).length == step + 1) {
      active--;
      VectorOperations::Copy(*next, finals, active + 1, active, order[active]);
    }
    states = std::move(next);
  }
}

void Reduce(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader lists(arguments.data[0], rows);
  LambdaCall lambda(arguments, state, 2);
  const idx_t start = ListVector::GetListSize(result);
  Vector finals(lambda.ResultType(), std::max<idx_t>(rows, 1));
  VectorOperations::Copy(arguments.data[1], finals, rows, 0, 0);
  RunReduction(lambda, lists, LongestFirst(lists, rows), arguments.data[1], finals);
  ListVector::Reserve(result, start + rows);
  VectorOperations::Copy(finals, ListVector::GetEntry(result), rows, 0, start);
  ListVector::SetListSize(result, start + rows);
  for (idx_t row = 0; row < rows; row++) {
    FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {start + row, 1};
    if (lists.IsNull(row)) FlatVector::SetNull(result, row, true);
  }
  MarkConstant(arguments, result);
}

// One merge of two sorted runs of `order`: [begin, middle) and [middle, end), into `merged` from begin on.
struct Merge {
  idx_t row;
  idx_t left;
  idx_t left_end;
  idx_t right;
  idx_t right_end;
  idx_t out;

  [[nodiscard]] bool Done() const { return left == left_end || right == right_end; }
};

// Compares the heads of all unfinished merges at once and moves each merge on by one element.
void StepMerges(LambdaCall& lambda, const Vector& elements, std::vector<Merge>& merges, std::vector<idx_t>& order,
                std::vector<idx_t>& merged) {
  Calls calls({&elements, &elements});
  for (const Merge& merge : merges) {
    calls.places[0].push_back(order[merge.left]);
    calls.places[1].push_back(order[merge.right]);
    calls.rows.push_back(merge.row);
  }
  const Vector comparisons = EvaluateAll(lambda, calls);
  for (idx_t i = 0; i < merges.size(); i++) {
    const int32_t sign = FlatVector::GetData<int32_t>(comparisons)[i];
    if (FlatVector::IsNull(comparisons, i) || sign < -1 || sign > 1) {
      ThrowInvalidArgument("Lambda comparator must return either -1, 0, or 1");
    }
    Merge& merge = merges[i];
    merged[merge.out++] = order[sign <= 0 ? merge.left++ : merge.right++];
  }
}

void CopyRest(const Merge& merge, const std::vector<idx_t>& order, std::vector<idx_t>& merged) {
  idx_t out = merge.out;
  for (idx_t i = merge.left; i < merge.left_end; i++) merged[out++] = order[i];
  for (idx_t i = merge.right; i < merge.right_end; i++) merged[out++] = order[i];
}

// A merge sort, bottom up, of every row's elements at once: a batch of comparisons costs hardly more than one.
// Row r's part of `order` is [first[r], first[r + 1]).
void SortByLambda(LambdaCall& lambda, const Vector& elements, const std::vector<idx_t>& first,
                  std::vector<idx_t>& order) {
  std::vector<idx_t> merged(order.size());
  for (idx_t width = 1;; width *= 2) {
    std::vector<Merge> merges;
    merged = order;
    for (idx_t row = 0; row + 1 < first.size(); row++) {
      for (idx_t begin = first[row]; begin + width < first[row + 1]; begin += 2 * width) {
        const idx_t middle = begin + width;
        merges.push_back({row, begin, middle, middle, std::min(middle + width, first[row + 1]), begin});
      }
    }
    if (merges.empty()) return;
    while (!merges.empty()) {
      StepMerges(lambda, elements, merges, order, merged);
      std::erase_if(merges, [&](const Merge& merge) {
        if (merge.Done()) CopyRest(merge, order, merged);
        return merge.Done();
      });
    }
    order.swap(merged);
  }
}

void ArraySortBy(DataChunk& arguments, ExpressionState& state, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader lists(arguments.data[0], rows);
  std::vector<idx_t> first;
  std::vector<idx_t> order;
  for (idx_t row = 0; row < rows; row++) {
    first.push_back(order.size());
    const duckdb::list_entry_t entry = lists.Entry(row);
    for (idx_t i = 0; i < entry.length; i++) order.push_back(entry.offset + i);
  }
  first.push_back(order.size());
  LambdaCall lambda(arguments, state, 1);
  SortByLambda(lambda, lists.Elements(), first, order);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    if (lists.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    for (idx_t i = first[row]; i < first[row + 1]; i++) writer.Take(lists.Elements(), order[i]);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

// What the engine made of a constant NULL has no type left: neither has what is in it.
LogicalType ElementType(const LogicalType& list) {
  return list.id() == duckdb::LogicalTypeId::SQLNULL ? LogicalType(LogicalType::SQLNULL) : ListType::GetChildType(list);
}

// Binds the call by kBind, or to NULL where a list or map in it is a NULL without a type.
template <BindResult (*kBind)(ClientContext&, duckdb::ScalarFunction&, Arguments&)>
BindResult BindUnlessNull(ClientContext& context, duckdb::ScalarFunction& function, Arguments& arguments) {
  for (idx_t i = 0; i < arguments.size(); i++) {
    const bool is_collection = function.arguments[i].id() == duckdb::LogicalTypeId::LIST ||
                               function.arguments[i].id() == duckdb::LogicalTypeId::MAP;
    if (!is_collection || arguments[i]->return_type.id() != duckdb::LogicalTypeId::SQLNULL) continue;
    auto data = TakeLambda(context, function, arguments, std::nullopt);
    BindNull(function);
    return data;
  }
  return kBind(context, function, arguments);
}

// The type of an entry's key (field 0) or value (field 1).
LogicalType EntryType(const LogicalType& entries, idx_t field) {
  const LogicalType entry = ElementType(entries);
  if (entry.id() == duckdb::LogicalTypeId::SQLNULL) return entry;
  if (entry.id() != duckdb::LogicalTypeId::STRUCT || duckdb::StructType::GetChildCount(entry) != 2) {
    throw duckdb::BinderException("expected the entries of a map");
  }
  return duckdb::StructType::GetChildType(entry, field);
}

BindResult BindMapFilter(ClientContext& context, duckdb::ScalarFunction& function, Arguments& arguments) {
  const LogicalType entries = arguments[0]->return_type;
  function.return_type = LogicalType::MAP(EntryType(entries, 0), EntryType(entries, 1));
  return TakeLambda(context, function, arguments, LogicalType::BOOLEAN);
}

BindResult BindTransformValues(ClientContext& context, duckdb::ScalarFunction& function, Arguments& arguments) {
  auto data = TakeLambda(context, function, arguments, std::nullopt);
  function.return_type = LogicalType::MAP(EntryType(arguments[0]->return_type, 0), data->lambda_expr->return_type);
  return data;
}

BindResult BindTransformKeys(ClientContext& context, duckdb::ScalarFunction& function, Arguments& arguments) {
  auto data = TakeLambda(context, function, arguments, std::nullopt);
  function.return_type = LogicalType::MAP(data->lambda_expr->return_type, EntryType(arguments[0]->return_type, 1));
  return data;
}

BindResult BindZipWith(ClientContext& context, duckdb::ScalarFunction& function, Arguments& arguments) {
  auto data = TakeLambda(context, function, arguments, std::nullopt);
  function.return_type = LogicalType::LIST(data->lambda_expr->return_type);
  return data;
}

// A state that starts as a bare NULL is of the type that stands for NULL's.
LogicalType StateType(const LogicalType& initial) {
  return initial.id() == duckdb::LogicalTypeId::SQLNULL ? LogicalType(LogicalType::INTEGER) : initial;
}

BindResult BindReduce(ClientContext& context, duckdb::ScalarFunction& function, Arguments& arguments) {
  const LogicalType state = StateType(arguments[2]->return_type);
  auto data = TakeLambda(context, function, arguments, state);
  function.arguments[2] = state;
  function.return_type = LogicalType::LIST(state);
  return data;
}

BindResult BindArraySortBy(ClientContext& context, duckdb::ScalarFunction& function, Arguments& arguments) {
  function.return_type = arguments[0]->return_type;
  return TakeLambda(context, function, arguments, LogicalType::INTEGER);
}

LogicalType MapParameter(ClientContext&, const duckdb::vector<LogicalType>& types, idx_t parameter) {
  if (parameter > 1) ThrowTooManyParameters();
  return EntryType(WithoutLambda(types).at(0), parameter);
}

LogicalType MapZipParameter(ClientContext&, const duckdb::vector<LogicalType>& types, idx_t parameter) {
  const std::vector<LogicalType> maps = WithoutLambda(types);
  if (parameter > 2) ThrowTooManyParameters();
  if (parameter < 2) return EntryType(maps.at(0), parameter);
  return maps.at(1).id() == duckdb::LogicalTypeId::MAP ? MapType::ValueType(maps.at(1)) : EntryType(maps.at(1), 1);
}

LogicalType ZipParameter(ClientContext&, const duckdb::vector<LogicalType>& types, idx_t parameter) {
  if (parameter > 1) ThrowTooManyParameters();
  return ElementType(WithoutLambda(types).at(parameter));
}

LogicalType ReduceParameter(ClientContext&, const duckdb::vector<LogicalType>& types, idx_t parameter) {
  const std::vector<LogicalType> others = WithoutLambda(types);
  if (parameter > 1) ThrowTooManyParameters();
  return parameter == 0 ? StateType(others.at(1)) : ElementType(others.at(0));
}

LogicalType SortParameter(ClientContext&, const duckdb::vector<LogicalType>& types, idx_t parameter) {
  if (parameter > 1) ThrowTooManyParameters();
  return ElementType(WithoutLambda(types).at(0));
}

}  // namespace

void RegisterLambdaFunctions(duckdb::DatabaseInstance& database) {
  const LogicalType any = LogicalType::ANY;
  const LogicalType list = LogicalType::LIST(any);
  const LogicalType map = LogicalType::MAP(any, any);
  const LogicalType lambda = LogicalType::LAMBDA;
  const auto add = [&](const char* name, duckdb::vector<LogicalType> arguments, const LogicalType& result,
                       duckdb::scalar_function_t function, duckdb::bind_scalar_function_t bind,
                       duckdb::bind_lambda_function_t parameter) {
    duckdb::ScalarFunction definition(name, std::move(arguments), result, std::move(function), bind);
    definition.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
    definition.errors = duckdb::FunctionErrors::CAN_THROW_RUNTIME_ERROR;
    definition.bind_lambda = parameter;
    AddToCatalog(database, std::move(definition));
  };
  add("trino_map_filter", {list, lambda}, map, MapFilter, BindUnlessNull<BindMapFilter>, MapParameter);
  add("trino_transform_values", {list, lambda}, map, TransformValues, BindUnlessNull<BindTransformValues>,
      MapParameter);
  add("trino_transform_keys", {list, lambda}, map, TransformKeys, BindUnlessNull<BindTransformKeys>, MapParameter);
  add("trino_map_zip_with", {list, lambda, map}, map, MapZipWith, BindUnlessNull<BindTransformValues>, MapZipParameter);
  add("trino_zip_with", {list, lambda, list}, list, ZipWith, BindUnlessNull<BindZipWith>, ZipParameter);
  add("trino_reduce", {list, lambda, any}, list, Reduce, BindUnlessNull<BindReduce>, ReduceParameter);
  add("trino_array_sort_by", {list, lambda}, list, ArraySortBy, BindUnlessNull<BindArraySortBy>, SortParameter);
}

}  // namespace opentrail::engine
