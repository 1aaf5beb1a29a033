#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <unordered_map>

#include "engine/functions/collections.h"
#include "engine/functions/java_math.h"
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
using duckdb::Vector;

template <typename T>
constexpr const char* TrinoName() {
  if constexpr (std::is_same_v<T, int8_t>)
    return "tinyint";
  else if constexpr (std::is_same_v<T, int16_t>)
    return "smallint";
  else if constexpr (std::is_same_v<T, int32_t>)
    return "integer";
  else
    return "bigint";
}

template <typename T>
T CheckedNarrow(int64_t value) {
  if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) {
    ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "Out of range for {}: {}", TrinoName<T>(), value);
  }
  return static_cast<T>(value);
}

template <typename T>
T Absolute(T value) {
  if (value == std::numeric_limits<T>::min()) {
    ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "Value {} is out of range for abs({})", value, TrinoName<T>());
  }
  return value < 0 ? -value : value;
}

// Half away from zero to 10^-decimals, for decimals < 0.
int64_t RoundInteger(int64_t value, int32_t decimals) {
  if (decimals >= 0) return value;
  if (decimals < -18) ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "numerical overflow: {}", value);
  int64_t factor = 1;
  for (int32_t i = 0; i > decimals; i--) factor *= 10;
  const int64_t remainder = value % factor;
  int64_t quotient = value / factor;
  if (std::llabs(remainder) >= factor - std::llabs(remainder)) quotient += value < 0 ? -1 : 1;
  int64_t rounded = 0;
  if (__builtin_mul_overflow(quotient, factor, &rounded)) {
    ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "numerical overflow: {}", value);
  }
  return rounded;
}

// floor(x + 1/2) without the error of the addition, for x >= 0; what is too large to have a fraction stays.
double RoundHalfUp(double value) {
  constexpr double kNoFraction = 4503599627370496.0;  // 2^52
  if (!(value < kNoFraction)) return value;
  const double floor = std::floor(value);
  return value - floor >= 0.5 ? floor + 1 : floor;
}

double RoundDouble(double value, int32_t decimals) {
  if (!std::isfinite(value)) return value;
  const double factor = std::pow(10.0, decimals);
  const double rounded = RoundHalfUp(std::fabs(value) * factor) / factor;
  if (!std::isfinite(rounded)) return value;
  return value < 0 ? -rounded : rounded;
}

template <typename T>
T Remainder(T dividend, T divisor) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::fmod(dividend, divisor);
  } else {
    if (divisor == 0) ThrowTrinoText("GENERIC_INTERNAL_ERROR", "/ by zero");  // the operator says it better
    if (divisor == -1) return 0;                                              // the one quotient that overflows
    return static_cast<T>(dividend % divisor);
  }
}

template <typename T>
T Sign(T value) {
  if (std::isnan(value) || value == 0) return value;
  return value < 0 ? -1 : 1;
}

// Shift counts of the type's width or more shift everything out; negative ones wrap as Java's do.
template <typename T>
constexpr int64_t kWidth = 8 * static_cast<int64_t>(sizeof(T));

template <typename T>
T ShiftLeft(T value, int64_t shift) {
  if (shift >= kWidth<T>) return 0;
  return static_cast<T>(static_cast<uint64_t>(value) << (shift & 63));
}

template <typename T>
T ShiftRight(T value, int64_t shift) {
  if (shift >= kWidth<T>) return 0;
  return static_cast<T>(static_cast<uint64_t>(static_cast<std::make_unsigned_t<T>>(value)) >> (shift & 63));
}

template <typename T>
T ShiftRightArithmetic(T value, int64_t shift) {
  if (shift >= kWidth<T>) return value >= 0 ? 0 : -1;
  return static_cast<T>(static_cast<int64_t>(value) >> (shift & 63));
}

