#include <optional>

#include "duckdb/common/types/value.hpp"
#include "duckdb/common/types/vector.hpp"
#include "duckdb/planner/expression.hpp"

#include "engine/functions/operator_internal.h"
#include "engine/functions/scalar.h"
#include "sql/time_zone_key.h"
#include "sql/type.h"

// Comparisons of rows, arrays and maps, whose NULLs within make the answer unknown where the engine's own comparison
// takes them for values. Value by value: a query compares few of these.
namespace opentrail::engine {

namespace {

using duckdb::Value;
using sql::Type;
using sql::TypeKind;

using Answer = std::optional<bool>;  // nullopt is unknown

const duckdb::vector<Value>& Children(const Value& value, const Type& type) {
  if (type.kind() == TypeKind::kRow) return duckdb::StructValue::GetChildren(value);
  return duckdb::ListValue::GetChildren(value);
}

const Type& ChildType(const Type& type, size_t index) {
  return type.kind() == TypeKind::kRow ? type.arguments()[index] : type.element();
}

Answer Equal(const Value& a, const Value& b, const Type& type);

// Equal where every part is; unequal where one part is not, whatever is unknown beside it.
Answer EqualParts(const Value& a, const Value& b, const Type& type) {
  const auto& left = Children(a, type);
  const auto& right = Children(b, type);
  if (left.size() != right.size()) return false;
  Answer answer = true;
  for (size_t i = 0; i < left.size(); ++i) {
    const Answer part = Equal(left[i], right[i], ChildType(type, i));
    if (part == false) return false;
    if (!part) answer = std::nullopt;
  }
  return answer;
}

Answer EqualMaps(const Value& a, const Value& b, const Type& type) {
  const auto& left = duckdb::MapValue::GetChildren(a);
  const auto& right = duckdb::MapValue::GetChildren(b);
  if (left.size() != right.size()) return false;
  Answer answer = true;
  for (const Value& entry : left) {
    const auto& pair = duckdb::StructValue::GetChildren(entry);
    const Value* other = nullptr;
    for (const Value& candidate : right) {
      const auto& other_pair = duckdb::StructValue::GetChildren(candidate);
      if (Equal(pair[0], other_pair[0], type.key()) == true) other = &other_pair[1];
    }
    if (other == nullptr) return false;
    const Answer part = Equal(pair[1], *other, type.value());
    if (part == false) return false;
    if (!part) answer = std::nullopt;
  }
  return answer;
}

Answer Equal(const Value& a, const Value& b, const Type& type) {
  if (a.IsNull() || b.IsNull()) return std::nullopt;
  switch (type.kind()) {
    case TypeKind::kArray:
    case TypeKind::kRow: return EqualParts(a, b, type);
    case TypeKind::kMap: return EqualMaps(a, b, type);
    case TypeKind::kTimestampWithTimeZone:
      return sql::PackedMillis(a.GetValue<int64_t>()) == sql::PackedMillis(b.GetValue<int64_t>());
    case TypeKind::kTimeWithTimeZone:
      return sql::PackedTimeKey(a.GetValue<int64_t>()) == sql::PackedTimeKey(b.GetValue<int64_t>());
    case TypeKind::kReal:
    case TypeKind::kDouble: return a.GetValue<double>() == b.GetValue<double>();
    default: return a == b;
  }
}

// Negative, zero, positive. Trino orders nothing that holds a NULL.
int Compare(const Value& a, const Value& b, const Type& type) {
  if (type.kind() == TypeKind::kTimestampWithTimeZone) {
    const int64_t left = sql::PackedMillis(a.GetValue<int64_t>());
    const int64_t right = sql::PackedMillis(b.GetValue<int64_t>());
    return left < right ? -1 : left > right;
  }
  if (type.kind() != TypeKind::kArray && type.kind() != TypeKind::kRow) return a < b ? -1 : b < a;
  const auto& left = Children(a, type);
  const auto& right = Children(b, type);
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
    if (left[i].IsNull() || right[i].IsNull()) {
      ThrowTrinoText("NOT_SUPPORTED", type.kind() == TypeKind::kArray
                                          ? "ARRAY comparison not supported for arrays with null elements"
                                          : "ROW comparison not supported for fields with null elements");
    }
    if (const int part = Compare(left[i], right[i], ChildType(type, i)); part != 0) return part;
  }
  return left.size() < right.size() ? -1 : left.size() > right.size();
}

bool Distinct(const Value& a, const Value& b, const Type& type) {
  if (a.IsNull() || b.IsNull()) return a.IsNull() != b.IsNull();
  if (type.kind() == TypeKind::kMap) return Equal(a, b, type) != true;
  if (type.kind() != TypeKind::kArray && type.kind() != TypeKind::kRow) return Equal(a, b, type) != true;
  const auto& left = Children(a, type);
  const auto& right = Children(b, type);
  if (left.size() != right.size()) return true;
  for (size_t i = 0; i < left.size(); ++i) {
    if (Distinct(left[i], right[i], ChildType(type, i))) return true;
  }
  return false;
}

Answer AnswerEqual(const Value& a, const Value& b, const Type& type) { return Equal(a, b, type); }
Answer AnswerLess(const Value& a, const Value& b, const Type& type) {
  if (a.IsNull() || b.IsNull()) return std::nullopt;
  return Compare(a, b, type) < 0;
}
Answer AnswerLessOrEqual(const Value& a, const Value& b, const Type& type) {
  if (a.IsNull() || b.IsNull()) return std::nullopt;
  return Compare(a, b, type) <= 0;
}
Answer AnswerDistinct(const Value& a, const Value& b, const Type& type) { return Distinct(a, b, type); }

template <Answer (*compare)(const Value&, const Value&, const Type&)>
void ExecuteComparison(duckdb::DataChunk& chunk, duckdb::ExpressionState&, duckdb::Vector& result) {
  const auto type = sql::ParseType(chunk.data[2].GetValue(0).ToString());
  if (!type) ThrowInvalidArgument("'{}' is not a type", chunk.data[2].GetValue(0).ToString());
  const bool constant = chunk.AllConstant();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (duckdb::idx_t row = 0; row < (constant ? 1 : chunk.size()); ++row) {
    const Answer answer = compare(chunk.data[0].GetValue(row), chunk.data[1].GetValue(row), *type);
    result.SetValue(row, answer ? Value::BOOLEAN(*answer) : Value(duckdb::LogicalType::BOOLEAN));
  }
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

template <Answer (*compare)(const Value&, const Value&, const Type&)>
void RegisterComparison(duckdb::DatabaseInstance& database, const char* name) {
  using duckdb::LogicalType;
  RegisterChunk(database, {.name = name,
                           .arguments = {LogicalType::ANY, LogicalType::ANY, LogicalType::VARCHAR},
                           .result = LogicalType::BOOLEAN,
                           .function = ExecuteComparison<compare>,
                           .null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING});
}

// Makes the result from elements of a list's child, by reference: only the rows' places are new.
class ElementPicker {
 public:
  explicit ElementPicker(duckdb::idx_t count) : selection_(count), count_(count) {}

  void Pick(duckdb::idx_t row, duckdb::idx_t element) {
    selection_.set_index(row, element);
    any_ = true;
  }
  void PickNull(duckdb::idx_t row) {
    selection_.set_index(row, 0);
    nulls_.push_back(row);
  }
  void Finish(duckdb::Vector& elements, duckdb::Vector& result) {
    if (!any_) {
      result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
      duckdb::ConstantVector::SetNull(result, true);
      return;
    }
    result.Slice(elements, selection_, count_);
    result.Flatten(count_);
    for (const duckdb::idx_t row : nulls_) duckdb::FlatVector::SetNull(result, row, true);
    if (count_ == 1) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  }

 private:
  duckdb::SelectionVector selection_;
  duckdb::idx_t count_;
  std::vector<duckdb::idx_t> nulls_;
  bool any_ = false;
};

duckdb::idx_t CheckedSubscript(int64_t subscript, duckdb::idx_t length) {
  if (subscript == 0) ThrowInvalidArgument("SQL array indices start at 1");
  if (subscript < 0) ThrowInvalidArgument("Array subscript is negative: {}", subscript);
  if (static_cast<duckdb::idx_t>(subscript) > length) {
    ThrowInvalidArgument("Array subscript must be less than or equal to array length: {} > {}", subscript, length);
  }
  return static_cast<duckdb::idx_t>(subscript) - 1;
}

void ExecuteSubscript(duckdb::DataChunk& chunk, duckdb::ExpressionState&, duckdb::Vector& result) {
  const duckdb::idx_t count = chunk.AllConstant() ? 1 : chunk.size();
  duckdb::UnifiedVectorFormat lists;
  duckdb::UnifiedVectorFormat subscripts;
  chunk.data[0].ToUnifiedFormat(count, lists);
  chunk.data[1].ToUnifiedFormat(count, subscripts);
  ElementPicker picker(count);
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const duckdb::idx_t list = lists.sel->get_index(row);
    const duckdb::idx_t subscript = subscripts.sel->get_index(row);
    if (!lists.validity.RowIsValid(list) || !subscripts.validity.RowIsValid(subscript)) {
      picker.PickNull(row);
      continue;
    }
    const auto& entry = duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(lists)[list];
    const int64_t number = duckdb::UnifiedVectorFormat::GetData<int64_t>(subscripts)[subscript];
    picker.Pick(row, entry.offset + CheckedSubscript(number, entry.length));
  }
  picker.Finish(duckdb::ListVector::GetEntry(chunk.data[0]), result);
}

// Where among a map's keys the wanted one stands.
class KeySearch {
 public:
  KeySearch(duckdb::Vector& keys, duckdb::idx_t key_count, duckdb::Vector& wanted, duckdb::idx_t count)
      : keys_(keys), wanted_(wanted), text_(keys.GetType().InternalType() == duckdb::PhysicalType::VARCHAR) {
    if (!text_) return;
    keys.ToUnifiedFormat(key_count, key_format_);
    wanted.ToUnifiedFormat(count, wanted_format_);
  }

