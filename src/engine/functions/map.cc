#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "duckdb/common/exception/binder_exception.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "duckdb/planner/expression.hpp"
#include "engine/functions/collections.h"
#include "engine/functions/list.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"

// Maps, and the aggregates that make them: those are scalars over the list of an aggregate's rows (STRUCTs of key and
// value), which skip NULL keys where their namesakes over arrays refuse them.
namespace opentrail::engine {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::ListType;
using duckdb::ListVector;
using duckdb::LogicalType;
using duckdb::StructVector;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;

constexpr idx_t kKeyField = 0;
constexpr idx_t kValueField = 1;

enum class Keys : uint8_t {
  kRefuse,        // NULL, and equal ones: a function over arrays
  kRefuseInCast,  // the same, in a cast's words
  kSkip,          // NULL, and all equal ones but the first: an aggregate over rows
};

Vector& Field(Vector& structs, idx_t field) { return *StructVector::GetEntries(structs)[field]; }

// Whether a value holds a NULL, however deep: what it equals is then unknown.
bool IsIndeterminate(const duckdb::Value& value) {
  if (value.IsNull()) return true;
  const duckdb::LogicalTypeId type = value.type().id();
  if (type != duckdb::LogicalTypeId::LIST && type != duckdb::LogicalTypeId::STRUCT) return false;
  const auto& children = type == duckdb::LogicalTypeId::LIST ? duckdb::ListValue::GetChildren(value)
                                                             : duckdb::StructValue::GetChildren(value);
  return std::any_of(children.begin(), children.end(), IsIndeterminate);
}

std::string JavaList(const duckdb::Value& value) {
  if (value.IsNull()) return "null";
  const duckdb::LogicalTypeId type = value.type().id();
  if (type != duckdb::LogicalTypeId::LIST && type != duckdb::LogicalTypeId::STRUCT) return value.ToString();
  const auto& children = type == duckdb::LogicalTypeId::LIST ? duckdb::ListValue::GetChildren(value)
                                                             : duckdb::StructValue::GetChildren(value);
  std::string text;
  for (const duckdb::Value& child : children) text += (text.empty() ? "" : ", ") + JavaList(child);
  return "[" + text + "]";
}

void RefuseIndeterminate(KeyedLists& keys, idx_t row) {
  if (!keys.Elements().GetType().IsNested()) return;
  for (idx_t i = keys.First(row); i < keys.First(row) + keys.Size(row); i++) {
    const duckdb::Value key = keys.Elements().GetValue(i);
    if (IsIndeterminate(key)) ThrowInvalidArgument("map key cannot be indeterminate: {}", JavaList(key));
  }
}

void MapFromArrays(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists keys(arguments.data[0], rows);
  const ListReader values(arguments.data[1], rows);
  EntryWriter writer(keys.Elements(), values.Elements(), result);
  for (idx_t row = 0; row < rows; row++) {
    if (keys.IsNull(row) || values.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    if (keys.Size(row) != values.Entry(row).length)
      ThrowInvalidArgument("Key and value arrays must be the same length");
    CheckMapKeys(keys.Elements(), keys.Keys(), keys.First(row), keys.Size(row));
    RefuseIndeterminate(keys, row);
    for (idx_t i = 0; i < keys.Size(row); i++) writer.Take(keys.First(row) + i, values.Entry(row).offset + i);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

void CheckEntries(KeyedLists& lists, const UnifiedVectorFormat& entries, idx_t row) {
  for (idx_t i = lists.First(row); i < lists.First(row) + lists.Size(row); i++) {
    if (!entries.validity.RowIsValid(entries.sel->get_index(i))) ThrowInvalidArgument("map entry cannot be null");
    if (lists.Keys().IsNull(i)) ThrowInvalidArgument("map key cannot be null");
  }
}

template <Keys kKeys>
void MapFromEntries(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists lists(arguments.data[0], rows, kKeyField);
  UnifiedVectorFormat entries;
  lists.Elements().ToUnifiedFormat(lists.Count(), entries);
  Vector& keys = Field(lists.Elements(), kKeyField);
  EntryWriter writer(keys, Field(lists.Elements(), kValueField), result);
  for (idx_t row = 0; row < rows; row++) {
    const idx_t first = lists.First(row);
    bool empty = true;
    if (kKeys == Keys::kRefuse) {
      CheckEntries(lists, entries, row);
      CheckMapKeys(keys, lists.Keys(), first, lists.Size(row));
    }
    std::unordered_set<std::string_view> seen;
    for (idx_t i = first; i < first + lists.Size(row); i++) {
      const bool is_null = lists.Keys().IsNull(i);
      if (is_null || !seen.insert(lists.Keys().Key(i)).second) {
        if (kKeys == Keys::kRefuseInCast) {
          ThrowTrinoText("INVALID_CAST_ARGUMENT", is_null ? "map key is null" : "duplicate keys");
        }
        continue;
      }
      writer.Take(i, i);
      empty = false;
    }
    if (lists.IsNull(row) || (kKeys == Keys::kSkip && empty))
      writer.NullRow(row);
    else
      writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

// The entries of one row, those of equal keys together, in the order of each key's first.
std::vector<std::vector<idx_t>> GroupByKey(const KeyedLists& lists, idx_t row) {
  std::vector<std::vector<idx_t>> groups;
  std::unordered_map<std::string_view, idx_t> group_of;
  for (idx_t i = lists.First(row); i < lists.First(row) + lists.Size(row); i++) {
    if (lists.Keys().IsNull(i)) continue;
    const auto [group, added] = group_of.emplace(lists.Keys().Key(i), groups.size());
    if (added) groups.emplace_back();
    groups[group->second].push_back(i);
  }
  return groups;
}

template <Keys kKeys>
void Multimap(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists lists(arguments.data[0], rows, kKeyField);
  UnifiedVectorFormat entries;
  lists.Elements().ToUnifiedFormat(lists.Count(), entries);
  const idx_t start = ListVector::GetListSize(result);
  std::vector<std::vector<idx_t>> groups;
  for (idx_t row = 0; row < rows; row++) {
    if (kKeys == Keys::kRefuse) CheckEntries(lists, entries, row);
    const idx_t first = groups.size();
    for (auto& group : GroupByKey(lists, row)) groups.push_back(std::move(group));
    FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {start + first, groups.size() - first};
    if (lists.IsNull(row) || (kKeys == Keys::kSkip && groups.size() == first)) FlatVector::SetNull(result, row, true);
  }
  ListVector::Reserve(result, start + groups.size());
  ListVector::SetListSize(result, start + groups.size());
  Vector& structs = ListVector::GetEntry(result);
  ListWriter values(Field(structs, kValueField));
  for (idx_t i = 0; i < groups.size(); i++) {
    const idx_t first = groups[i].front();
    duckdb::VectorOperations::Copy(Field(lists.Elements(), kKeyField), Field(structs, kKeyField), first + 1, first,
                                   start + i);
    for (const idx_t entry : groups[i]) values.Take(Field(lists.Elements(), kValueField), entry);
    values.EndRow(start + i);
  }
  values.Finish();
  MarkConstant(arguments, result);
}

void MapEntries(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader maps(arguments.data[0], rows);
  EntryWriter writer(Field(maps.Elements(), kKeyField), Field(maps.Elements(), kValueField), result);
  for (idx_t row = 0; row < rows; row++) {
    if (maps.IsNull(row)) {
      writer.NullRow(row);
      continue;
    }
    const duckdb::list_entry_t entry = maps.Entry(row);
    for (idx_t i = entry.offset; i < entry.offset + entry.length; i++) writer.Take(i, i);
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

// As Trino writes it: the last map's entries, then from the maps before it those whose key is new.
void MapConcat(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  std::vector<duckdb::unique_ptr<KeyedLists>> maps;
  for (Vector& column : arguments.data) maps.push_back(duckdb::make_uniq<KeyedLists>(column, rows, kKeyField));
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    bool null = false;
    for (const auto& map : maps) null = null || map->IsNull(row);
    if (null) {
      writer.NullRow(row);
      continue;
    }
    std::unordered_set<std::string_view> seen;
    for (auto map = maps.rbegin(); map != maps.rend(); ++map) {
      KeyedLists& entries = **map;
      for (idx_t i = entries.First(row); i < entries.First(row) + entries.Size(row); i++) {
        if (seen.insert(entries.Keys().Key(i)).second) writer.Take(entries.Elements(), i);
      }
    }
    writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

// map_union: of a list of maps, the first entry of each key.
void MapUnion(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader lists(arguments.data[0], rows);
  KeyedLists maps(lists.Elements(), lists.ElementCount(), kKeyField);
  ListWriter writer(result);
  for (idx_t row = 0; row < rows; row++) {
    const duckdb::list_entry_t entry = lists.Entry(row);
    std::unordered_set<std::string_view> seen;
    bool none = true;
    for (idx_t map = entry.offset; map < entry.offset + entry.length; map++) {
      if (maps.IsNull(map)) continue;
      none = false;
      for (idx_t i = maps.First(map); i < maps.First(map) + maps.Size(map); i++) {
        if (seen.insert(maps.Keys().Key(i)).second) writer.Take(maps.Elements(), i);
      }
    }
    if (none)
      writer.NullRow(row);
    else
      writer.EndRow(row);
  }
  writer.Finish();
  MarkConstant(arguments, result);
}

enum class Shape : uint8_t { kMap, kMultimap };

template <Shape kShape>
duckdb::unique_ptr<duckdb::FunctionData> BindEntries(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const LogicalType& type = arguments[0]->return_type;
  function.arguments[0] = type;
  if (type.id() == duckdb::LogicalTypeId::SQLNULL) return BindNull(function);
  const bool rows = type.id() == duckdb::LogicalTypeId::LIST &&
                    ListType::GetChildType(type).id() == duckdb::LogicalTypeId::STRUCT &&
                    duckdb::StructType::GetChildCount(ListType::GetChildType(type)) == 2;
  if (!rows) throw duckdb::BinderException("%s: expected an array of rows of two fields", function.name);
  const auto& fields = duckdb::StructType::GetChildTypes(ListType::GetChildType(type));
  const LogicalType& value = fields[kValueField].second;
  function.return_type =
      LogicalType::MAP(fields[kKeyField].second, kShape == Shape::kMap ? value : LogicalType::LIST(value));
  return nullptr;
}

void RegisterEntryFunctions(duckdb::DatabaseInstance& database) {
  const LogicalType any_list = LogicalType::LIST(LogicalType::ANY);
  const LogicalType any_map = LogicalType::MAP(LogicalType::ANY, LogicalType::ANY);
  const auto add = [&](const char* name, duckdb::scalar_function_t function, duckdb::bind_scalar_function_t bind) {
    RegisterGeneric(
        database,
        {.name = name, .arguments = {any_list}, .result = any_map, .function = std::move(function), .bind = bind});
  };
  add("trino_map_from_entries", MapFromEntries<Keys::kRefuse>, BindEntries<Shape::kMap>);
  add("trino_cast_entries", MapFromEntries<Keys::kRefuseInCast>, BindEntries<Shape::kMap>);
  add("trino_map_agg", MapFromEntries<Keys::kSkip>, BindEntries<Shape::kMap>);
  add("trino_multimap_from_entries", Multimap<Keys::kRefuse>, BindEntries<Shape::kMultimap>);
  add("trino_multimap_agg", Multimap<Keys::kSkip>, BindEntries<Shape::kMultimap>);
}

}  // namespace

void RegisterMapFunctions(duckdb::DatabaseInstance& database) {
  RegisterEntryFunctions(database);
  const LogicalType key = LogicalType::TEMPLATE("K");
  const LogicalType value = LogicalType::TEMPLATE("V");
  const LogicalType map = LogicalType::MAP(key, value);
  const LogicalType entries = LogicalType::LIST(LogicalType::STRUCT({{"_1", key}, {"_2", value}}));
  RegisterGeneric(database, {"trino_map", {LogicalType::LIST(key), LogicalType::LIST(value)}, map, MapFromArrays});
  RegisterGeneric(database, {"trino_map_entries", {map}, entries, MapEntries});
  RegisterGeneric(database, {"trino_map_union", {LogicalType::LIST(map)}, map, MapUnion});
  RegisterGeneric(database, {.name = "trino_map_concat",
                             .arguments = {map},
                             .result = map,
                             .function = MapConcat,
                             .varargs = map,
                             .throws = Throws::kNever});
}

}  // namespace opentrail::engine
