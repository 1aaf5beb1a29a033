#include "sql/type.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sql/text.h"

namespace opentrail::sql {

namespace {

std::string JoinNames(const std::vector<Type>& types) {
  std::string text;
  for (const Type& type : types) {
    if (!text.empty()) text += ", ";
    text += type.Name();
  }
  return text;
}

std::string RowName(const Type& row) {
  std::string text = "row(";
  for (size_t i = 0; i < row.arguments().size(); ++i) {
    if (i > 0) text += ", ";
    if (!row.field_names()[i].empty()) text += row.field_names()[i] + " ";
    text += row.arguments()[i].Name();
  }
  return text + ")";
}

std::string StructName(const Type& row) {
  const std::vector<std::string> names = row.EngineFieldNames();
  std::string text = "STRUCT(";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += ", ";
    text += QuoteIdentifier(names[i]) + " " + row.arguments()[i].EngineName();
  }
  return text + ")";
}

}  // namespace

Type Type::Varchar(uint32_t length) {
  Type type(TypeKind::kVarchar);
  type.first_ = length;
  return type;
}

Type Type::Char(uint32_t length) {
  Type type(TypeKind::kChar);
  type.first_ = length;
  return type;
}

Type Type::Decimal(uint32_t precision, uint32_t scale) {
  Type type(TypeKind::kDecimal);
  type.first_ = precision;
  type.second_ = scale;
  return type;
}

Type Type::Time(uint32_t precision) {
  Type type(TypeKind::kTime);
  type.first_ = precision;
  return type;
}

Type Type::TimeWithTimeZone(uint32_t precision) {
  Type type(TypeKind::kTimeWithTimeZone);
  type.first_ = precision;
  return type;
}

Type Type::Timestamp(uint32_t precision) {
  Type type(TypeKind::kTimestamp);
  type.first_ = precision;
  return type;
}

Type Type::TimestampWithTimeZone(uint32_t precision) {
  Type type(TypeKind::kTimestampWithTimeZone);
  type.first_ = precision;
  return type;
}

Type Type::Array(Type element) {
  Type type(TypeKind::kArray);
  type.arguments_.push_back(std::move(element));
  return type;
}

Type Type::Map(Type key, Type value) {
  Type type(TypeKind::kMap);
  type.arguments_.push_back(std::move(key));
  type.arguments_.push_back(std::move(value));
  return type;
}

Type Type::Row(std::vector<Type> fields, std::vector<std::string> names) {
  Type type(TypeKind::kRow);
  names.resize(fields.size());
  type.arguments_ = std::move(fields);
  type.field_names_ = std::move(names);
  return type;
}

Type Type::QDigest(Type value) {
  Type type(TypeKind::kQDigest);
  type.arguments_.push_back(std::move(value));
  return type;
}

Type Type::Function(std::vector<Type> parameters_then_result) {
  Type type(TypeKind::kFunction);
  type.arguments_ = std::move(parameters_then_result);
  return type;
}

std::string Type::Name() const {
  switch (kind_) {
    case TypeKind::kDecimal: return fmt::format("decimal({},{})", first_, second_);
    case TypeKind::kVarchar: return first_ == kUnbounded ? "varchar" : fmt::format("varchar({})", first_);
    case TypeKind::kChar: return fmt::format("char({})", first_);
    case TypeKind::kTime: return fmt::format("time({})", first_);
    case TypeKind::kTimeWithTimeZone: return fmt::format("time({}) with time zone", first_);
    case TypeKind::kTimestamp: return fmt::format("timestamp({})", first_);
    case TypeKind::kTimestampWithTimeZone: return fmt::format("timestamp({}) with time zone", first_);
    case TypeKind::kReal: return "real";
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kQDigest:
    case TypeKind::kFunction: return fmt::format("{}({})", BaseName(), JoinNames(arguments_));
    case TypeKind::kRow: return RowName(*this);
    default: return std::string(BaseName());
  }
}