  std::optional<duckdb::idx_t> Find(duckdb::idx_t row, const duckdb::list_entry_t& entry) const {
    return text_ ? FindText(row, entry) : FindValue(row, entry);
  }

 private:
  std::optional<duckdb::idx_t> FindText(duckdb::idx_t row, const duckdb::list_entry_t& entry) const {
    using duckdb::string_t;
    const auto& wanted =
        duckdb::UnifiedVectorFormat::GetData<string_t>(wanted_format_)[wanted_format_.sel->get_index(row)];
    const auto* keys = duckdb::UnifiedVectorFormat::GetData<string_t>(key_format_);
    for (duckdb::idx_t i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (keys[key_format_.sel->get_index(i)] == wanted) return i;
    }
    return std::nullopt;
  }
  std::optional<duckdb::idx_t> FindValue(duckdb::idx_t row, const duckdb::list_entry_t& entry) const {
    const Value wanted = wanted_.GetValue(row);
    for (duckdb::idx_t i = entry.offset; i < entry.offset + entry.length; ++i) {
      if (keys_.GetValue(i) == wanted) return i;
    }
    return std::nullopt;
  }

  duckdb::Vector& keys_;
  duckdb::Vector& wanted_;
  bool text_;
  duckdb::UnifiedVectorFormat key_format_;
  duckdb::UnifiedVectorFormat wanted_format_;
};

void ExecuteMapSubscript(duckdb::DataChunk& chunk, duckdb::ExpressionState&, duckdb::Vector& result) {
  const duckdb::idx_t count = chunk.AllConstant() ? 1 : chunk.size();
  duckdb::Vector& map = chunk.data[0];
  duckdb::UnifiedVectorFormat maps;
  duckdb::UnifiedVectorFormat wanted;
  map.ToUnifiedFormat(count, maps);
  chunk.data[1].ToUnifiedFormat(count, wanted);
  const KeySearch search(duckdb::MapVector::GetKeys(map), duckdb::ListVector::GetListSize(map), chunk.data[1], count);
  ElementPicker picker(count);
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const duckdb::idx_t place = maps.sel->get_index(row);
    if (!maps.validity.RowIsValid(place) || !wanted.validity.RowIsValid(wanted.sel->get_index(row))) {
      picker.PickNull(row);
      continue;
    }
    const auto found = search.Find(row, duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(maps)[place]);
    if (!found) ThrowInvalidArgument("Key not present in map: {}", chunk.data[1].GetValue(row).ToString());
    picker.Pick(row, *found);
  }
  picker.Finish(duckdb::MapVector::GetValues(map), result);
}