template <typename T>
void RegisterIntegers(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_abs", [](T value) { return Absolute(value); });
  RegisterScalar(database, "trino_round", [](T value, int32_t decimals) {
    const int64_t rounded = RoundInteger(value, decimals);
    if constexpr (std::is_same_v<T, int32_t>) {
      if (static_cast<T>(rounded) != rounded) ThrowTrino("GENERIC_INTERNAL_ERROR", "integer overflow");
    }
    return CheckedNarrow<T>(rounded);
  });
  RegisterScalar(database, "trino_mod", [](T dividend, T divisor) { return Remainder(dividend, divisor); });
  RegisterScalar(
      database, "trino_bitwise_left_shift", [](T value, int64_t shift) { return ShiftLeft(value, shift); },
      Throws::kNever);
  RegisterScalar(
      database, "trino_bitwise_right_shift", [](T value, int64_t shift) { return ShiftRight(value, shift); },
      Throws::kNever);
  RegisterScalar(
      database, "trino_bitwise_right_shift_arithmetic",
      [](T value, int64_t shift) { return ShiftRightArithmetic(value, shift); }, Throws::kNever);
}

template <typename T>
void RegisterFloats(duckdb::DatabaseInstance& database) {
  RegisterScalar(
      database, "trino_round", [](T value, int32_t decimals) { return static_cast<T>(RoundDouble(value, decimals)); },
      Throws::kNever);
  RegisterScalar(
      database, "trino_mod", [](T dividend, T divisor) { return Remainder(dividend, divisor); }, Throws::kNever);
  RegisterScalar(database, "trino_sign", [](T value) { return Sign(value); }, Throws::kNever);
}

// random(n) and random(m, n): [start, stop). Two calls in one query are two numbers, so it is volatile.
template <typename T>
void Random(DataChunk& arguments, ExpressionState&, Vector& result) {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  const scalar_detail::Column<T> starts(arguments.data[0], arguments.size());
  const scalar_detail::Column<T> stops(arguments.data[1], arguments.size());
  const scalar_detail::Column<bool> has_start(arguments.data[2], arguments.size());
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < arguments.size(); row++) {
    if (starts.Missing(row) || stops.Missing(row)) {
      FlatVector::SetNull(result, row, true);
      continue;
    }
    if (starts.Get(row) >= stops.Get(row)) {
      ThrowInvalidArgument("{}",
                           has_start.Get(row) ? "start value must be less than stop value" : "bound must be positive");
    }
    std::uniform_int_distribution<int64_t> distribution(starts.Get(row), static_cast<int64_t>(stops.Get(row)) - 1);
    FlatVector::GetData<T>(result)[row] = static_cast<T>(distribution(generator));
  }
}

template <typename T>
void RegisterRandom(duckdb::DatabaseInstance& database) {
  const LogicalType type = scalar_detail::TypeOf<T>();
  duckdb::ScalarFunction random("trino_random", {type, type, LogicalType::BOOLEAN}, type, Random<T>);
  random.stability = duckdb::FunctionStability::VOLATILE;
  random.errors = duckdb::FunctionErrors::CAN_THROW_RUNTIME_ERROR;
  AddToCatalog(database, std::move(random));
}

void RegisterDoubles(duckdb::DatabaseInstance& database) {
  const auto unary = [&](const char* name, double (*function)(double)) {
    RegisterScalar(database, name, [function](double value) { return function(value); }, Throws::kNever);
  };
  unary("trino_acos", std::acos);
  unary("trino_asin", std::asin);
  unary("trino_atan", std::atan);
  // Through a wider type: the C library's own may miss by one digit, 3.0000000000000004 of 27.
  unary("trino_cbrt", [](double value) { return static_cast<double>(cbrtl(value)); });
  unary("trino_cos", std::cos);
  unary("trino_cosh", JavaCosh);
  unary("trino_exp", std::exp);
  unary("trino_ln", std::log);
  unary("trino_log10", std::log10);
  unary("trino_sin", std::sin);
  unary("trino_sinh", std::sinh);
  unary("trino_sqrt", std::sqrt);
  unary("trino_tan", std::tan);
  unary("trino_tanh", std::tanh);
  unary("trino_log2", [](double value) { return std::log(value) / std::log(2.0); });
  unary("trino_degrees", [](double value) { return value * (180.0 / M_PI); });
  unary("trino_radians", [](double value) { return value * (M_PI / 180.0); });
  const auto binary = [&](const char* name, double (*function)(double, double)) {
    RegisterScalar(database, name, [function](double a, double b) { return function(a, b); }, Throws::kNever);
  };
  binary("trino_atan2", std::atan2);
  binary("trino_log", [](double base, double value) { return std::log(value) / std::log(base); });
  // Java, unlike C, has no opinion on 1 to the power of what is not a number, nor on ±1 to that of infinity.
  binary("trino_power", [](double base, double exponent) {
    if (std::isnan(exponent) || (std::fabs(base) == 1 && std::isinf(exponent))) return std::nan("");
    return std::pow(base, exponent);
  });
}

