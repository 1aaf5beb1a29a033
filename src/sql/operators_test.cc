#include "sql/operators.h"

#include <gtest/gtest.h>

#include "sql/decimal.h"

namespace opentrail::sql {
namespace {

constexpr Position kHere{1, 8};

TypedSql Column(TypeKind kind) { return {Type(kind), "\"c\""}; }
TypedSql Text() { return {Type::Varchar(), "\"name\""}; }

std::string Sql(const Result<TypedSql>& result) {
  if (!result) return "refused: " + result.error().Text();
  return result->type.Name() + " | " + result->sql;
}

std::string Apply(BinaryOperator operation, const TypedSql& left, const TypedSql& right) {
  return Sql(ApplyBinary(operation, left, right, kHere));
}

TEST(Operators, PlainComparisonsStayTheEnginesOwn) {
  const TypedSql literal{Type::Varchar(1), "'x'"};
  EXPECT_EQ(Apply(BinaryOperator::kEqual, {Type::Varchar(), "\"t\".\"eventname\""}, literal),
            "boolean | (\"t\".\"eventname\" = 'x')");
  EXPECT_EQ(Apply(BinaryOperator::kGreaterOrEqual, Column(TypeKind::kInteger), {Type(TypeKind::kInteger), "5"}),
            "boolean | (\"c\" >= 5)");
  EXPECT_EQ(Apply(BinaryOperator::kLess, Column(TypeKind::kBigint), {Type(TypeKind::kInteger), "5"}),
            "boolean | (\"c\" < CAST(5 AS BIGINT))");
}

TEST(Operators, TypesAreStrict) {
  EXPECT_EQ(Apply(BinaryOperator::kEqual, Text(), {Type(TypeKind::kInteger), "5"}),
            "refused: TYPE_MISMATCH: line 1:8: Cannot apply operator: varchar = integer");
  EXPECT_EQ(Apply(BinaryOperator::kGreater, Text(), Column(TypeKind::kDate)),
            "refused: TYPE_MISMATCH: line 1:8: Cannot apply operator: varchar < date");
  EXPECT_EQ(Apply(BinaryOperator::kAdd, Text(), {Type(TypeKind::kInteger), "5"}),
            "refused: TYPE_MISMATCH: line 1:8: Cannot apply operator: varchar + integer");
  EXPECT_EQ(Apply(BinaryOperator::kAnd, Text(), Column(TypeKind::kBoolean)),
            "refused: TYPE_MISMATCH: line 1:8: Logical expression term must evaluate to a boolean (actual: varchar)");
  EXPECT_EQ(Apply(BinaryOperator::kLess, Column(TypeKind::kJson), Column(TypeKind::kJson)),
            "refused: TYPE_MISMATCH: line 1:8: Cannot apply operator: json < json");
}

TEST(Operators, IntegersHaveFunctionsOfTheirWidth) {
  EXPECT_EQ(Apply(BinaryOperator::kDivide, Column(TypeKind::kBigint), {Type(TypeKind::kInteger), "2"}),
            "bigint | trino_bigint_divide(\"c\", CAST(2 AS BIGINT))");
  EXPECT_EQ(Apply(BinaryOperator::kAdd, {Type(TypeKind::kInteger), "1"}, {Type(TypeKind::kInteger), "2"}),
            "integer | trino_integer_add(1, 2)");
  EXPECT_EQ(Apply(BinaryOperator::kDivide, Column(TypeKind::kDouble), {Type(TypeKind::kInteger), "2"}),
            "double | (\"c\" / CAST(2 AS DOUBLE))");
  EXPECT_EQ(Sql(ApplyNegate({Type(TypeKind::kInteger), "5"}, kHere)), "integer | (-5)");
  EXPECT_EQ(Sql(ApplyNegate(Column(TypeKind::kBigint), kHere)), "bigint | trino_bigint_negate(\"c\")");
}

TEST(Operators, DecimalShapesAreTrinos) {
  EXPECT_EQ(DecimalResult(BinaryOperator::kAdd, {5, 2}, {3, 1}), (DecimalShape{6, 2}));
  EXPECT_EQ(DecimalResult(BinaryOperator::kMultiply, {5, 2}, {3, 1}), (DecimalShape{8, 3}));
  EXPECT_EQ(DecimalResult(BinaryOperator::kDivide, {4, 1}, {1, 0}), (DecimalShape{4, 1}));
  EXPECT_EQ(DecimalResult(BinaryOperator::kDivide, {19, 0}, {3, 2}), (DecimalShape{23, 2}));
  EXPECT_EQ(DecimalResult(BinaryOperator::kModulus, {5, 2}, {3, 1}), (DecimalShape{4, 2}));
  EXPECT_EQ(DecimalResult(BinaryOperator::kMultiply, {38, 20}, {38, 20}), std::nullopt);
}

TEST(Operators, DateArithmeticKeepsItsType) {
  const TypedSql week{Type(TypeKind::kIntervalDayToSecond), "CAST(604800000 AS BIGINT)"};
  const TypedSql month{Type(TypeKind::kIntervalYearToMonth), "CAST(1 AS INTEGER)"};
  EXPECT_EQ(Apply(BinaryOperator::kSubtract, Column(TypeKind::kDate), week),
            "date | trino_date_subtract_millis(\"c\", CAST(604800000 AS BIGINT))");
  EXPECT_EQ(Apply(BinaryOperator::kAdd, month, Column(TypeKind::kDate)),
            "date | trino_date_add_months(\"c\", CAST(1 AS INTEGER))");
  EXPECT_EQ(Apply(BinaryOperator::kAdd, {Type::Timestamp(0), "\"t\""}, week),
            "timestamp(3) | trino_timestamp_add_millis(\"t\", CAST(604800000 AS BIGINT))");
  EXPECT_EQ(Apply(BinaryOperator::kSubtract, Column(TypeKind::kDate), Column(TypeKind::kDate)),
            "interval day to second | trino_date_difference(\"c\", \"c\")");
  EXPECT_EQ(Apply(BinaryOperator::kAdd, week, month),
            "refused: TYPE_MISMATCH: line 1:8: Cannot apply operator: interval day to second + interval year to month");
}

TEST(Operators, InstantsCompareWhateverTheirZone) {
  const TypedSql zoned{Type::TimestampWithTimeZone(3), "\"z\""};
  EXPECT_EQ(Apply(BinaryOperator::kLess, zoned, zoned), "boolean | ((\"z\" >> 12) < (\"z\" >> 12))");
  EXPECT_EQ(Apply(BinaryOperator::kEqual, zoned, Column(TypeKind::kDate)),
            "boolean | ((\"z\" >> 12) = (trino_cast_timestamp_to_tstz(CAST(\"c\" AS TIMESTAMP)) >> 12))");
}

TEST(Operators, SubscriptsKnowTheirBase) {
  const TypedSql one{Type(TypeKind::kInteger), "1"};
  EXPECT_EQ(Sql(ApplySubscript({Type::Array(Type::Varchar()), "\"a\""}, one, kHere)),
            "varchar | trino_subscript(\"a\", CAST(1 AS BIGINT))");
  const TypedSql row{Type::Row({Type::Varchar(), Type(TypeKind::kBigint)}, {"arn", "n"}), "\"r\""};
  EXPECT_EQ(Sql(ApplySubscript(row, {Type(TypeKind::kInteger), "2"}, kHere)), "bigint | struct_extract_at(\"r\", 2)");
  EXPECT_FALSE(ApplySubscript(row, {Type(TypeKind::kInteger), "3"}, kHere));
  EXPECT_FALSE(ApplySubscript(row, {Type(TypeKind::kInteger), "\"c\""}, kHere));
  EXPECT_EQ(Sql(ApplySubscript(Text(), one, kHere)),
            "refused: TYPE_MISMATCH: line 1:8: Cannot use integer for subscript of varchar");
}

std::string Cast(const TypedSql& operand, const Type& to, CastMode mode = CastMode::kCast) {
  return Sql(ApplyCast(operand, to, mode, kHere));
}

TEST(Casts, StrictOnesAreOurs) {
  EXPECT_EQ(Cast(Text(), Type(TypeKind::kInteger)), "integer | trino_cast_varchar_to_integer(\"name\")");
  EXPECT_EQ(Cast(Text(), Type(TypeKind::kInteger), CastMode::kTryCast),
            "integer | trino_try_cast_varchar_to_integer(\"name\")");
  EXPECT_EQ(Cast(Text(), Type::Timestamp(3)), "timestamp(3) | trino_cast_varchar_to_timestamp(\"name\", 3)");
  EXPECT_EQ(Cast(Text(), Type::Varchar(3)), "varchar(3) | left(\"name\", 3)");
  EXPECT_EQ(Cast({Type::Varchar(2), "'ab'"}, Type::Varchar()), "varchar | 'ab'");
  EXPECT_EQ(Cast(Column(TypeKind::kDouble), Type::Varchar()), "varchar | trino_cast_double_to_varchar(\"c\")");
  EXPECT_EQ(Cast(Column(TypeKind::kInteger), Type(TypeKind::kBigint)), "bigint | CAST(\"c\" AS BIGINT)");
}

TEST(Casts, WhatTrinoHasNoCastFor) {
  EXPECT_EQ(Cast(Column(TypeKind::kDate), Type(TypeKind::kInteger)),
            "refused: TYPE_MISMATCH: line 1:8: Cannot cast date to integer");
  EXPECT_EQ(Cast(Column(TypeKind::kInteger), Type(TypeKind::kVarbinary)),
            "refused: TYPE_MISMATCH: line 1:8: Cannot cast integer to varbinary");
  EXPECT_FALSE(ApplyCast({Type::Array(Type::Varchar()), "a"}, Type::Varchar(), CastMode::kCast, kHere));
  EXPECT_FALSE(ApplyCast(Column(TypeKind::kIpAddress), Type(TypeKind::kJson), CastMode::kCast, kHere));
}

TEST(Casts, NestedOnesGoElementByElement) {
  const TypedSql array{Type::Array(Type::Varchar()), "\"a\""};
  EXPECT_EQ(Cast(array, Type::Array(Type(TypeKind::kBigint))),
            "array(bigint) | list_transform(\"a\", lambda _item: trino_cast_varchar_to_bigint(_item))");
  EXPECT_EQ(Cast(array, Type::Array(Type(TypeKind::kBigint)), CastMode::kTryCast),
            "array(bigint) | TRY(list_transform(\"a\", lambda _item: trino_cast_varchar_to_bigint(_item)))");
  EXPECT_EQ(Cast({Type::Array(Type::Varchar(3)), "\"a\""}, Type::Array(Type::Varchar())), "array(varchar) | \"a\"");
  const Type pair = Type::Row({Type(TypeKind::kInteger), Type::Varchar()}, {"x", "y"});
  EXPECT_FALSE(ApplyCast({Type::Row({Type::Varchar()}, {""}), "r"}, pair, CastMode::kCast, kHere));
}

std::string Literal(const char* type, const char* value) { return Sql(LiteralSql(GenericLiteral{type, value}, kHere)); }

TEST(Literals, DatesAndTimes) {
  EXPECT_EQ(Literal("DATE", "2024-1-05"), "date | CAST('2024-01-05' AS DATE)");
  EXPECT_EQ(Literal("date", "2024-13-01"),
            "refused: INVALID_LITERAL: line 1:8: '2024-13-01' is not a valid DATE literal");
  EXPECT_EQ(Literal("TIMESTAMP", "1970-01-01 00:00:01.5"), "timestamp(1) | make_timestamp(CAST(1500000 AS BIGINT))");
  EXPECT_EQ(Literal("TIMESTAMP", "1970-01-01 00:00:01 UTC"), "timestamp(0) with time zone | CAST(4096000 AS BIGINT)");
  EXPECT_EQ(Literal("TIMESTAMP", "2024-01-01T00:00:00Z"),
            "refused: INVALID_LITERAL: line 1:8: '2024-01-01T00:00:00Z' is not a valid TIMESTAMP literal");
  EXPECT_EQ(
      Literal("TIMESTAMP", "2024-01-01 00:00:00 Europe/Berlin"),
      "timestamp(0) with time zone | trino_tstz_literal('2024-01-01 00:00:00 Europe/Berlin', 0, 'INVALID_LITERAL: "
      "line 1:8: ''2024-01-01 00:00:00 Europe/Berlin'' is not a valid TIMESTAMP literal')");
}

TEST(Literals, NumbersAndOthers) {
  EXPECT_EQ(Literal("DECIMAL", "012.50"), "decimal(4,2) | CAST('012.50' AS DECIMAL(4,2))");
  EXPECT_EQ(Literal("DECIMAL", "1e5"), "refused: INVALID_LITERAL: line 1:8: '1e5' is not a valid DECIMAL literal");
  EXPECT_EQ(Literal("BIGINT", "7"), "bigint | trino_cast_varchar_to_bigint('7')");
  EXPECT_EQ(Literal("BIGINT", "x"), "refused: INVALID_LITERAL: line 1:8: 'x' is not a valid BIGINT literal");
  EXPECT_EQ(Literal("IPADDRESS", "10.0.0.1"),
            "ipaddress | trino_literal(trino_try_cast_varchar_to_ipaddress('10.0.0.1'), 'INVALID_LITERAL: line 1:8: "
            "''10.0.0.1'' is not a valid IPADDRESS literal')");
  EXPECT_EQ(Literal("NOTHING", "1"),
            "refused: TYPE_NOT_FOUND: io.trino.spi.TrinoException: line 1:8: Unknown resolvedType: NOTHING");
}

std::string Interval(const char* value, const char* start, std::optional<std::string> end = {}, bool negative = false) {
  return Sql(LiteralSql(IntervalLiteral{value, negative, start, std::move(end)}, kHere));
}

TEST(Literals, Intervals) {
  EXPECT_EQ(Interval("7", "day"), "interval day to second | CAST(604800000 AS BIGINT)");
  EXPECT_EQ(Interval("7", "day", {}, true), "interval day to second | CAST(-604800000 AS BIGINT)");
  EXPECT_EQ(Interval("-1.5", "second"), "interval day to second | CAST(-1500 AS BIGINT)");
  EXPECT_EQ(Interval("1 02:03:04.005", "day", "second"), "interval day to second | CAST(93784005 AS BIGINT)");
  EXPECT_EQ(Interval("1-2", "year", "month"), "interval year to month | CAST(14 AS INTEGER)");
  for (const char* value : {"", "x", "1 2", "1.5", "--1", "99999999999999999999"}) {
    EXPECT_EQ(Interval(value, "day"),
              "refused: INVALID_LITERAL: line 1:8: '" + std::string(value) + "' is not a valid INTERVAL literal");
  }
  EXPECT_FALSE(LiteralSql(IntervalLiteral{"1", false, "week", {}}, kHere));
  EXPECT_FALSE(LiteralSql(IntervalLiteral{"1", false, "year", "day"}, kHere));
}

TEST(Extract, FieldsByType) {
  EXPECT_EQ(Sql(ApplyExtract("dow", {Type::Timestamp(3), "\"t\""}, kHere)), "bigint | isodow(\"t\")");
  EXPECT_EQ(Sql(ApplyExtract("hour", {Type::TimestampWithTimeZone(3), "\"z\""}, kHere)),
            "bigint | hour(trino_cast_tstz_to_timestamp(\"z\"))");
  EXPECT_EQ(Sql(ApplyExtract("hour", Column(TypeKind::kDate), kHere)),
            "refused: TYPE_MISMATCH: line 1:8: Cannot extract HOUR from date");
  EXPECT_EQ(Sql(ApplyExtract("century", Column(TypeKind::kDate), kHere)),
            "refused: line 1:8: Invalid EXTRACT field: century");
}

}  // namespace
}  // namespace opentrail::sql
