#include <algorithm>
#include <cmath>
#include <string>

#include "duckdb/common/exception/binder_exception.hpp"
#include "duckdb/planner/expression.hpp"
#include "engine/functions/collections.h"
#include "engine/functions/list.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"

// What an aggregate's template puts around the engine's aggregate: its result brought to Trino's type and range, or
// the answer out of the list of the aggregate's rows.
namespace opentrail::engine {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::ListType;
using duckdb::LogicalType;
using duckdb::StructType;
using duckdb::StructVector;
using duckdb::Vector;
using scalar_detail::Column;

constexpr size_t kMaxListaggBytes = 1'048'576;
constexpr int64_t kMaxTopEntries = 10'000;

std::string_view CheckListagg(std::string_view text) {
  if (text.size() > kMaxListaggBytes) {
    ThrowTrino("EXCEEDED_FUNCTION_MEMORY_LIMIT",
               "Concatenated string has the length in bytes larger than the maximum output length {}",
               kMaxListaggBytes);
  }
  return text;
}

// ON OVERFLOW TRUNCATE: as many texts as fit, then the filler and perhaps how many are left out.
struct ListaggTruncated {
  std::string joined;
  std::optional<std::string_view> operator()(const std::vector<std::optional<std::string_view>>& texts,
                                             std::string_view separator, std::string_view filler, bool with_count) {
    joined.clear();
    size_t all = 0;
    size_t taken = 0;
    for (const auto& text : texts) {
      if (!text) continue;
      const bool full = taken < all;
      all++;
      const size_t needed = text->size() + (taken > 0 ? separator.size() : 0);
      if (full || joined.size() + needed > kMaxListaggBytes) continue;
      if (taken++ > 0) joined += separator;
      joined += *text;
    }
    if (all == 0) return std::nullopt;
    if (taken == all) return joined;
    if (taken > 0) joined += separator;
    joined += filler;
    if (with_count) joined += fmt::format("({})", all - taken);
    return joined;
  }
};

enum class Top : uint8_t { kMax, kMin };

// How the rows of max(x, n) and max_by(x, key, n) are laid out.
struct TopShape {
  idx_t key_field;
  idx_t count_field;
  const char* count_name;  // what an error calls the count, before "max" or "min" …
  const char* count_end;   // … and behind it
  const char* not_positive;
};
constexpr TopShape kTopN{0, 1, "second argument of ", "_n", "positive"};
constexpr TopShape kTopByN{1, 2, "third argument of ", "_by", "a positive integer"};

int64_t CheckedTopCount(const Column<int64_t>& counts, idx_t index, const TopShape& shape, Top top) {
  const int64_t count = counts.Missing(index) ? 0 : counts.Get(index);
  const auto name = [&] {
    return fmt::format("{}{}{}", shape.count_name, top == Top::kMax ? "max" : "min", shape.count_end);
  };
  if (count <= 0) ThrowInvalidArgument("{} must be {}", name(), shape.not_positive);
  if (count > kMaxTopEntries) {
    ThrowInvalidArgument("{} must be less than or equal to {}; found {}", name(), kMaxTopEntries, count);
  }
  return count;
}

// The first field of the n rows with the extreme keys, extreme first; rows without a key do not count.
template <Top kTop, const TopShape& kShape>
void TopRows(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists lists(arguments.data[0], rows, kShape.key_field);
  auto& fields = StructVector::GetEntries(lists.Elements());
  const Column<int64_t> counts(*fields[kShape.count_field], lists.Count());
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    std::vector<idx_t> order;
    for (idx_t i = lists.First(row); i < lists.First(row) + lists.Size(row); i++) {
      if (!lists.Keys().IsNull(i)) order.push_back(i);
    }
    if (order.empty()) {
      writer.NullRow(row);
      continue;
    }
    const auto count = std::min<idx_t>(CheckedTopCount(counts, lists.First(row), kShape, kTop), order.size());
    std::partial_sort(order.begin(), order.begin() + count, order.end(), [&](idx_t a, idx_t b) {
      const int difference = lists.Keys().Key(a).compare(lists.Keys().Key(b));
      if (difference != 0) return kTop == Top::kMax ? difference > 0 : difference < 0;
      return a < b;
    });
    for (idx_t i = 0; i < count; i++) writer.Take(*fields[0], order[i]);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

duckdb::unique_ptr<duckdb::FunctionData> BindTop(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                                                 duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const LogicalType& type = arguments[0]->return_type;
  function.arguments[0] = type;
  if (type.id() == duckdb::LogicalTypeId::SQLNULL) return BindNull(function);
  if (type.id() != duckdb::LogicalTypeId::LIST || ListType::GetChildType(type).id() != duckdb::LogicalTypeId::STRUCT) {
    throw duckdb::BinderException("%s: expected an array of rows", function.name);
  }
  // The count may have come as a narrower integer.
  duckdb::child_list_t<LogicalType> fields = StructType::GetChildTypes(ListType::GetChildType(type));
  fields.back().second = LogicalType::BIGINT;
  function.arguments[0] = LogicalType::LIST(LogicalType::STRUCT(fields));
  function.return_type = LogicalType::LIST(fields.front().second);
  return nullptr;
}

// approx_most_frequent: of a map of counts, the largest. Exact, within Trino's error.
void MostFrequent(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader maps(arguments.data[0], rows);
  const Column<int64_t> buckets(arguments.data[1], rows);
  auto& fields = StructVector::GetEntries(maps.Elements());
  const Column<int64_t> counts(*fields[1], maps.ElementCount());
  EntryWriter writer(*fields[0], *fields[1], result);
  for (idx_t row = 0; row < rows; row++) {
    if (maps.IsNull(row) || buckets.Missing(row)) {
      writer.NullRow(row);
      continue;
    }
    if (buckets.Get(row) < 2) {
      ThrowInvalidArgument("approx_most_frequent bucket count must be greater than one");
    }
    const duckdb::list_entry_t entry = maps.Entry(row);
    std::vector<idx_t> order(entry.length);
    for (idx_t i = 0; i < entry.length; i++) order[i] = entry.offset + i;
    std::stable_sort(order.begin(), order.end(), [&](idx_t a, idx_t b) { return counts.Get(a) > counts.Get(b); });
    order.resize(std::min<uint64_t>(order.size(), buckets.Get(row)));
    for (const idx_t i : order) writer.Take(i, i);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

void RegisterTops(duckdb::DatabaseInstance& database) {
  const LogicalType list = LogicalType::LIST(LogicalType::ANY);
  const auto add = [&](const char* name, duckdb::scalar_function_t function) {
    RegisterGeneric(
        database,
        {.name = name, .arguments = {list}, .result = list, .function = std::move(function), .bind = BindTop});
  };
  add("trino_max_n", TopRows<Top::kMax, kTopN>);
  add("trino_min_n", TopRows<Top::kMin, kTopN>);
  add("trino_max_by_n", TopRows<Top::kMax, kTopByN>);
  add("trino_min_by_n", TopRows<Top::kMin, kTopByN>);
}

}  // namespace

void RegisterAggregateFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_listagg", CheckListagg);
  RegisterScalar(database, "trino_listagg_truncated", ListaggTruncated{}, Throws::kNever);
  RegisterScalar(
      database, "trino_finite",
      [](double value) -> std::optional<double> { return std::isfinite(value) ? std::optional(value) : std::nullopt; },
      Throws::kNever);
  RegisterTops(database);
  const LogicalType counts = LogicalType::MAP(LogicalType::TEMPLATE("K"), LogicalType::BIGINT);
  RegisterGeneric(database, {"trino_most_frequent", {counts, LogicalType::BIGINT}, counts, MostFrequent});
  RegisterStatisticAggregates(database);
  RegisterApproxDistinct(database);
  RegisterBigintSum(database);
  RegisterDecimalAverage(database);
  RegisterChecksum(database);
  RegisterSketches(database);
}

}  // namespace opentrail::engine