std::string_view Type::BaseName() const {
  switch (kind_) {
    case TypeKind::kUnknown: return "unknown";
    case TypeKind::kBoolean: return "boolean";
    case TypeKind::kTinyint: return "tinyint";
    case TypeKind::kSmallint: return "smallint";
    case TypeKind::kInteger: return "integer";
    case TypeKind::kBigint: return "bigint";
    case TypeKind::kReal: return "float";
    case TypeKind::kDouble: return "double";
    case TypeKind::kDecimal: return "decimal";
    case TypeKind::kVarchar: return "varchar";
    case TypeKind::kChar: return "char";
    case TypeKind::kVarbinary: return "varbinary";
    case TypeKind::kDate: return "date";
    case TypeKind::kTime: return "time";
    case TypeKind::kTimeWithTimeZone: return "time with time zone";
    case TypeKind::kTimestamp: return "timestamp";
    case TypeKind::kTimestampWithTimeZone: return "timestamp with time zone";
    case TypeKind::kIntervalDayToSecond: return "interval day to second";
    case TypeKind::kIntervalYearToMonth: return "interval year to month";
    case TypeKind::kJson: return "json";
    case TypeKind::kIpAddress: return "ipaddress";
    case TypeKind::kUuid: return "uuid";
    case TypeKind::kHyperLogLog: return "HyperLogLog";
    case TypeKind::kP4HyperLogLog: return "P4HyperLogLog";
    case TypeKind::kTDigest: return "tdigest";
    case TypeKind::kQDigest: return "qdigest";
    case TypeKind::kSetDigest: return "SetDigest";
    case TypeKind::kArray: return "array";
    case TypeKind::kMap: return "map";
    case TypeKind::kRow: return "row";
    case TypeKind::kFunction: return "function";
  }
  return "unknown";
}

std::string Type::EngineName() const {
  switch (kind_) {
    case TypeKind::kUnknown: return "INTEGER";
    case TypeKind::kBoolean: return "BOOLEAN";
    case TypeKind::kTinyint: return "TINYINT";
    case TypeKind::kSmallint: return "SMALLINT";
    case TypeKind::kInteger: return "INTEGER";
    case TypeKind::kBigint: return "BIGINT";
    case TypeKind::kReal: return "FLOAT";
    case TypeKind::kDouble: return "DOUBLE";
    case TypeKind::kDecimal: return fmt::format("DECIMAL({},{})", first_, second_);
    case TypeKind::kVarchar:
    case TypeKind::kChar:
    case TypeKind::kJson: return "VARCHAR";
    case TypeKind::kVarbinary:
    case TypeKind::kIpAddress:
    case TypeKind::kHyperLogLog:
    case TypeKind::kP4HyperLogLog:
    case TypeKind::kTDigest:
    case TypeKind::kQDigest:
    case TypeKind::kSetDigest: return "BLOB";
    case TypeKind::kDate: return "DATE";
    case TypeKind::kTime: return "TIME";
    case TypeKind::kTimestamp: return "TIMESTAMP";
    case TypeKind::kTimeWithTimeZone:
    case TypeKind::kTimestampWithTimeZone:
    case TypeKind::kIntervalDayToSecond: return "BIGINT";
    case TypeKind::kIntervalYearToMonth: return "INTEGER";
    case TypeKind::kUuid: return "UUID";
    case TypeKind::kArray: return element().EngineName() + "[]";
    case TypeKind::kMap: return fmt::format("MAP({}, {})", key().EngineName(), value().EngineName());
    case TypeKind::kRow: return StructName(*this);
    case TypeKind::kFunction: return "LAMBDA";
  }
  return "INTEGER";
}

std::vector<std::string> Type::EngineFieldNames() const {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const std::string& name : field_names_) {
    names.push_back(LowerCase(name));
    if (!name.empty()) seen.insert(names.back());
  }
  if (seen.size() == names.size()) return names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = fmt::format("_{}", i + 1);
  return names;
}

bool operator==(const Type& a, const Type& b) {
  return a.kind_ == b.kind_ && a.first_ == b.first_ && a.second_ == b.second_ && a.arguments_ == b.arguments_;
}

}  // namespace opentrail::sql