void CheckRadix(int64_t radix) {
  if (radix < 2 || radix > 36) ThrowInvalidArgument("Radix must be between 2 and 36");
}

std::string ToBase(int64_t value, int64_t radix) {
  CheckRadix(radix);
  std::string digits;
  uint64_t rest = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  do {
    digits.insert(digits.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[rest % radix]);
    rest /= radix;
  } while (rest != 0);
  return value < 0 ? "-" + digits : digits;
}

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 36;
}

int64_t FromBase(std::string_view text, int64_t radix) {
  CheckRadix(radix);
  const auto refuse = [&] { ThrowInvalidArgument("Not a valid base-{} number: {}", radix, text); };
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty()) refuse();
  int64_t value = 0;
  for (const char c : digits) {
    const int digit = DigitOf(c);
    if (digit >= radix || __builtin_mul_overflow(value, radix, &value) ||
        __builtin_add_overflow(value, negative ? -digit : digit, &value)) {
      refuse();
    }
  }
  return value;
}

int64_t WidthBucket(double operand, double bound1, double bound2, int64_t count) {
  if (count <= 0) ThrowInvalidArgument("bucketCount must be greater than 0");
  if (std::isnan(operand)) ThrowInvalidArgument("operand must not be NaN");
  if (!std::isfinite(bound1)) ThrowInvalidArgument("first bound must be finite");
  if (!std::isfinite(bound2)) ThrowInvalidArgument("second bound must be finite");
  if (bound1 == bound2) ThrowInvalidArgument("bounds cannot equal each other");
  const double lower = std::fmin(bound1, bound2);
  const double upper = std::fmax(bound1, bound2);
  int64_t bucket = 0;
  if (operand >= upper) {
    if (count == std::numeric_limits<int64_t>::max()) {
      ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "Bucket for value {} is out of range", operand);
    }
    bucket = count + 1;
  } else if (operand >= lower) {
    bucket = static_cast<int64_t>(static_cast<double>(count) * (operand - lower) / (upper - lower) + 1);
  }
  return bound1 > bound2 ? count - bucket + 1 : bucket;
}

// How many of the sorted bins lie at or below the operand. NULL bins are refused: they have no order.
int64_t BinOf(double operand, const duckdb::UnifiedVectorFormat& bins, duckdb::list_entry_t entry) {
  const auto bin = [&](idx_t i) {
    const idx_t index = bins.sel->get_index(entry.offset + i);
    if (!bins.validity.RowIsValid(index)) ThrowInvalidArgument("Bin value must be finite, got null");
    return duckdb::UnifiedVectorFormat::GetData<double>(bins)[index];
  };
  if (entry.length == 0) ThrowInvalidArgument("Bins cannot be an empty array");
  if (std::isnan(operand)) ThrowInvalidArgument("Operand cannot be NaN");
  idx_t lower = 0;
  idx_t upper = entry.length;
  while (lower < upper) {
    if (bin(lower) > bin(upper - 1)) ThrowInvalidArgument("Bin values are not sorted in ascending order");
    const idx_t middle = (lower + upper) / 2;
    if (!std::isfinite(bin(middle))) ThrowInvalidArgument("Bin value must be finite, got {}", bin(middle));
    if (operand < bin(middle))
      upper = middle;
    else
      lower = middle + 1;
  }
  return static_cast<int64_t>(lower);
}

void WidthBucketOfBins(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const scalar_detail::Column<double> operands(arguments.data[0], rows);
  const ListReader lists(arguments.data[1], rows);
  duckdb::UnifiedVectorFormat bins;
  lists.Elements().ToUnifiedFormat(lists.ElementCount(), bins);
  for (idx_t row = 0; row < rows; row++) {
    if (operands.Missing(row) || lists.IsNull(row)) {
      FlatVector::SetNull(result, row, true);
    } else {
      FlatVector::GetData<int64_t>(result)[row] = BinOf(operands.Get(row), bins, lists.Entry(row));
    }
  }
  MarkConstant(arguments, result);
}

