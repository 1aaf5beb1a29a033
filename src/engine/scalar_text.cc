#include "engine/scalar_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "codec/text.h"
#include "duckdb.hpp"
#include "duckdb/common/types/date.hpp"
#include "duckdb/common/types/timestamp.hpp"
#include "duckdb/common/types/value.hpp"

namespace opentrail::engine {
namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::string_t;
using duckdb::StringVector;
using duckdb::Vector;
using sql::TypeKind;

constexpr int64_t kMicrosPerMilli = 1000;
constexpr int64_t kMillisPerSecond = 1000;
constexpr size_t kDigitsOfMillis = 13;  // a number of so many digits or more counts milliseconds, as OpenX reads it
constexpr size_t kTextShownMax = 200;
constexpr double kMaxExact = 9007199254740992.0;  // whole numbers of a double

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; });
}

template <typename T>
void Put(Vector& target, idx_t row, T value) {
  SetValid(target, row);
  FlatVector::GetData<T>(target)[row] = value;
}

template <typename T>
bool ReadNumber(std::string_view text, T& value) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

template <typename T>
bool SetInteger(Vector& target, idx_t row, std::string_view text, TextDialect dialect) {
  T value{};
  if (!ReadNumber(text, value)) {
    double wide = 0;  // "3.0", "1e3"
    if (dialect != TextDialect::kOpenxJson || !ReadNumber(text, wide)) return false;
    if (!(std::abs(wide) <= kMaxExact) || wide < static_cast<double>(std::numeric_limits<T>::min()) ||
        wide > static_cast<double>(std::numeric_limits<T>::max())) {
      return false;
    }
    value = static_cast<T>(wide);
  }
  Put(target, row, value);
  return true;
}

template <typename T>
bool SetFloating(Vector& target, idx_t row, std::string_view text) {
  T value{};
  if (!ReadNumber(text, value)) return false;
  Put(target, row, value);
  return true;
}

bool SetBoolean(Vector& target, idx_t row, std::string_view text, TextDialect dialect) {
  const bool is_true = EqualsIgnoringCase(text, "true");
  const bool others_are_false = dialect == TextDialect::kJson || dialect == TextDialect::kOpenxJson;
  if (!is_true && !others_are_false && !EqualsIgnoringCase(text, "false")) return false;
  Put(target, row, is_true);
  return true;
}

// Decimals, UUIDs and the like: rare, so the engine's own cast serves.
bool SetByCast(Vector& target, idx_t row, std::string_view text) {
  if (!duckdb::Value::StringIsValid(text.data(), text.size())) return false;
  duckdb::Value value{std::string(text)};
  duckdb::Value converted;
  duckdb::string error;
  if (!value.DefaultTryCastAs(target.GetType(), converted, &error)) return false;
  SetValid(target, row);
  target.SetValue(row, converted);
  return true;
}

bool SetDate(Vector& target, idx_t row, std::string_view text, TextDialect dialect) {
  int32_t days = 0;
  const bool may_be_days = dialect == TextDialect::kCsv || dialect == TextDialect::kOpenxJson;
  if (may_be_days && ReadNumber(text, days)) {
    Put(target, row, duckdb::date_t(days));
    return true;
  }
  if (dialect == TextDialect::kCsv) return false;
  return SetByCast(target, row, text.substr(0, text.find(' ')));
}

bool SetMillis(Vector& target, idx_t row, int64_t millis) {
  int64_t micros = 0;
  if (__builtin_mul_overflow(millis, kMicrosPerMilli, &micros)) return false;
  const duckdb::timestamp_t timestamp(micros);
  if (!duckdb::Timestamp::IsFinite(timestamp)) return false;
  Put(target, row, timestamp);
  return true;
}

bool SetTimestamp(Vector& target, idx_t row, std::string_view text, TextDialect dialect) {
  int64_t number = 0;
  if (dialect == TextDialect::kCsv) return ReadNumber(text, number) && SetMillis(target, row, number);
  if (dialect == TextDialect::kOpenxJson && ReadNumber(text, number)) {
    const bool is_seconds = text.size() < kDigitsOfMillis;
    return SetMillis(target, row, is_seconds ? number * kMillisPerSecond : number);
  }
  duckdb::timestamp_t timestamp;
  // With a zone in the text, it is the time in UTC.
  if (duckdb::Timestamp::TryConvertTimestamp(text.data(), text.size(), timestamp, false) !=
      duckdb::TimestampCastResult::SUCCESS) {
    return SetByCast(target, row, text);
  }
  // Precision 3, as Athena has it.
  Put(target, row, duckdb::timestamp_t(duckdb::Timestamp::GetEpochMs(timestamp) * kMicrosPerMilli));
  return true;
}

