#include "engine/render.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "duckdb/common/types/decimal.hpp"
#include "duckdb/common/types/hugeint.hpp"
#include "duckdb/common/types/uuid.hpp"
#include "engine/functions/ip_address.h"
#include "engine/functions/java_number.h"
#include "engine/hex_bytes.h"
#include "sql/datetime_text.h"
#include "sql/time_zone_key.h"

namespace opentrail::engine {
namespace {

using duckdb::idx_t;
using duckdb::RecursiveUnifiedVectorFormat;
using sql::Type;
using sql::TypeKind;

// Athena prints times to the millisecond whatever their precision.
constexpr uint32_t kPrintedDigits = 3;

template <typename T>
const T& At(const RecursiveUnifiedVectorFormat& vector, idx_t index) {
  return duckdb::UnifiedVectorFormat::GetDataUnsafe<T>(vector.unified)[index];
}

template <typename T>
void AppendInteger(T value, std::string& out) {
  char digits[24];
  const auto result = std::to_chars(digits, digits + sizeof(digits), static_cast<int64_t>(value));
  out.append(digits, result.ptr);
}

std::string_view TextAt(const RecursiveUnifiedVectorFormat& vector, idx_t index) {
  const auto& text = At<duckdb::string_t>(vector, index);
  return {text.GetData(), text.GetSize()};
}

void AppendIpAddress(std::string_view bytes, std::string& out) {
  IpAddress address{};
  if (bytes.size() != address.size()) return AppendHexBytes(bytes, out);
  std::ranges::copy(bytes, address.begin());
  out += IpAddressText(address);
}

void AppendDecimal(const Type& type, const RecursiveUnifiedVectorFormat& vector, idx_t index, std::string& out) {
  // A width that equals the scale makes the engine leave out the 0 before the point.
  const auto width = static_cast<uint8_t>(type.precision() + 1);
  const auto scale = static_cast<uint8_t>(type.scale());
  switch (vector.unified.physical_type) {
    case duckdb::PhysicalType::INT16: out += duckdb::Decimal::ToString(At<int16_t>(vector, index), width, scale); break;
    case duckdb::PhysicalType::INT32: out += duckdb::Decimal::ToString(At<int32_t>(vector, index), width, scale); break;
    case duckdb::PhysicalType::INT64: out += duckdb::Decimal::ToString(At<int64_t>(vector, index), width, scale); break;
    default: out += duckdb::Decimal::ToString(At<duckdb::hugeint_t>(vector, index), width, scale); break;
  }
}

// A signed number whatever its kind: the sort key of a map's numeric keys.
std::optional<double> NumberAt(const RecursiveUnifiedVectorFormat& vector, idx_t index) {
  switch (vector.unified.physical_type) {
    case duckdb::PhysicalType::INT8: return At<int8_t>(vector, index);
    case duckdb::PhysicalType::INT16: return At<int16_t>(vector, index);
    case duckdb::PhysicalType::INT32: return At<int32_t>(vector, index);
    case duckdb::PhysicalType::INT64: return static_cast<double>(At<int64_t>(vector, index));
    case duckdb::PhysicalType::FLOAT: return At<float>(vector, index);
    case duckdb::PhysicalType::DOUBLE: return At<double>(vector, index);
    default: return std::nullopt;
  }
}

int64_t Printed(int64_t micros) { return sql::RoundMicros(micros, kPrintedDigits); }
// Of a time of day, which begins anew at midnight.
int64_t PrintedTime(int64_t micros) { return Printed(micros) % sql::kMicrosPerDay; }

void AppendZonedTime(int64_t packed, std::string& out) {
  out += sql::FormatTime(PrintedTime(sql::PackedTimeMicros(packed)), kPrintedDigits);
  out += sql::OffsetName(sql::PackedTimeOffset(packed));
}

}  // namespace

void ValueRenderer::AppendNested(const Type& type, const RecursiveUnifiedVectorFormat& vector, idx_t row,
                                 std::string& out) {
  if (!Render(type, vector, row, out)) out += "null";
}

void ValueRenderer::AppendArray(const Type& type, const RecursiveUnifiedVectorFormat& vector, idx_t index,
                                std::string& out) {
  const auto entry = At<duckdb::list_entry_t>(vector, index);
  out.push_back('[');
  for (idx_t i = 0; i < entry.length; ++i) {
    if (i > 0) out += ", ";
    AppendNested(type.element(), vector.children[0], entry.offset + i, out);
  }
  out.push_back(']');
}

// Keys ascending: numbers by value, all else by text.
void ValueRenderer::AppendMap(const Type& type, const RecursiveUnifiedVectorFormat& vector, idx_t index,
                              std::string& out) {
  struct Entry {
    std::optional<double> number;
    std::string key;
    idx_t row;
  };
  const auto range = At<duckdb::list_entry_t>(vector, index);
  const auto& keys = vector.children[0].children[0];
  const auto& values = vector.children[0].children[1];
  std::vector<Entry> entries(range.length);
  for (idx_t i = 0; i < range.length; ++i) {
    const idx_t row = vector.children[0].unified.sel->get_index(range.offset + i);
    entries[i] = {NumberAt(keys, keys.unified.sel->get_index(row)), {}, row};
    AppendNested(type.key(), keys, row, entries[i].key);
  }
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return a.number && b.number ? *a.number < *b.number : a.key < b.key;
  });
  out.push_back('{');
  for (const Entry& entry : entries) {
    if (&entry != entries.data()) out += ", ";
    out += entry.key;
    out.push_back('=');
    AppendNested(type.value(), values, entry.row, out);
  }
  out.push_back('}');
}

