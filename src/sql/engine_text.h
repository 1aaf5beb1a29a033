#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/error.h"
#include "sql/operators.h"
#include "sql/scope.h"

// Pieces of the engine's SQL that several resolve_*.cc files write.
namespace opentrail::sql {

// "c0" (quoted), and "r1"."c0".
[[nodiscard]] std::string ColumnName(size_t index);
[[nodiscard]] std::string ColumnSql(std::string_view alias, size_t index);

// Whether values of both types are stored alike and mean the same, so that no cast is needed between them.
[[nodiscard]] bool SameStorage(const Type& from, const Type& to);
// CoerceSql where a cast is needed.
[[nodiscard]] std::string CoerceTo(const TypedSql& value, const Type& to);
[[nodiscard]] std::string CoerceRow(const std::vector<Resolved>& cells, const std::vector<Type>& types);
[[nodiscard]] std::vector<Type> TypesOf(const std::vector<Resolved>& values);
// "row(integer, varchar(1))"
[[nodiscard]] std::string RowTypeName(const std::vector<Type>& types);

// What is equal exactly where the values are equal, and sorts as they do: an instant without its zone, a map with its
// entries in the order of their keys.
[[nodiscard]] std::string KeySql(const TypedSql& value);
// Whether that is another thing than the value itself.
[[nodiscard]] bool HasKey(const Type& type);
// The keys of a query's columns, for DISTINCT ON.
[[nodiscard]] std::string DistinctKeys(const std::vector<QueryColumn>& columns, std::string_view alias);

// STRUCT_PACK of the fields as the row type names them.
[[nodiscard]] std::string RowSql(const Type& row, const std::vector<Resolved>& fields);

// 'it''s' as varchar(4), counted in code points; bytes as varbinary.
[[nodiscard]] TypedSql TextLiteral(std::string_view text);
[[nodiscard]] TypedSql BytesLiteral(std::string_view bytes);
// A value with what it owes to its parts.
[[nodiscard]] Resolved From(TypedSql value, const Scope* violates);

// A constant integer, as the engine must not take it for an ordinal in GROUP BY and ORDER BY.
[[nodiscard]] std::string NotOrdinal(const std::string& sql, const Type& type);

// The scope that any of the values violates.
[[nodiscard]] const Scope* Violation(const std::vector<Resolved>& values);

// The type that all values are brought to; refuses as Trino does, in the name of `what` ("All CASE results"), at the
// first expression that does not fit. One expression a type.
[[nodiscard]] Result<Type> CommonType(const std::vector<Type>& types, const std::vector<const Expression*>& expressions,
                                      std::string_view what);
[[nodiscard]] Result<Type> CommonType(const std::vector<Type>& types, const std::vector<ExpressionPointer>& expressions,
                                      std::string_view what);

// Counts a level of nesting while it lives.
class DepthGuard {
 public:
  explicit DepthGuard(uint32_t& depth) : depth_(depth) { ++depth_; }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

  [[nodiscard]] Result<void> Check(uint32_t max, Position position) const;

 private:
  uint32_t& depth_;
};

}  // namespace opentrail::sql
