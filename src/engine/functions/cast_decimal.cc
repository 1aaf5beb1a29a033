#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/planner/expression.hpp"

#include "engine/functions/cast_internal.h"
#include "engine/functions/int128.h"
#include "engine/functions/java_number.h"

// Casts to and from DECIMAL. A function's result has 38 digits; the statement casts it down, which cannot fail any
// more.
namespace opentrail::engine {

namespace {

using duckdb::hugeint_t;
using duckdb::LogicalType;
using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

LogicalType AnyDecimal() { return LogicalType(duckdb::LogicalTypeId::DECIMAL); }
LogicalType WideDecimal(int32_t scale) { return LogicalType::DECIMAL(38, static_cast<uint8_t>(scale)); }

// (value, precision, scale, …): the scale of the result stands in the call.
duckdb::unique_ptr<duckdb::FunctionData> BindToDecimal(duckdb::ClientContext& context, duckdb::ScalarFunction& function,
                                                       Arguments& arguments) {
  if (!arguments[2]->IsFoldable()) ThrowInvalidArgument("a decimal's scale must be a constant");
  const auto scale = duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[2]).GetValue<int32_t>();
  if (scale < 0 || scale > 38) ThrowInvalidArgument("a decimal's scale must be from 0 to 38: {}", scale);
  function.return_type = WideDecimal(scale);
  const LogicalType& source = arguments[0]->return_type;
  // The declared type, not the argument's: a bare 0.1 is a decimal to the engine even where a double is asked.
  if (function.arguments[0].id() == duckdb::LogicalTypeId::DECIMAL) {
    if (source.id() != duckdb::LogicalTypeId::DECIMAL) ThrowInvalidArgument("not a decimal: {}", source.ToString());
    function.arguments[0] = WideDecimal(duckdb::DecimalType::GetScale(source));
  }
  return nullptr;
}

// (value, scale): the value is widened to 38 digits.
duckdb::unique_ptr<duckdb::FunctionData> BindFromDecimal(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                                                         Arguments& arguments) {
  const LogicalType& source = arguments[0]->return_type;
  if (source.id() != duckdb::LogicalTypeId::DECIMAL) ThrowInvalidArgument("not a decimal: {}", source.ToString());
  function.arguments[0] = WideDecimal(duckdb::DecimalType::GetScale(source));
  return nullptr;
}

std::optional<hugeint_t> Found(std::optional<Int128> value) {
  if (!value) return std::nullopt;
  return ToHugeint(*value);
}

std::optional<hugeint_t> FromText(std::string_view text, int32_t precision, int32_t scale) {
  return Found(ParseDecimal(text, static_cast<uint32_t>(precision), static_cast<uint32_t>(scale)));
}

std::string JavaDouble(double value) {
  std::string text;
  AppendJavaDouble(value, text);
  return text;
}

std::string JavaFloat(float value) {
  std::string text;
  AppendJavaFloat(value, text);
  return text;
}

// A double is what its shortest text says, as Trino takes it. NaN and infinity are no numbers there.
std::optional<hugeint_t> FromDouble(double value, int32_t precision, int32_t scale) {
  return FromText(JavaDouble(value), precision, scale);
}
std::optional<hugeint_t> FromReal(float value, int32_t precision, int32_t scale) {
  return FromText(JavaFloat(value), precision, scale);
}
std::optional<hugeint_t> FromBigint(int64_t value, int32_t precision, int32_t scale) {
  return Found(Rescale(value, 0, static_cast<uint32_t>(scale), static_cast<uint32_t>(precision)));
}
std::optional<hugeint_t> FromDecimal(hugeint_t value, int32_t precision, int32_t scale, int32_t, int32_t from_scale) {
  return Found(Rescale(FromHugeint(value), static_cast<uint32_t>(from_scale), static_cast<uint32_t>(scale),
                       static_cast<uint32_t>(precision)));
}

template <typename T>
std::optional<T> ToInteger(hugeint_t value, int32_t scale) {
  const auto whole = Rescale(FromHugeint(value), static_cast<uint32_t>(scale), 0);
  if (!whole || *whole < std::numeric_limits<T>::min() || *whole > std::numeric_limits<T>::max()) return std::nullopt;
  return static_cast<T>(*whole);
}

template <typename T>
void RegisterToInteger(duckdb::DatabaseInstance& database, const std::string& name, const LogicalType& type,
                       std::string (*message)(hugeint_t, int32_t)) {
  RegisterCast(database, "decimal_to_" + name, {AnyDecimal(), LogicalType::INTEGER}, type, &ToInteger<T>, message,
               BindFromDecimal);
}

std::string Plain(hugeint_t value, int32_t scale) {
  return FormatDecimal(FromHugeint(value), static_cast<uint32_t>(scale));
}

void RegisterFromDecimal(duckdb::DatabaseInstance& database) {
  RegisterToInteger<int8_t>(
      database, "tinyint", LogicalType::TINYINT,
      +[](hugeint_t value, int32_t scale) { return fmt::format("Cannot cast '{}' to TINYINT", Plain(value, scale)); });
  RegisterToInteger<int16_t>(
      database, "smallint", LogicalType::SMALLINT,
      +[](hugeint_t value, int32_t scale) { return fmt::format("Cannot cast '{}' to SMALLINT", Plain(value, scale)); });
  RegisterToInteger<int32_t>(
      database, "integer", LogicalType::INTEGER,
      +[](hugeint_t value, int32_t scale) { return fmt::format("Cannot cast '{}' to INTEGER", Plain(value, scale)); });
  RegisterToInteger<int64_t>(
      database, "bigint", LogicalType::BIGINT,
      +[](hugeint_t value, int32_t scale) { return fmt::format("Cannot cast '{}' to BIGINT", Plain(value, scale)); });
}

constexpr char kTinyint[] = "TINYINT";
constexpr char kSmallint[] = "SMALLINT";
constexpr char kInteger[] = "INTEGER";
constexpr char kBigint[] = "BIGINT";

// kName is what the message calls the source's type.
template <const char* kName>
void RegisterIntegerToDecimal(duckdb::DatabaseInstance& database, const std::string& source) {
  const auto integer = LogicalType::INTEGER;
  RegisterCast(
      database, source + "_to_decimal", {LogicalType::BIGINT, integer, integer}, AnyDecimal(), &FromBigint,
      +[](int64_t value, int32_t precision, int32_t scale) {
        return fmt::format("Cannot cast {} '{}' to DECIMAL({}, {})", kName, value, precision, scale);
      },
      BindToDecimal);
}

}  // namespace

