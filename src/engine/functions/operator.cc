#include <cmath>
#include <limits>

#include "engine/functions/operator_internal.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"

namespace opentrail::engine {

namespace {

// Integer arithmetic that says what overflowed instead of wrapping.
template <typename T>
struct Checked {
  static T Add(T a, T b, std::string_view type) {
    T sum;
    if (__builtin_add_overflow(a, b, &sum)) Overflow(type, "addition", a, '+', b);
    return sum;
  }
  static T Subtract(T a, T b, std::string_view type) {
    T difference;
    if (__builtin_sub_overflow(a, b, &difference)) Overflow(type, "subtraction", a, '-', b);
    return difference;
  }
  static T Multiply(T a, T b, std::string_view type) {
    T product;
    if (__builtin_mul_overflow(a, b, &product)) Overflow(type, "multiplication", a, '*', b);
    return product;
  }
  static T Divide(T a, T b, std::string_view type) {
    if (b == 0) ThrowTrinoText("DIVISION_BY_ZERO", "Division by zero");
    if (a == std::numeric_limits<T>::min() && b == -1) Overflow(type, "division", a, '/', b);
    return static_cast<T>(a / b);
  }
  static T Modulus(T a, T b, std::string_view) {
    if (b == 0) ThrowTrinoText("DIVISION_BY_ZERO", "Division by zero");
    return b == -1 ? T{0} : static_cast<T>(a % b);  // the smallest number by -1 would trap
  }
  static T Negate(T a, std::string_view type) {
    if (a == std::numeric_limits<T>::min()) {
      ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "{} negation overflow: {}", type, a);
    }
    return static_cast<T>(-a);
  }
  [[noreturn]] static void Overflow(std::string_view type, std::string_view what, T a, char symbol, T b) {
    ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "{} {} overflow: {} {} {}", type, what, a, symbol, b);
  }
};

template <typename T>
void RegisterIntegers(duckdb::DatabaseInstance& database, const std::string& type) {
  using Operators = Checked<T>;
  const std::string prefix = "trino_" + type + "_";
  RegisterScalar(database, prefix + "add", [type](T a, T b) -> T { return Operators::Add(a, b, type); });
  RegisterScalar(database, prefix + "subtract", [type](T a, T b) -> T { return Operators::Subtract(a, b, type); });
  RegisterScalar(database, prefix + "multiply", [type](T a, T b) -> T { return Operators::Multiply(a, b, type); });
  RegisterScalar(database, prefix + "divide", [type](T a, T b) -> T { return Operators::Divide(a, b, type); });
  RegisterScalar(database, prefix + "modulus", [type](T a, T b) -> T { return Operators::Modulus(a, b, type); });
  RegisterScalar(database, prefix + "negate", [type](T a) -> T { return Operators::Negate(a, type); });
}

void RegisterFloating(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_double_modulus", [](double a, double b) { return std::fmod(a, b); }, Throws::kNever);
  RegisterScalar(database, "trino_real_modulus", [](float a, float b) { return std::fmod(a, b); }, Throws::kNever);
  RegisterScalar(database, "trino_double_equal", [](double a, double b) { return a == b; }, Throws::kNever);
  RegisterScalar(database, "trino_double_less", [](double a, double b) { return a < b; }, Throws::kNever);
  RegisterScalar(database, "trino_double_less_or_equal", [](double a, double b) { return a <= b; }, Throws::kNever);
}

}  // namespace

void RegisterIntegerOperators(duckdb::DatabaseInstance& database) {
  RegisterIntegers<int8_t>(database, "tinyint");
  RegisterIntegers<int16_t>(database, "smallint");
  RegisterIntegers<int32_t>(database, "integer");
  RegisterIntegers<int64_t>(database, "bigint");
  RegisterFloating(database);
}

void RegisterOperatorFunctions(duckdb::DatabaseInstance& database) {
  RegisterIntegerOperators(database);
  RegisterDecimalOperators(database);
  RegisterDatetimeOperators(database);
  RegisterNestedOperators(database);
}

}  // namespace opentrail::engine
