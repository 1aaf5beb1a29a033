#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include "duckdb/execution/expression_executor_state.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"

// Registering the dialect's scalar functions: a C++ callable per function, rows and NULLs handled here.
//
//   RegisterScalar(database, "trino_length", [](std::string_view text) -> int64_t { … });
//   RegisterScalar(database, "trino_md5", {LogicalType::BLOB}, LogicalType::BLOB, [](std::string_view bytes) { … });
//
// Arguments: bool, intN_t, hugeint_t, float, double, std::string_view (VARCHAR or BLOB), std::vector<std::optional<T>>
// of these (a LIST), or std::optional of one of them; a callable with an optional argument sees NULLs, any other gets
// none (any NULL -> NULL, callable not called).
// Results: the same, std::string, std::vector (a LIST, of lists too), or std::optional of one of them (nullopt ->
// NULL). A string_view may point into an argument or into memory the callable keeps until its next call; it is copied.
// The callable is copied once for each thread and each place in a query that calls the function, so it may keep caches
// in members (a compiled pattern) without locks; its operator() need not be const.
namespace opentrail::engine {

// Whether a callable can throw. The engine evaluates a function that cannot once per distinct value of a dictionary
// and moves it more freely, so say kNever where that is true.
enum class Throws : uint8_t { kSometimes, kNever };

// Aborts the query (or makes TRY give NULL, where the code is one that it takes):
// ThrowTrino("INVALID_FUNCTION_ARGUMENT", "Invalid JSON path: '{}'", path).
[[noreturn]] void ThrowTrinoText(std::string_view code, std::string_view message);

template <typename... Args>
[[noreturn]] void ThrowTrino(std::string_view code, fmt::format_string<Args...> format, Args&&... args) {
  ThrowTrinoText(code, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
[[noreturn]] void ThrowInvalidArgument(fmt::format_string<Args...> format, Args&&... args) {
  ThrowTrinoText("INVALID_FUNCTION_ARGUMENT", fmt::format(format, std::forward<Args>(args)...));
}

// Puts one function into the system catalog; a further one of the same name becomes an overload.
void AddToCatalog(duckdb::DatabaseInstance& database, duckdb::ScalarFunction function);

// The general form: a function over whole chunks. `arguments` may name LogicalType::ANY; `varargs` repeats.
struct ChunkFunction {
  std::string name;
  duckdb::vector<duckdb::LogicalType> arguments;
  duckdb::LogicalType result;
  duckdb::scalar_function_t function;
  duckdb::bind_scalar_function_t bind = nullptr;
  duckdb::LogicalType varargs = duckdb::LogicalType(duckdb::LogicalTypeId::INVALID);
  duckdb::FunctionNullHandling null_handling = duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING;
  Throws throws = Throws::kSometimes;
};
void RegisterChunk(duckdb::DatabaseInstance& database, ChunkFunction function);

namespace scalar_detail {

template <typename T>
struct Unwrapped {
  using type = T;
  static constexpr bool kOptional = false;
};
template <typename T>
struct Unwrapped<std::optional<T>> {
  using type = T;
  static constexpr bool kOptional = true;
};

template <typename T>
inline constexpr bool kIsText = std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>;
template <typename T>
inline constexpr bool kIsList = false;
template <typename T>
inline constexpr bool kIsList<std::vector<T>> = true;

template <typename T>
duckdb::LogicalType TypeOf() {
  using duckdb::LogicalType;
  if constexpr (kIsText<T>)
    return LogicalType::VARCHAR;
  else if constexpr (kIsList<T>)
    return LogicalType::LIST(TypeOf<typename Unwrapped<typename T::value_type>::type>());
  else if constexpr (std::is_same_v<T, bool>)
    return LogicalType::BOOLEAN;
  else if constexpr (std::is_same_v<T, int8_t>)
    return LogicalType::TINYINT;
  else if constexpr (std::is_same_v<T, int16_t>)
    return LogicalType::SMALLINT;
  else if constexpr (std::is_same_v<T, int32_t>)
    return LogicalType::INTEGER;
  else if constexpr (std::is_same_v<T, int64_t>)
    return LogicalType::BIGINT;
  else if constexpr (std::is_same_v<T, duckdb::hugeint_t>)
    return LogicalType::HUGEINT;
  else if constexpr (std::is_same_v<T, float>)
    return LogicalType::FLOAT;
  else {
    static_assert(std::is_same_v<T, double>, "no engine type for this C++ type: name the types explicitly");
    return LogicalType::DOUBLE;
  }
}

template <typename F>
struct Shape : Shape<decltype(&F::operator())> {};
template <typename R, typename... As>
struct Shape<R (*)(As...)> {
  using Result = std::remove_cvref_t<R>;
  using Arguments = std::tuple<std::remove_cvref_t<As>...>;
};
template <typename C, typename R, typename... As>
struct Shape<R (C::*)(As...)> : Shape<R (*)(As...)> {};
template <typename C, typename R, typename... As>
struct Shape<R (C::*)(As...) const> : Shape<R (*)(As...)> {};

// One argument column, read row by row.
template <typename T>
class Column {
 public:
  using Value = typename Unwrapped<T>::type;
  using Stored = std::conditional_t<kIsText<Value>, duckdb::string_t, Value>;

  Column(duckdb::Vector& vector, duckdb::idx_t count) { vector.ToUnifiedFormat(count, format_); }

  [[nodiscard]] bool Missing(duckdb::idx_t row) const {
    return !Unwrapped<T>::kOptional && !format_.validity.RowIsValid(format_.sel->get_index(row));
  }
  [[nodiscard]] T Get(duckdb::idx_t row) const {
    const duckdb::idx_t index = format_.sel->get_index(row);
    if constexpr (Unwrapped<T>::kOptional) {
      if (!format_.validity.RowIsValid(index)) return std::nullopt;
    }
    const Stored& stored = duckdb::UnifiedVectorFormat::GetData<Stored>(format_)[index];
    if constexpr (kIsText<Value>)
      return std::string_view(stored.GetData(), stored.GetSize());
    else
      return stored;
  }

 private:
  duckdb::UnifiedVectorFormat format_;
};

// A LIST column: its elements are a column of their own.
template <typename T>
class Column<std::vector<T>> {
 public:
  Column(duckdb::Vector& vector, duckdb::idx_t count)
      : elements_(duckdb::ListVector::GetEntry(vector), duckdb::ListVector::GetListSize(vector)) {
    static_assert(Unwrapped<T>::kOptional, "elements may be NULL");
    vector.ToUnifiedFormat(count, format_);
  }

  [[nodiscard]] bool Missing(duckdb::idx_t row) const {
    return !format_.validity.RowIsValid(format_.sel->get_index(row));
  }
  [[nodiscard]] std::vector<T> Get(duckdb::idx_t row) const {
    const auto entry = duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format_)[format_.sel->get_index(row)];
    std::vector<T> list;
    list.reserve(entry.length);
    for (duckdb::idx_t i = 0; i < entry.length; i++) list.push_back(elements_.Get(entry.offset + i));
    return list;
  }

 private:
  Column<T> elements_;
  duckdb::UnifiedVectorFormat format_;
};

void SetNull(duckdb::Vector& result, duckdb::idx_t row);
duckdb::string_t CopyText(duckdb::Vector& result, std::string_view text);
// Makes room for a row's list behind those of the rows before, and gives the child vector to fill from `offset`.
duckdb::Vector& AppendList(duckdb::Vector& result, duckdb::idx_t row, duckdb::idx_t length, duckdb::idx_t& offset);

template <typename T>
void Set(duckdb::Vector& result, duckdb::idx_t row, const T& value) {
  if constexpr (Unwrapped<T>::kOptional) {
    if (value)
      Set(result, row, *value);
    else
      SetNull(result, row);
  } else if constexpr (kIsText<T>) {
    duckdb::FlatVector::GetData<duckdb::string_t>(result)[row] = CopyText(result, value);
  } else if constexpr (kIsList<T>) {
    duckdb::idx_t offset = 0;
    duckdb::Vector& child = AppendList(result, row, value.size(), offset);
    for (const auto& element : value) Set(child, offset++, element);
  } else {
    duckdb::FlatVector::GetData<T>(result)[row] = value;
  }
}

template <typename F>
struct CallState : duckdb::FunctionLocalState {
  explicit CallState(const F& callable) : function(callable) {}
  F function;
};

template <typename F>
struct CallInfo : duckdb::ScalarFunctionInfo {
  explicit CallInfo(F callable) : function(std::move(callable)) {}
  F function;
};

template <typename F>
duckdb::unique_ptr<duckdb::FunctionLocalState> InitCall(duckdb::ExpressionState&,
                                                        const duckdb::BoundFunctionExpression& expression,
                                                        duckdb::FunctionData*) {
  return duckdb::make_uniq<CallState<F>>(expression.function.function_info->Cast<CallInfo<F>>().function);
}

template <typename F, size_t... Is>
void ExecuteRows(duckdb::DataChunk& chunk, F& function, duckdb::Vector& result, duckdb::idx_t count,
                 std::index_sequence<Is...>) {
  using Arguments = typename Shape<F>::Arguments;
  std::tuple<Column<std::tuple_element_t<Is, Arguments>>...> columns{
      Column<std::tuple_element_t<Is, Arguments>>(chunk.data[Is], count)...};
  for (duckdb::idx_t row = 0; row < count; row++) {
    if ((std::get<Is>(columns).Missing(row) || ...)) {
      SetNull(result, row);
    } else {
      Set<typename Shape<F>::Result>(result, row, function(std::get<Is>(columns).Get(row)...));
    }
  }
}

template <typename F>
void Execute(duckdb::DataChunk& chunk, duckdb::ExpressionState& state, duckdb::Vector& result) {
  constexpr size_t kArity = std::tuple_size_v<typename Shape<F>::Arguments>;
  F& function = duckdb::ExecuteFunctionState::GetFunctionState(state)->template Cast<CallState<F>>().function;
  const bool constant = chunk.AllConstant();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  ExecuteRows(chunk, function, result, constant ? 1 : chunk.size(), std::make_index_sequence<kArity>());
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

template <typename F, size_t... Is>
duckdb::vector<duckdb::LogicalType> ArgumentTypes(std::index_sequence<Is...>) {
  return {TypeOf<typename Unwrapped<std::tuple_element_t<Is, typename Shape<F>::Arguments>>::type>()...};
}

template <typename Tuple>
struct AnyOptional;
template <typename... As>
struct AnyOptional<std::tuple<As...>> : std::bool_constant<(Unwrapped<As>::kOptional || ...)> {};

}  // namespace scalar_detail

template <typename F>
void RegisterScalar(duckdb::DatabaseInstance& database, const std::string& name,
                    duckdb::vector<duckdb::LogicalType> arguments, duckdb::LogicalType result, F callable,
                    Throws throws = Throws::kSometimes, duckdb::bind_scalar_function_t bind = nullptr) {
  namespace detail = scalar_detail;
  duckdb::ScalarFunction function(name, std::move(arguments), std::move(result), detail::Execute<F>, bind);
  function.init_local_state = detail::InitCall<F>;
  function.function_info = duckdb::make_shared_ptr<detail::CallInfo<F>>(std::move(callable));
  if (detail::AnyOptional<typename detail::Shape<F>::Arguments>::value) {
    function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  }
  if (throws == Throws::kSometimes) function.errors = duckdb::FunctionErrors::CAN_THROW_RUNTIME_ERROR;
  AddToCatalog(database, std::move(function));
}

// Types by the callable's C++ types: text is VARCHAR.
template <typename F>
void RegisterScalar(duckdb::DatabaseInstance& database, const std::string& name, F callable,
                    Throws throws = Throws::kSometimes, duckdb::bind_scalar_function_t bind = nullptr) {
  namespace detail = scalar_detail;
  using Shape = detail::Shape<F>;
  constexpr size_t kArity = std::tuple_size_v<typename Shape::Arguments>;
  RegisterScalar(database, name, detail::ArgumentTypes<F>(std::make_index_sequence<kArity>()),
                 detail::TypeOf<typename detail::Unwrapped<typename Shape::Result>::type>(), std::move(callable),
                 throws, bind);
}

}  // namespace opentrail::engine
