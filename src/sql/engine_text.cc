#include "sql/engine_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "sql/text.h"

namespace opentrail::sql {

std::string ColumnName(size_t index) { return fmt::format("\"c{}\"", index); }

std::string ColumnSql(std::string_view alias, size_t index) {
  return fmt::format("{}.{}", QuoteIdentifier(alias), ColumnName(index));
}

bool SameStorage(const Type& from, const Type& to) {
  if (from == to) return true;
  if (from.kind() != to.kind()) return false;
  switch (from.kind()) {
    case TypeKind::kVarchar: return to.length() >= from.length();
    case TypeKind::kTime:
    case TypeKind::kTimeWithTimeZone:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampWithTimeZone: return to.precision() >= from.precision();
    case TypeKind::kRow:
      if (from.EngineFieldNames() != to.EngineFieldNames()) return false;
      [[fallthrough]];
    case TypeKind::kArray:
    case TypeKind::kMap: return std::ranges::equal(from.arguments(), to.arguments(), SameStorage);
    default: return false;
  }
}

std::string CoerceTo(const TypedSql& value, const Type& to) {
  return SameStorage(value.type, to) ? value.sql : CoerceSql(value, to);
}

std::string CoerceRow(const std::vector<Resolved>& cells, const std::vector<Type>& types) {
  std::string text;
  for (size_t i = 0; i < cells.size(); ++i) text += (i == 0 ? "" : ", ") + CoerceTo(cells[i], types[i]);
  return text;
}

std::vector<Type> TypesOf(const std::vector<Resolved>& values) {
  std::vector<Type> types;
  for (const Resolved& value : values) types.push_back(value.type);
  return types;
}

std::string RowTypeName(const std::vector<Type>& types) { return Type::Row(types, {}).Name(); }

std::string KeySql(const TypedSql& value) {
  if (value.type.kind() == TypeKind::kTimeWithTimeZone) return fmt::format("trino_timetz_key({})", value.sql);
  if (value.type.kind() == TypeKind::kMap) {
    return fmt::format("map_from_entries(list_sort(map_entries({})))", value.sql);
  }
  if (value.type.kind() != TypeKind::kTimestampWithTimeZone) return value.sql;
  return fmt::format("({} >> 12)", value.sql);
}

bool HasKey(const Type& type) {
  const TypeKind kind = type.kind();
  return kind == TypeKind::kTimestampWithTimeZone || kind == TypeKind::kTimeWithTimeZone || kind == TypeKind::kMap;
}

std::string DistinctKeys(const std::vector<QueryColumn>& columns, std::string_view alias) {
  std::string keys;
  for (size_t i = 0; i < columns.size(); ++i) {
    keys += (i == 0 ? "" : ", ") + KeySql({columns[i].type, ColumnSql(alias, i)});
  }
  return keys;
}

std::string RowSql(const Type& row, const std::vector<Resolved>& fields) {
  const std::vector<std::string> names = row.EngineFieldNames();
  std::string text = "struct_pack(";
  for (size_t i = 0; i < fields.size(); ++i) {
    text += fmt::format("{}{} := {}", i == 0 ? "" : ", ", QuoteIdentifier(names[i]),
                        CoerceTo(fields[i], row.arguments()[i]));
  }
  return text + ")";
}

// The engine's texts hold no NUL byte; chr(0) stands for one.
TypedSql TextLiteral(std::string_view text) {
  const auto length = static_cast<uint32_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  std::string sql = QuoteLiteral(text);
  if (text.find('\0') != std::string_view::npos) {
    std::string whole = "(";
    for (const char c : sql) c == '\0' ? whole += "' || chr(0) || '" : whole += c;
    sql = whole + ")";
  }
  return {Type::Varchar(length), std::move(sql)};
}

TypedSql BytesLiteral(std::string_view bytes) {
  std::string sql = "CAST('";
  for (const char byte : bytes) sql += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
  return {Type(TypeKind::kVarbinary), sql + "' AS BLOB)"};
}

Resolved From(TypedSql value, const Scope* violates) {
  Resolved resolved;
  static_cast<TypedSql&>(resolved) = std::move(value);
  resolved.violates = violates;
  return resolved;
}

std::string NotOrdinal(const std::string& sql, const Type& type) {
  const bool constant = sql.find_first_not_of("0123456789-()") == std::string::npos;
  return constant ? fmt::format("CAST({} AS {})", sql, type.EngineName()) : sql;
}

const Scope* Violation(const std::vector<Resolved>& values) {
  for (const Resolved& value : values) {
    if (value.violates != nullptr) return value.violates;
  }
  return nullptr;
}

Result<Type> CommonType(const std::vector<Type>& types, const std::vector<const Expression*>& expressions,
                        std::string_view what) {
  Type common;
  for (size_t i = 0; i < types.size(); ++i) {
    auto wider = CommonSuperType(common, types[i]);
    if (!wider) {
      std::vector<std::string> names;
      for (const Type& each : types) {
        if (std::ranges::find(names, each.Name()) == names.end()) names.push_back(each.Name());
      }
      return std::unexpected(
          Error{ErrorCode::kTypeMismatch, expressions[i]->position,
                fmt::format("{} must be the same type or coercible to a common type. Cannot find common type between "
                            "{} and {}, all types (without duplicates): [{}]",
                            what, common.Name(), types[i].Name(), fmt::join(names, ", "))});
    }
    common = *std::move(wider);
  }
  return common;
}

Result<Type> CommonType(const std::vector<Type>& types, const std::vector<ExpressionPointer>& expressions,
                        std::string_view what) {
  std::vector<const Expression*> pointers;
  for (const ExpressionPointer& expression : expressions) pointers.push_back(expression.get());
  return CommonType(types, pointers, what);
}

Result<void> DepthGuard::Check(uint32_t max, Position position) const {
  if (depth_ <= max) return {};
  return std::unexpected(Error{ErrorCode::kExceededDepthLimit, position,
                               fmt::format("The statement is nested deeper than {} levels", max)});
}

}  // namespace opentrail::sql
