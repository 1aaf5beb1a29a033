#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include "duckdb/common/types/uuid.hpp"

#include "engine/functions/cast_internal.h"
#include "engine/functions/java_number.h"
#include "engine/functions/number_text.h"
#include "engine/functions/register.h"
#include "engine/functions/utf8.h"

namespace opentrail::engine {

namespace {

using duckdb::LogicalType;

std::string JavaDouble(double value) {
  std::string text;
  AppendJavaDouble(value, text);
  return text;
}

bool EqualsIgnoreCase(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
}

// The names of a type in function names (integer) and in messages of casts from text (INT) and from numbers (integer).
template <typename T>
struct IntegerNames;
template <>
struct IntegerNames<int8_t> {
  static constexpr const char* kName = "tinyint";
  static constexpr const char* kCastName = "TINYINT";
};
template <>
struct IntegerNames<int16_t> {
  static constexpr const char* kName = "smallint";
  static constexpr const char* kCastName = "SMALLINT";
};
template <>
struct IntegerNames<int32_t> {
  static constexpr const char* kName = "integer";
  static constexpr const char* kCastName = "INT";
};
template <>
struct IntegerNames<int64_t> {
  static constexpr const char* kName = "bigint";
  static constexpr const char* kCastName = "BIGINT";
};

template <typename T>
std::optional<T> Narrow(int64_t value) {
  if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) return std::nullopt;
  return static_cast<T>(value);
}

template <typename T>
void RegisterIntegerCasts(duckdb::DatabaseInstance& database, const LogicalType& type) {
  using Names = IntegerNames<T>;
  const std::string name = Names::kName;
  RegisterCast(
      database, "varchar_to_" + name, {LogicalType::VARCHAR}, type, &IntegerFromText<T>,
      +[](std::string_view text) { return fmt::format("Cannot cast '{}' to {}", text, Names::kCastName); });
  RegisterCast(
      database, "double_to_" + name, {LogicalType::DOUBLE}, type, &IntegerFromDouble<T>, +[](double value) {
        if (sizeof(T) == sizeof(int64_t))
          return fmt::format("Unable to cast {} to {}", JavaDouble(value), Names::kName);
        if (std::isnan(value)) return fmt::format("Cannot cast double NaN to {}", Names::kName);
        ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "Out of range for {}: {}", Names::kName, JavaDouble(value));
      });
  if constexpr (sizeof(T) < sizeof(int64_t)) {
    RegisterCast(
        database, "bigint_to_" + name, {LogicalType::BIGINT}, type, &Narrow<T>,
        +[](int64_t value) { return fmt::format("Out of range for {}: {}", Names::kName, value); }, nullptr,
        "NUMERIC_VALUE_OUT_OF_RANGE");
  }
}

void RegisterFloatingCasts(duckdb::DatabaseInstance& database) {
  RegisterCast(
      database, "varchar_to_double", {LogicalType::VARCHAR}, LogicalType::DOUBLE, &ParseJavaDouble,
      +[](std::string_view text) { return fmt::format("Cannot cast '{}' to DOUBLE", text); });
  RegisterCast(
      database, "varchar_to_real", {LogicalType::VARCHAR}, LogicalType::FLOAT, &ParseJavaReal,
      +[](std::string_view text) { return fmt::format("Cannot cast '{}' to REAL", text); });
  RegisterScalar(
      database, "trino_cast_double_to_real",
      [](double value) -> float {
        // Past the range a float is infinite, which a plain conversion leaves open.
        if (std::abs(value) > std::numeric_limits<float>::max()) {
          const double next = std::nextafter(double{std::numeric_limits<float>::max()}, HUGE_VAL);
          if (std::abs(value) > next) return value < 0 ? -HUGE_VALF : HUGE_VALF;
        }
        return static_cast<float>(value);
      },
      Throws::kNever);
  RegisterScalar(
      database, "trino_cast_double_to_varchar", [](double value) { return FormatScientific(value); }, Throws::kNever);
  RegisterScalar(
      database, "trino_cast_real_to_varchar", [](float value) { return FormatScientific(value); }, Throws::kNever);
}

std::optional<std::string_view> FitText(std::string_view text, int64_t length) {
  if (CountCodePoints(text) > length) return std::nullopt;
  return text;
}

template <typename Number>
std::optional<std::string_view> FitNumber(std::string_view text, int64_t length, Number) {
  return FitText(text, length);
}

template <typename Number>
std::string NumberDoesNotFit(std::string_view text, int64_t length, Number value) {
  std::string java;
  if constexpr (std::is_same_v<Number, float>) {
    AppendJavaFloat(value, java);
  } else {
    AppendJavaDouble(value, java);
  }
  return fmt::format("Value {} ({}) cannot be represented as varchar({})", java, text, length);
}

// 8-4-4-4-12 hexadecimal digits and nothing else: the engine would take more.
std::optional<duckdb::hugeint_t> UuidFromText(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return std::nullopt;
  }
  duckdb::hugeint_t value;
  if (!duckdb::UUID::FromString(std::string(text), value)) return std::nullopt;
  return value;
}

// Five groups of digits, which Java reads whatever their length.
bool HasUuidGroups(std::string_view text) {
  return std::ranges::count(text, '-') == 4 && text.find("--") == std::string_view::npos && text.front() != '-' &&
         text.back() != '-' &&
         std::ranges::all_of(text, [](unsigned char c) { return c == '-' || std::isxdigit(c) != 0; });
}

std::optional<duckdb::hugeint_t> UuidFromBytes(std::string_view bytes) {
  if (bytes.size() != 16) return std::nullopt;
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return UuidFromText(text);
}