int64_t BitCount(int64_t value, int64_t bits) {
  if (bits < 2 || bits > 64) {
    ThrowInvalidArgument("Bits specified in bit_count must be between 2 and 64, got {}", bits);
  }
  if (bits == 64) return __builtin_popcountll(value);
  const int64_t highest = (int64_t{1} << (bits - 1)) - 1;
  if (value > highest || value < ~highest) {
    ThrowInvalidArgument("Number must be representable with the bits specified. {} cannot be represented with {} bits",
                         value, bits);
  }
  return __builtin_popcountll(value & ((uint64_t{1} << bits) - 1));
}

// Squared length of a sparse vector; nullopt where a value is NULL.
std::optional<double> SquaredNorm(const KeyedLists& maps, const scalar_detail::Column<double>& values, idx_t row) {
  double norm = 0;
  for (idx_t i = maps.First(row); i < maps.First(row) + maps.Size(row); i++) {
    if (values.Missing(i)) return std::nullopt;
    norm += values.Get(i) * values.Get(i);
  }
  return norm;
}

void CosineSimilarity(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  KeyedLists left(arguments.data[0], rows, 0);
  KeyedLists right(arguments.data[1], rows, 0);
  const scalar_detail::Column<double> left_values(*duckdb::StructVector::GetEntries(left.Elements())[1], left.Count());
  const scalar_detail::Column<double> right_values(*duckdb::StructVector::GetEntries(right.Elements())[1],
                                                   right.Count());
  for (idx_t row = 0; row < rows; row++) {
    const std::optional<double> left_norm = SquaredNorm(left, left_values, row);
    const std::optional<double> right_norm = SquaredNorm(right, right_values, row);
    if (left.IsNull(row) || right.IsNull(row) || !left_norm || !right_norm) {
      FlatVector::SetNull(result, row, true);
      continue;
    }
    std::unordered_map<std::string_view, double> by_key;
    for (idx_t i = right.First(row); i < right.First(row) + right.Size(row); i++) {
      by_key.emplace(right.Keys().Key(i), right_values.Get(i));
    }
    double product = 0;
    for (idx_t i = left.First(row); i < left.First(row) + left.Size(row); i++) {
      const auto match = by_key.find(left.Keys().Key(i));
      if (match != by_key.end()) product += left_values.Get(i) * match->second;
    }
    FlatVector::GetData<double>(result)[row] = product / (std::sqrt(*left_norm) * std::sqrt(*right_norm));
  }
  MarkConstant(arguments, result);
}

void RegisterBases(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_to_base", ToBase);
  RegisterScalar(database, "trino_from_base", FromBase);
  RegisterScalar(database, "trino_bit_count", BitCount);
  RegisterScalar(database, "trino_width_bucket", WidthBucket);
  RegisterChunk(database, {"trino_width_bucket",
                           {LogicalType::DOUBLE, LogicalType::LIST(LogicalType::DOUBLE)},
                           LogicalType::BIGINT,
                           WidthBucketOfBins});
  const LogicalType sparse = LogicalType::MAP(LogicalType::VARCHAR, LogicalType::DOUBLE);
  RegisterChunk(database, {"trino_cosine_similarity", {sparse, sparse}, LogicalType::DOUBLE, CosineSimilarity});
}

}  // namespace

void RegisterMathFunctions(duckdb::DatabaseInstance& database) {
  RegisterIntegers<int8_t>(database);
  RegisterIntegers<int16_t>(database);
  RegisterIntegers<int32_t>(database);
  RegisterIntegers<int64_t>(database);
  RegisterFloats<float>(database);
  RegisterFloats<double>(database);
  RegisterRandom<int8_t>(database);
  RegisterRandom<int16_t>(database);
  RegisterRandom<int32_t>(database);
  RegisterRandom<int64_t>(database);
  RegisterDoubles(database);
  RegisterBases(database);
  RegisterDecimalMath(database);
  RegisterDistributions(database);
}

}  // namespace opentrail::engine