using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

duckdb::unique_ptr<duckdb::FunctionData> BindSubscript(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                                                       Arguments& arguments) {
  const duckdb::LogicalType& list = arguments[0]->return_type;
  if (list.id() != duckdb::LogicalTypeId::LIST) ThrowInvalidArgument("{} has no elements", list.ToString());
  function.arguments[0] = list;
  function.return_type = duckdb::ListType::GetChildType(list);
  return nullptr;
}

duckdb::unique_ptr<duckdb::FunctionData> BindMapSubscript(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                                                          Arguments& arguments) {
  const duckdb::LogicalType& map = arguments[0]->return_type;
  if (map.id() != duckdb::LogicalTypeId::MAP) ThrowInvalidArgument("{} has no keys", map.ToString());
  function.arguments[0] = map;
  function.arguments[1] = duckdb::MapType::KeyType(map);
  function.return_type = duckdb::MapType::ValueType(map);
  return nullptr;
}

}  // namespace

void RegisterNestedOperators(duckdb::DatabaseInstance& database) {
  RegisterComparison<AnswerEqual>(database, "trino_nested_equal");
  RegisterComparison<AnswerLess>(database, "trino_nested_less");
  RegisterComparison<AnswerLessOrEqual>(database, "trino_nested_less_or_equal");
  RegisterComparison<AnswerDistinct>(database, "trino_nested_distinct");
  using duckdb::LogicalType;
  RegisterChunk(database, {.name = "trino_subscript",
                           .arguments = {LogicalType::ANY, LogicalType::BIGINT},
                           .result = LogicalType::ANY,
                           .function = ExecuteSubscript,
                           .bind = BindSubscript});
  RegisterChunk(database, {.name = "trino_map_subscript",
                           .arguments = {LogicalType::ANY, LogicalType::ANY},
                           .result = LogicalType::ANY,
                           .function = ExecuteMapSubscript,
                           .bind = BindMapSubscript});
}

}  // namespace opentrail::engine