// The first `length` characters.
std::string_view Truncate(std::string_view text, uint32_t length) {
  size_t at = 0;
  for (uint32_t characters = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<uint8_t>(text[at]) & 0xC0) != 0x80;
    if (begins && characters++ == length) break;
  }
  return text.substr(0, at);
}

bool SetText(Vector& target, idx_t row, std::string_view text) {
  SetValid(target, row);
  FlatVector::GetData<string_t>(target)[row] = StringVector::AddStringOrBlob(target, text.data(), text.size());
  return true;
}

bool SetBinary(Vector& target, idx_t row, std::string_view text, TextDialect dialect) {
  if (dialect == TextDialect::kLogs || dialect == TextDialect::kJson) return SetText(target, row, text);
  const auto bytes = codec::Base64Decode(text);
  return bytes && SetText(target, row, *bytes);
}

bool SetBoundedText(Vector& target, idx_t row, std::string_view text, const sql::Type& type) {
  text = Truncate(text, type.length());
  if (type.kind() == TypeKind::kChar) text = text.substr(0, text.find_last_not_of(' ') + 1);
  return SetText(target, row, text);
}

}  // namespace

bool IsPlainText(const sql::Type& type) {
  return type.kind() == TypeKind::kVarchar && type.length() == sql::Type::kUnbounded;
}

void SetValid(Vector& vector, idx_t row) {
  auto& validity = FlatVector::Validity(vector);
  if (!validity.AllValid()) validity.SetValid(row);
}

void SetNull(Vector& vector, idx_t row) {
  FlatVector::SetNull(vector, row, true);
  const duckdb::PhysicalType physical = vector.GetType().InternalType();
  if (physical == duckdb::PhysicalType::LIST) FlatVector::GetData<duckdb::list_entry_t>(vector)[row] = {0, 0};
  if (physical == duckdb::PhysicalType::STRUCT) {
    for (auto& entry : duckdb::StructVector::GetEntries(vector)) SetNull(*entry, row);
  }
}

bool TrySetScalarText(Vector& target, idx_t row, std::string_view text, const sql::Type& type, TextDialect dialect) {
  switch (type.kind()) {
    case TypeKind::kBoolean: return SetBoolean(target, row, text, dialect);
    case TypeKind::kTinyint: return SetInteger<int8_t>(target, row, text, dialect);
    case TypeKind::kSmallint: return SetInteger<int16_t>(target, row, text, dialect);
    case TypeKind::kInteger: return SetInteger<int32_t>(target, row, text, dialect);
    case TypeKind::kBigint: return SetInteger<int64_t>(target, row, text, dialect);
    case TypeKind::kReal: return SetFloating<float>(target, row, text);
    case TypeKind::kDouble: return SetFloating<double>(target, row, text);
    case TypeKind::kDate: return SetDate(target, row, text, dialect);
    case TypeKind::kTimestamp: return SetTimestamp(target, row, text, dialect);
    case TypeKind::kVarbinary: return SetBinary(target, row, text, dialect);
    case TypeKind::kVarchar:
    case TypeKind::kChar: return SetBoundedText(target, row, text, type);
    default: return SetByCast(target, row, text);
  }
}

void SetScalarText(Vector& target, idx_t row, std::string_view text, const sql::Type& type, const TextRules& rules) {
  if (TrySetScalarText(target, row, text, type, rules.dialect)) return;
  if (rules.invalid == InvalidText::kIsNull) return SetNull(target, row);
  const std::string_view shown = text.substr(0, kTextShownMax);
  throw duckdb::InvalidInputException(
      fmt::format("HIVE_BAD_DATA: Error parsing field value '{0}' for field {1}: For input string: \"{0}\" ({2})",
                  shown, rules.column, type.Name()));
}

}  // namespace opentrail::engine
