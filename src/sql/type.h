#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opentrail::sql {

enum class TypeKind : uint8_t {
  kUnknown,  // the type of NULL
  kBoolean,
  kTinyint,
  kSmallint,
  kInteger,
  kBigint,
  kReal,
  kDouble,
  kDecimal,  // precision, scale
  kVarchar,  // length, or kUnbounded
  kChar,     // length
  kVarbinary,
  kDate,
  kTime,                   // precision
  kTimeWithTimeZone,       // precision
  kTimestamp,              // precision
  kTimestampWithTimeZone,  // precision
  kIntervalDayToSecond,
  kIntervalYearToMonth,
  kJson,
  kIpAddress,
  kUuid,
  kHyperLogLog,
  kP4HyperLogLog,
  kTDigest,
  kQDigest,  // arguments[0]
  kSetDigest,
  kArray,     // arguments[0]
  kMap,       // arguments[0], arguments[1]
  kRow,       // arguments, field_names (an anonymous field's name is empty)
  kFunction,  // a lambda: parameters in front, result last
};

// A Trino type. A value: copied, compared field by field; row field names do not take part in operator==.
// Thread-compatible.
class Type {
 public:
  static constexpr uint32_t kUnbounded = 0x7fffffff;  // Trino's own bound on varchar

  Type() = default;
  explicit Type(TypeKind kind) : kind_(kind) {}

  static Type Varchar(uint32_t length = kUnbounded);
  static Type Char(uint32_t length);
  static Type Decimal(uint32_t precision, uint32_t scale);  // 1..38, 0..precision
  static Type Time(uint32_t precision = 3);
  static Type TimeWithTimeZone(uint32_t precision = 3);
  static Type Timestamp(uint32_t precision = 3);
  static Type TimestampWithTimeZone(uint32_t precision = 3);
  static Type Array(Type element);
  static Type Map(Type key, Type value);
  static Type Row(std::vector<Type> fields, std::vector<std::string> names);
  static Type QDigest(Type value);
  static Type Function(std::vector<Type> parameters_then_result);

  [[nodiscard]] TypeKind kind() const { return kind_; }
  [[nodiscard]] uint32_t length() const { return first_; }
  [[nodiscard]] uint32_t precision() const { return first_; }
  [[nodiscard]] uint32_t scale() const { return second_; }
  [[nodiscard]] const std::vector<Type>& arguments() const { return arguments_; }
  [[nodiscard]] const Type& element() const { return arguments_[0]; }
  [[nodiscard]] const Type& key() const { return arguments_[0]; }
  [[nodiscard]] const Type& value() const { return arguments_[1]; }
  [[nodiscard]] const std::vector<std::string>& field_names() const { return field_names_; }

  // Trino's spelling, as error messages and typeof() print it: "varchar(3)", "row(type varchar, arn varchar)",
  // "timestamp(3) with time zone", "array(bigint)".
  [[nodiscard]] std::string Name() const;
  // The word that GetQueryResults' ColumnInfo carries: "row", "varchar", "timestamp with time zone", "float".
  [[nodiscard]] std::string_view BaseName() const;
  // How the engine stores it (see docs in sql/physical_type.h): "VARCHAR", "BIGINT", "STRUCT(\"type\" VARCHAR)[]".
  [[nodiscard]] std::string EngineName() const;
  // A row's fields as the engine's struct names them, unquoted: their own names in lower case where all are there and
  // differ, else "_1", "_2", ….
  [[nodiscard]] std::vector<std::string> EngineFieldNames() const;

  friend bool operator==(const Type& a, const Type& b);

 private:
  TypeKind kind_ = TypeKind::kUnknown;
  uint32_t first_ = 0;
  uint32_t second_ = 0;
  std::vector<Type> arguments_;
  std::vector<std::string> field_names_;
};

// Parses Trino's spelling ("array(row(a varchar, b bigint))", "decimal(10,2)", "timestamp(3) with time zone").
// Bounded depth 64. nullopt where it is no type.
[[nodiscard]] std::optional<Type> ParseType(std::string_view text);
// What Trino says of a decimal(p,s) whose numbers are out of range: "DECIMAL precision must be in range [1, 38]: 39";
// nullopt for every other text.
[[nodiscard]] std::optional<std::string> RefusedDecimal(std::string_view text);
// Parses Hive's spelling as tables declare it ("struct<type:string,arn:string>", "array<string>", "int").
[[nodiscard]] std::optional<Type> ParseHiveType(std::string_view text);

// Trino's implicit coercions (TypeCoercion): whether a value of `from` may stand where `to` is asked, and the type
// that both sides of an operator, a UNION or a CASE are brought to; nullopt where Trino has none.
[[nodiscard]] bool CanCoerce(const Type& from, const Type& to);
[[nodiscard]] std::optional<Type> CommonSuperType(const Type& a, const Type& b);

}  // namespace opentrail::sql