void ValueRenderer::AppendRow(const Type& type, const RecursiveUnifiedVectorFormat& vector, idx_t index,
                              std::string& out) {
  out.push_back('{');
  for (size_t i = 0; i < type.arguments().size(); ++i) {
    if (i > 0) out += ", ";
    if (i < type.field_names().size() && !type.field_names()[i].empty()) {
      out += type.field_names()[i];
      out.push_back('=');
    }
    AppendNested(type.arguments()[i], vector.children[i], index, out);
  }
  out.push_back('}');
}

bool ValueRenderer::Render(const Type& type, const RecursiveUnifiedVectorFormat& vector, idx_t row, std::string& out) {
  const idx_t index = vector.unified.sel->get_index(row);
  if (!vector.unified.validity.RowIsValid(index)) return false;
  switch (type.kind()) {
    case TypeKind::kFunction:
    case TypeKind::kUnknown: return false;
    case TypeKind::kBoolean: out += At<bool>(vector, index) ? "true" : "false"; break;
    case TypeKind::kTinyint: AppendInteger(At<int8_t>(vector, index), out); break;
    case TypeKind::kSmallint: AppendInteger(At<int16_t>(vector, index), out); break;
    case TypeKind::kInteger: AppendInteger(At<int32_t>(vector, index), out); break;
    case TypeKind::kBigint: AppendInteger(At<int64_t>(vector, index), out); break;
    case TypeKind::kReal: AppendJavaFloat(At<float>(vector, index), out); break;
    case TypeKind::kDouble: AppendJavaDouble(At<double>(vector, index), out); break;
    case TypeKind::kDecimal: AppendDecimal(type, vector, index, out); break;
    case TypeKind::kVarchar:
    case TypeKind::kChar:
    case TypeKind::kJson: out += TextAt(vector, index); break;
    case TypeKind::kHyperLogLog:
    case TypeKind::kP4HyperLogLog:
    case TypeKind::kTDigest:
    case TypeKind::kQDigest:
    case TypeKind::kSetDigest:
    case TypeKind::kVarbinary: AppendHexBytes(TextAt(vector, index), out); break;
    case TypeKind::kDate: {
      const std::string date = sql::FormatDate(At<int32_t>(vector, index));
      if (date[0] != '-' && date.find('-') > 4) out += '+';  // a year of more than four digits, as Java shows it
      out += date;
      break;
    }
    case TypeKind::kTimeWithTimeZone: AppendZonedTime(At<int64_t>(vector, index), out); break;
    case TypeKind::kTime: out += sql::FormatTime(PrintedTime(At<int64_t>(vector, index)), kPrintedDigits); break;
    case TypeKind::kTimestamp: out += sql::FormatTimestamp(Printed(At<int64_t>(vector, index)), kPrintedDigits); break;
    case TypeKind::kTimestampWithTimeZone: out += clock_.FormatZoned(At<int64_t>(vector, index), kPrintedDigits); break;
    case TypeKind::kIntervalDayToSecond: out += sql::FormatIntervalDayToSecond(At<int64_t>(vector, index)); break;
    case TypeKind::kIntervalYearToMonth: out += sql::FormatIntervalYearToMonth(At<int32_t>(vector, index)); break;
    case TypeKind::kIpAddress: AppendIpAddress(TextAt(vector, index), out); break;
    case TypeKind::kUuid: out += duckdb::UUID::ToString(At<duckdb::hugeint_t>(vector, index)); break;
    case TypeKind::kArray: AppendArray(type, vector, index, out); break;
    case TypeKind::kMap: AppendMap(type, vector, index, out); break;
    case TypeKind::kRow: AppendRow(type, vector, index, out); break;
  }
  return true;
}

}  // namespace opentrail::engine
