#include "engine/trino/trino_value.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "codec/text.h"
#include "engine/functions/java_number.h"
#include "engine/functions/number_text.h"
#include "engine/hex_bytes.h"
#include "sql/datetime_text.h"

namespace opentrail::engine {
namespace {

using codec::JsonValue;
using sql::Type;
using sql::TypeKind;

// Athena prints times to the millisecond whatever their precision.
constexpr uint32_t kPrintedDigits = 3;

void AppendNested(const Type& type, JsonValue value, std::string& out) {
  if (!AppendTrinoValue(type, value, out)) out += "null";
}

void AppendText(JsonValue value, std::string& out) { out += value.Text().value_or(""); }

// NaN and the infinite come as texts.
void AppendFloating(TypeKind kind, JsonValue value, std::string& out) {
  double number = 0;
  if (value.IsString() || value.element().get(number) != simdjson::SUCCESS) return AppendText(value, out);
  if (kind == TypeKind::kReal) return AppendJavaFloat(static_cast<float>(number), out);
  AppendJavaDouble(number, out);
}

void AppendBinary(JsonValue value, std::string& out) {
  const auto bytes = codec::Base64Decode(value.String().value_or(""));
  if (bytes) return AppendHexBytes(*bytes, out);
  AppendText(value, out);
}

void AppendTimestamp(JsonValue value, std::string& out) {
  const auto parsed = sql::ParseTimestamp(value.String().value_or(""));
  if (!parsed) return AppendText(value, out);
  out += sql::FormatTimestamp(sql::ToMicros(*parsed, kPrintedDigits), kPrintedDigits);
  if (!parsed->zone.empty()) out.append(" ").append(parsed->zone);
}

void AppendTime(JsonValue value, std::string& out) {
  const std::string_view text = value.String().value_or("");
  const size_t zone = text.find_first_of("+-");  // of a time with time zone, whose offset touches it
  const auto parsed = sql::ParseTime(text.substr(0, zone));
  if (!parsed) return AppendText(value, out);
  out += sql::FormatTime(sql::ToMicros(*parsed, kPrintedDigits), kPrintedDigits);
  if (zone != std::string_view::npos) out += text.substr(zone);
}

void AppendArray(const Type& type, JsonValue value, std::string& out) {
  std::string_view separator = "[";
  if (simdjson::dom::array(value.element()).size() == 0) out += separator;
  value.ForEachElement([&](JsonValue element) {
    out += separator;
    separator = ", ";
    AppendNested(type.element(), element, out);
  });
  out += ']';
}

bool IsNumber(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint:
    case TypeKind::kReal:
    case TypeKind::kDouble: return true;
    default: return false;
  }
}

// Keys are the names of an object's members, whatever their type; ascending, numbers by value.
void AppendMap(const Type& type, JsonValue value, std::string& out) {
  struct Entry {
    double number;
    std::string_view key;
    JsonValue value;
  };
  std::vector<Entry> entries;
  const bool by_number = IsNumber(type.key());
  value.ForEachMember([&](std::string_view key, JsonValue member) {
    entries.push_back({by_number ? ParseJavaDouble(key).value_or(0) : 0, key, member});
  });
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return a.number != b.number ? a.number < b.number : a.key < b.key;
  });
  out += '{';
  for (const Entry& entry : entries) {
    if (&entry != entries.data()) out += ", ";
    out.append(entry.key).append("=");
    AppendNested(type.value(), entry.value, out);
  }
  out += '}';
}

void AppendRow(const Type& type, JsonValue value, std::string& out) {
  out += '{';
  size_t i = 0;
  value.ForEachElement([&](JsonValue field) {
    if (i >= type.arguments().size()) return;
    if (i > 0) out += ", ";
    if (!type.field_names()[i].empty()) out.append(type.field_names()[i]).append("=");
    AppendNested(type.arguments()[i++], field, out);
  });
  out += '}';
}

// Whether the containers and the binary are what their type says; a simple value is shown as it came.
bool IsOfKind(TypeKind kind, JsonValue value) {
  if (kind == TypeKind::kArray || kind == TypeKind::kRow) return value.IsArray();
  return kind != TypeKind::kMap || value.IsObject();
}

}  // namespace

bool AppendTrinoValue(const Type& type, JsonValue value, std::string& out) {
  if (value.IsNull()) return false;
  if (!IsOfKind(type.kind(), value)) {
    AppendText(value, out);
    return true;
  }
  switch (type.kind()) {
    case TypeKind::kReal:
    case TypeKind::kDouble: AppendFloating(type.kind(), value, out); break;
    case TypeKind::kVarbinary:
    case TypeKind::kHyperLogLog:
    case TypeKind::kP4HyperLogLog:
    case TypeKind::kTDigest:
    case TypeKind::kQDigest:
    case TypeKind::kSetDigest: AppendBinary(value, out); break;
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampWithTimeZone: AppendTimestamp(value, out); break;
    case TypeKind::kTime:
    case TypeKind::kTimeWithTimeZone: AppendTime(value, out); break;
    case TypeKind::kArray: AppendArray(type, value, out); break;
    case TypeKind::kMap: AppendMap(type, value, out); break;
    case TypeKind::kRow: AppendRow(type, value, out); break;
    case TypeKind::kUnknown:
    case TypeKind::kBoolean:
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint:
    case TypeKind::kDecimal:
    case TypeKind::kVarchar:
    case TypeKind::kChar:
    case TypeKind::kDate:
    case TypeKind::kIntervalDayToSecond:
    case TypeKind::kIntervalYearToMonth:
    case TypeKind::kJson:
    case TypeKind::kIpAddress:
    case TypeKind::kUuid:
    case TypeKind::kFunction: AppendText(value, out); break;
  }
  return true;
}

}  // namespace opentrail::engine
