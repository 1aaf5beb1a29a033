#include "engine/render.h"

#include <gtest/gtest.h>

#include "duckdb.hpp"

namespace opentrail::engine {
namespace {

using sql::Type;
using sql::TypeKind;

class RenderTest : public testing::Test {
 protected:
  RenderTest() : database_(nullptr), connection_(database_) {}

  std::string Render(const Type& type, const std::string& expression) {
    auto result = connection_.Query("SELECT CAST(" + expression + " AS " + type.EngineName() + ")");
    if (result->HasError()) return result->GetError();
    auto chunk = result->Fetch();
    duckdb::RecursiveUnifiedVectorFormat format;
    duckdb::Vector::RecursiveToUnifiedFormat(chunk->data[0], chunk->size(), format);
    std::string text;
    return ValueRenderer().Render(type, format, 0, text) ? text : "NULL";
  }

  duckdb::DuckDB database_;
  duckdb::Connection connection_;
};

TEST_F(RenderTest, Numbers) {
  EXPECT_EQ(Render(Type(TypeKind::kBoolean), "true"), "true");
  EXPECT_EQ(Render(Type(TypeKind::kTinyint), "-128"), "-128");
  EXPECT_EQ(Render(Type(TypeKind::kSmallint), "300"), "300");
  EXPECT_EQ(Render(Type(TypeKind::kInteger), "-7"), "-7");
  EXPECT_EQ(Render(Type(TypeKind::kBigint), "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(Render(Type(TypeKind::kDouble), "1e20"), "1.0E20");
  EXPECT_EQ(Render(Type(TypeKind::kDouble), "0.5"), "0.5");
  EXPECT_EQ(Render(Type(TypeKind::kDouble), "'nan'::DOUBLE"), "NaN");
  EXPECT_EQ(Render(Type(TypeKind::kDouble), "'-inf'::DOUBLE"), "-Infinity");
  EXPECT_EQ(Render(Type(TypeKind::kReal), "0.1"), "0.1");
  EXPECT_EQ(Render(Type::Decimal(4, 1), "42.9"), "42.9");
  EXPECT_EQ(Render(Type::Decimal(9, 0), "-5"), "-5");
  EXPECT_EQ(Render(Type::Decimal(18, 3), "0.001"), "0.001");
  EXPECT_EQ(Render(Type::Decimal(38, 2), "-123456789012345678901234567890.10"), "-123456789012345678901234567890.10");
  EXPECT_EQ(Render(Type(TypeKind::kBigint), "NULL"), "NULL");
  EXPECT_EQ(Render(Type(), "NULL"), "NULL");
}

TEST_F(RenderTest, Times) {
  EXPECT_EQ(Render(Type(TypeKind::kDate), "'2026-11-23'"), "2026-11-23");
  EXPECT_EQ(Render(Type::Timestamp(), "'2026-11-23 08:53:35'"), "2026-11-23 08:53:35.000");
  EXPECT_EQ(Render(Type::Timestamp(6), "'1969-12-31 23:59:59.999500'"), "1970-01-01 00:00:00.000");
  EXPECT_EQ(Render(Type::Time(), "'08:53:35.120'"), "08:53:35.120");
  EXPECT_EQ(Render(Type::TimestampWithTimeZone(), "1795424015000 * 4096"), "2026-11-23 08:53:35.000 UTC");
  EXPECT_EQ(Render(Type::TimestampWithTimeZone(), "-1 * 4096"), "1969-12-31 23:59:59.999 UTC");
  EXPECT_EQ(Render(Type(TypeKind::kIntervalDayToSecond), "90061001"), "1 01:01:01.001");
  EXPECT_EQ(Render(Type(TypeKind::kIntervalYearToMonth), "12"), "1-0");
}

TEST_F(RenderTest, Bytes) {
  EXPECT_EQ(Render(Type(TypeKind::kVarbinary), "'\\x01\\x02\\xff'::BLOB"), "01 02 ff");
  EXPECT_EQ(Render(Type(TypeKind::kVarbinary), "''::BLOB"), "");
  EXPECT_EQ(Render(Type(TypeKind::kIpAddress), "unhex('00000000000000000000ffff0a000001')"), "10.0.0.1");
  EXPECT_EQ(Render(Type(TypeKind::kIpAddress), "unhex('20010db8000000000000000000000001')"), "2001:db8::1");
  EXPECT_EQ(Render(Type(TypeKind::kUuid), "'12151fd2-7586-11e9-8f9e-2a86e4085a59'"),
            "12151fd2-7586-11e9-8f9e-2a86e4085a59");
  EXPECT_EQ(Render(Type::Varchar(), "''"), "");
  EXPECT_EQ(Render(Type(TypeKind::kJson), R"('{"a": 1}')"), R"({"a": 1})");
}

TEST_F(RenderTest, Containers) {
  const Type varchar = Type::Varchar();
  const Type bigint(TypeKind::kBigint);
  EXPECT_EQ(Render(Type::Array(varchar), "['a', NULL, 'b c']"), "[a, null, b c]");
  EXPECT_EQ(Render(Type::Array(varchar), "[]"), "[]");
  EXPECT_EQ(Render(Type::Array(varchar), "NULL"), "NULL");
  EXPECT_EQ(Render(Type::Map(varchar, bigint), "MAP {'b': 2, 'a': 1, 'c': NULL}"), "{a=1, b=2, c=null}");
  EXPECT_EQ(Render(Type::Map(bigint, varchar), "MAP {10: 'x', 9: 'y', -1: 'z'}"), "{-1=z, 9=y, 10=x}");
  EXPECT_EQ(Render(Type::Row({varchar, bigint}, {"f", "g"}), "{'f': 'v', 'g': NULL}"), "{f=v, g=null}");
  EXPECT_EQ(Render(Type::Row({bigint, varchar}, {"", ""}), "{'_1': 1, '_2': 'x'}"), "{1, x}");
  EXPECT_EQ(Render(Type::Array(Type::Row({Type::Map(varchar, Type::Array(bigint))}, {"m"})),
                   "[{'m': MAP {'k': [1, 2]}}, NULL]"),
            "[{m={k=[1, 2]}}, null]");
}

}  // namespace
}  // namespace opentrail::engine
