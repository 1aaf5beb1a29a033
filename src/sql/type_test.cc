#include "sql/type.h"

#include <gtest/gtest.h>

namespace opentrail::sql {
namespace {

TEST(Type, NamesItselfAsTrinoDoes) {
  EXPECT_EQ(Type::Varchar().Name(), "varchar");
  EXPECT_EQ(Type::Varchar(3).Name(), "varchar(3)");
  EXPECT_EQ(Type::Decimal(10, 2).Name(), "decimal(10,2)");
  EXPECT_EQ(Type::TimestampWithTimeZone(6).Name(), "timestamp(6) with time zone");
  EXPECT_EQ(Type::Map(Type::Varchar(), Type::Array(Type(TypeKind::kBigint))).Name(), "map(varchar, array(bigint))");
  EXPECT_EQ(Type::Row({Type::Varchar(), Type(TypeKind::kInteger)}, {"arn", ""}).Name(), "row(arn varchar, integer)");
  EXPECT_EQ(Type(TypeKind::kReal).Name(), "real");
  EXPECT_EQ(Type(TypeKind::kReal).BaseName(), "float");
  EXPECT_EQ(Type::TimestampWithTimeZone(3).BaseName(), "timestamp with time zone");
}

TEST(Type, IsStoredAsTheEngineCan) {
  EXPECT_EQ(Type::TimestampWithTimeZone().EngineName(), "BIGINT");
  EXPECT_EQ(Type(TypeKind::kJson).EngineName(), "VARCHAR");
  EXPECT_EQ(Type(TypeKind::kUnknown).EngineName(), "INTEGER");
  EXPECT_EQ(Type::Array(Type::Row({Type::Varchar(), Type(TypeKind::kDouble)}, {"Arn", "n"})).EngineName(),
            "STRUCT(\"arn\" VARCHAR, \"n\" DOUBLE)[]");
  // Names that are missing or alike give way to numbers, all of them.
  const Type anonymous = Type::Row({Type::Varchar(), Type::Varchar()}, {"a", ""});
  EXPECT_EQ(anonymous.EngineName(), "STRUCT(\"_1\" VARCHAR, \"_2\" VARCHAR)");
  const Type twice = Type::Row({Type::Varchar(), Type::Varchar()}, {"a", "A"});
  EXPECT_EQ(twice.EngineFieldNames(), (std::vector<std::string>{"_1", "_2"}));
}

TEST(Type, ReadsItsOwnNames) {
  for (const char* name : {"boolean",
                           "tinyint",
                           "smallint",
                           "integer",
                           "bigint",
                           "real",
                           "double",
                           "decimal(38,10)",
                           "varchar",
                           "varchar(20)",
                           "char(5)",
                           "varbinary",
                           "date",
                           "time(3)",
                           "timestamp(0)",
                           "timestamp(3) with time zone",
                           "interval day to second",
                           "interval year to month",
                           "json",
                           "ipaddress",
                           "uuid",
                           "unknown",
                           "array(array(varchar))",
                           "map(varchar, row(a bigint, b double))",
                           "row(date, interval day to second)",
                           "row(date date, time time(3))",
                           "array(timestamp(3) with time zone)"}) {
    const auto type = ParseType(name);
    ASSERT_TRUE(type) << name;
    EXPECT_EQ(type->Name(), name);
  }
}

TEST(Type, ReadsOtherSpellings) {
  EXPECT_EQ(ParseType("INT")->Name(), "integer");
  EXPECT_EQ(ParseType("timestamp")->Name(), "timestamp(3)");
  EXPECT_EQ(ParseType("TIMESTAMP WITH TIME ZONE")->Name(), "timestamp(3) with time zone");
  EXPECT_EQ(ParseType("decimal")->Name(), "decimal(38,0)");
  EXPECT_EQ(ParseType("double precision")->Name(), "double");
  EXPECT_EQ(ParseType("array<map<varchar,json>>")->Name(), "array(map(varchar, json))");
  EXPECT_EQ(ParseType("varchar array")->Name(), "array(varchar)");
  EXPECT_EQ(ParseType("ROW(\"Group Id\" varchar, x int)")->field_names()[0], "group id");
}

TEST(Type, RefusesWhatIsNone) {
  for (const char* name : {"", "strin", "varchar(", "varchar(x)", "decimal(39,1)", "decimal(3,4)", "map(varchar)",
                           "array()", "row()", "varchar) ", "timestamp(13)", "bigint x", "string"}) {
    EXPECT_FALSE(ParseType(name)) << name;
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "array(";
  EXPECT_FALSE(ParseType(deep + "bigint" + std::string(100, ')')));
}

TEST(Type, ReadsHiveSpelling) {
  const auto type = ParseHiveType("array<struct<ARN:string,accountId:string,n:decimal(5,1),m:map<string,int>>>");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->Name(), "array(row(arn varchar, accountid varchar, n decimal(5,1), m map(varchar, integer)))");
  EXPECT_EQ(ParseHiveType("float")->Name(), "real");
  EXPECT_EQ(ParseHiveType("binary")->Name(), "varbinary");
  EXPECT_EQ(ParseHiveType("timestamp with local time zone")->Name(), "timestamp(3) with time zone");
  EXPECT_FALSE(ParseHiveType("struct<a>"));
  EXPECT_FALSE(ParseHiveType("array<string"));
  EXPECT_FALSE(ParseHiveType("json"));
}

Type Parse(std::string_view text) { return *ParseType(text); }

struct CoercionCase {
  const char* from;
  const char* to;
  bool allowed;
};

TEST(Coercion, GoesWhereTrinoAllowsIt) {
  for (const auto& [from, to, allowed] : {
           CoercionCase{"tinyint", "bigint", true},
           {"bigint", "integer", false},
           {"integer", "double", true},
           {"bigint", "real", true},
           {"double", "real", false},
           {"integer", "decimal(12,2)", true},
           {"integer", "decimal(5,0)", false},
           {"decimal(5,2)", "double", true},
           {"varchar(3)", "varchar", true},
           {"varchar", "varchar(3)", false},
           {"varchar", "integer", false},
           {"integer", "varchar", false},
           {"varchar(3)", "char(5)", true},
           {"char(3)", "varchar", false},
           {"date", "timestamp(3)", true},
           {"timestamp(3)", "timestamp(3) with time zone", true},
           {"timestamp(3)", "date", false},
           {"varchar", "timestamp(3)", false},
           {"unknown", "ipaddress", true},
           {"array(integer)", "array(bigint)", true},
           {"array(bigint)", "array(integer)", false},
           {"map(varchar(1), integer)", "map(varchar, double)", true},
           {"row(integer, varchar(1))", "row(a bigint, b varchar)", true},
           {"row(integer)", "row(integer, integer)", false},
           {"json", "varchar", false},
       }) {
    EXPECT_EQ(CanCoerce(Parse(from), Parse(to)), allowed) << from << " -> " << to;
  }
}

TEST(Coercion, FindsTheCommonType) {
  const auto common = [](const char* a, const char* b) {
    const auto type = CommonSuperType(Parse(a), Parse(b));
    return type ? type->Name() : "none";
  };
  EXPECT_EQ(common("varchar(3)", "varchar(5)"), "varchar(5)");
  EXPECT_EQ(common("integer", "bigint"), "bigint");
  EXPECT_EQ(common("bigint", "decimal(5,2)"), "decimal(21,2)");
  EXPECT_EQ(common("decimal(10,2)", "decimal(5,4)"), "decimal(12,4)");
  EXPECT_EQ(common("real", "decimal(5,2)"), "real");
  EXPECT_EQ(common("date", "timestamp(3) with time zone"), "timestamp(3) with time zone");
  EXPECT_EQ(common("unknown", "date"), "date");
  EXPECT_EQ(common("array(unknown)", "array(varchar(2))"), "array(varchar(2))");
  EXPECT_EQ(common("varchar", "bigint"), "none");
  EXPECT_EQ(common("varchar", "char(3)"), "char(65536)");
  EXPECT_EQ(common("row(a integer)", "row(b bigint)"), "row(bigint)");
}

}  // namespace
}  // namespace opentrail::sql