void RegisterDecimalCasts(duckdb::DatabaseInstance& database) {
  const auto integer = LogicalType::INTEGER;
  RegisterCast(
      database, "varchar_to_decimal", {LogicalType::VARCHAR, integer, integer}, AnyDecimal(), &FromText,
      +[](std::string_view text, int32_t precision, int32_t scale) {
        const bool number = ParseDecimal(text, 38, 0).has_value();
        return fmt::format("Cannot cast VARCHAR '{}' to DECIMAL({}, {}). {}", text, precision, scale,
                           number ? "Value too large." : "Value is not a number.");
      },
      BindToDecimal);
  RegisterCast(
      database, "double_to_decimal", {LogicalType::DOUBLE, integer, integer}, AnyDecimal(), &FromDouble,
      +[](double value, int32_t precision, int32_t scale) {
        return fmt::format("Cannot cast DOUBLE '{}' to DECIMAL({}, {})", JavaDouble(value), precision, scale);
      },
      BindToDecimal);
  RegisterCast(
      database, "real_to_decimal", {LogicalType::FLOAT, integer, integer}, AnyDecimal(), &FromReal,
      +[](float value, int32_t precision, int32_t scale) {
        return fmt::format("Cannot cast REAL '{}' to DECIMAL({}, {})", JavaFloat(value), precision, scale);
      },
      BindToDecimal);
  RegisterIntegerToDecimal<kTinyint>(database, "tinyint");
  RegisterIntegerToDecimal<kSmallint>(database, "smallint");
  RegisterIntegerToDecimal<kInteger>(database, "integer");
  RegisterIntegerToDecimal<kBigint>(database, "bigint");
  RegisterCast(
      database, "decimal_to_decimal", {AnyDecimal(), integer, integer, integer, integer}, AnyDecimal(), &FromDecimal,
      +[](hugeint_t value, int32_t precision, int32_t scale, int32_t from_precision, int32_t from_scale) {
        return fmt::format("Cannot cast DECIMAL({}, {}) '{}' to DECIMAL({}, {})", from_precision, from_scale,
                           Plain(value, from_scale), precision, scale);
      },
      BindToDecimal);
  RegisterFromDecimal(database);
  RegisterScalar(database, "trino_cast_decimal_to_varchar", {AnyDecimal(), integer}, LogicalType::VARCHAR, Plain,
                 Throws::kNever, BindFromDecimal);
}

}  // namespace opentrail::engine
