#include "sql/write_statement.h"

#include <fmt/format.h>

#include "sql/operators.h"
#include "sql/text.h"

namespace opentrail::sql {
namespace {

std::unexpected<Error> Unsupported(const Type& type) {
  return std::unexpected(
      Error{ErrorCode::kNotSupported, std::nullopt, fmt::format("Unsupported Hive type: {}", type.Name())});
}

Result<std::string> StructName(const Type& type) {
  std::string name = "struct<";
  for (size_t i = 0; i < type.arguments().size(); ++i) {
    if (type.field_names()[i].empty()) {
      return std::unexpected(Error{
          ErrorCode::kNotSupported, std::nullopt,
          fmt::format("Anonymous row type is not supported in Hive. Please give each field a name: {}", type.Name())});
    }
    auto field = HiveTypeName(type.arguments()[i]);
    if (!field) return field;
    name += fmt::format("{}{}:{}", i == 0 ? "" : ",", LowerCase(type.field_names()[i]), *field);
  }
  return name + ">";
}

}  // namespace

Result<std::string> HiveTypeName(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kBoolean:
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kBigint:
    case TypeKind::kDouble:
    case TypeKind::kDate: return std::string(type.BaseName());
    case TypeKind::kInteger: return "int";
    case TypeKind::kReal: return "float";
    case TypeKind::kDecimal:
    case TypeKind::kChar: return type.Name();
    case TypeKind::kVarchar: return type.length() == Type::kUnbounded ? "string" : type.Name();
    case TypeKind::kVarbinary: return "binary";
    case TypeKind::kTimestamp: return "timestamp";
    case TypeKind::kArray: {
      auto element = HiveTypeName(type.element());
      return element ? Result<std::string>(fmt::format("array<{}>", *element)) : element;
    }
    case TypeKind::kMap: {
      auto key = HiveTypeName(type.key());
      if (!key) return key;
      auto value = HiveTypeName(type.value());
      return value ? Result<std::string>(fmt::format("map<{},{}>", *key, *value)) : value;
    }
    case TypeKind::kRow: return StructName(type);
    default: return Unsupported(type);
  }
}

std::optional<Translation> CoerceColumns(const Translation& translation, const std::vector<Type>& types) {
  Translation coerced;
  std::string columns;
  std::string names;
  for (size_t i = 0; i < types.size(); ++i) {
    const OutputColumn& column = translation.columns[i];
    const std::string name = fmt::format("c{}", i);
    const bool is_text = types[i].kind() == TypeKind::kVarchar && column.type.kind() == TypeKind::kVarchar;
    if (!CanCoerce(column.type, types[i]) && !is_text) return std::nullopt;
    std::string value = CoerceSql({column.type, name}, types[i]);
    if (is_text && types[i].length() < column.type.length()) {  // Trino cuts off what does not fit a column
      auto cut = ApplyCast({column.type, name}, types[i], CastMode::kCast, {});
      if (!cut) return std::nullopt;
      value = std::move(cut->sql);
    }
    columns += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", value, name);
    names += (i == 0 ? "" : ", ") + name;
    coerced.columns.push_back({column.name, types[i]});
  }
  coerced.engine_sql = fmt::format("SELECT {} FROM ({}) AS source({})", columns, translation.engine_sql, names);
  return coerced;
}

}  // namespace opentrail::sql