// Sixteen bytes as they are, or an IPv4 address's four.
std::optional<std::string> IpAddressFromBytes(std::string_view bytes) {
  constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  if (bytes.size() == 4) return std::string(kMapped) + std::string(bytes);
  if (bytes.size() != 16) return std::nullopt;
  return std::string(bytes);
}

void RegisterTextCasts(duckdb::DatabaseInstance& database) {
  RegisterCast(
      database, "varchar_to_boolean", {LogicalType::VARCHAR}, LogicalType::BOOLEAN, &BooleanFromText,
      +[](std::string_view text) { return fmt::format("Cannot cast '{}' to BOOLEAN", text); });
  RegisterCast(
      database, "fit_varchar", {LogicalType::VARCHAR, LogicalType::BIGINT}, LogicalType::VARCHAR, &FitText,
      +[](std::string_view text, int64_t length) {
        return fmt::format("Value {} cannot be represented as varchar({})", text, length);
      });
  RegisterCast(
      database, "fit_column", {LogicalType::VARCHAR, LogicalType::BIGINT}, LogicalType::VARCHAR, &FitText,
      +[](std::string_view text, int64_t length) {
        return fmt::format("Value [{}] does not fit in type varchar({})", text, length);
      },
      nullptr, "GENERIC_INTERNAL_ERROR");
  RegisterCast(database, "fit_double", {LogicalType::VARCHAR, LogicalType::BIGINT, LogicalType::DOUBLE},
               LogicalType::VARCHAR, &FitNumber<double>, &NumberDoesNotFit<double>);
  RegisterCast(database, "fit_real", {LogicalType::VARCHAR, LogicalType::BIGINT, LogicalType::FLOAT},
               LogicalType::VARCHAR, &FitNumber<float>, &NumberDoesNotFit<float>);
  RegisterCast(
      database, "varchar_to_uuid", {LogicalType::VARCHAR}, LogicalType::UUID, &UuidFromText,
      +[](std::string_view text) {
        return HasUuidGroups(text) ? fmt::format("Invalid UUID string length: {}", text.size())
                                   : fmt::format("Cannot cast value to UUID: {}", text);
      });
  RegisterCast(
      database, "varbinary_to_uuid", {LogicalType::BLOB}, LogicalType::UUID, &UuidFromBytes,
      +[](std::string_view bytes) { return fmt::format("Invalid UUID binary length: {}", bytes.size()); });
  RegisterCast(
      database, "varbinary_to_ipaddress", {LogicalType::BLOB}, LogicalType::BLOB, &IpAddressFromBytes,
      +[](std::string_view bytes) { return fmt::format("Invalid IP address binary length: {}", bytes.size()); });
}

}  // namespace

std::optional<bool> BooleanFromText(std::string_view text) {
  for (const std::string_view yes : {"t", "true", "1"}) {
    if (EqualsIgnoreCase(text, yes)) return true;
  }
  for (const std::string_view no : {"f", "false", "0"}) {
    if (EqualsIgnoreCase(text, no)) return false;
  }
  return std::nullopt;
}

namespace {

// The zeros of Unicode's decimal digits past ASCII, as far as a char of Java holds them: the other nine follow each.
// https://www.unicode.org/Public/UCD/latest/ucd/extracted/DerivedNumericType.txt
constexpr auto kZeros = std::to_array<uint16_t>(
    {0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
     0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
     0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10});

// The digits of any script as those of ASCII.
std::string WithAsciiDigits(std::string_view text) {
  std::string ascii;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const uint32_t code_point = NextCodePoint(text, at);
    const auto* const after = std::ranges::upper_bound(kZeros, code_point);
    const uint32_t digit = after == kZeros.begin() ? code_point : code_point - *std::prev(after);
    if (at - begin > 1 && digit < 10) {
      ascii += static_cast<char>('0' + digit);
    } else {
      ascii += text.substr(begin, at - begin);
    }
  }
  return ascii;
}

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

}  // namespace

template <typename T>
std::optional<T> IntegerFromText(std::string_view text) {
  if (!IsAscii(text)) {
    const std::string ascii = WithAsciiDigits(text);
    return IsAscii(ascii) ? IntegerFromText<T>(std::string_view(ascii)) : std::nullopt;
  }
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  T value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename T>
std::optional<T> IntegerFromDouble(double value) {
  const double rounded = std::round(value);
  // The bounds are powers of two, exact as doubles, where the largest integer itself may not be.
  const double bound = std::ldexp(1.0, std::numeric_limits<T>::digits);
  if (!(rounded >= -bound && rounded < bound)) return std::nullopt;
  return static_cast<T>(rounded);
}

template std::optional<int8_t> IntegerFromText(std::string_view);
template std::optional<int16_t> IntegerFromText(std::string_view);
template std::optional<int32_t> IntegerFromText(std::string_view);
template std::optional<int64_t> IntegerFromText(std::string_view);
template std::optional<int8_t> IntegerFromDouble(double);
template std::optional<int16_t> IntegerFromDouble(double);
template std::optional<int32_t> IntegerFromDouble(double);
template std::optional<int64_t> IntegerFromDouble(double);

void RegisterNumberCasts(duckdb::DatabaseInstance& database) {
  RegisterIntegerCasts<int8_t>(database, LogicalType::TINYINT);
  RegisterIntegerCasts<int16_t>(database, LogicalType::SMALLINT);
  RegisterIntegerCasts<int32_t>(database, LogicalType::INTEGER);
  RegisterIntegerCasts<int64_t>(database, LogicalType::BIGINT);
  RegisterFloatingCasts(database);
  RegisterTextCasts(database);
}

void RegisterCastFunctions(duckdb::DatabaseInstance& database) {
  RegisterNumberCasts(database);
  RegisterDecimalCasts(database);
  RegisterDatetimeCasts(database);
  RegisterJsonCasts(database);
}

}  // namespace opentrail::engine
