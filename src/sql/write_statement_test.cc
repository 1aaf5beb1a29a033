#include "sql/write_statement.h"

#include <gtest/gtest.h>

#include "catalog/table_list.h"

namespace opentrail::sql {
namespace {

std::string Refusal(std::string_view text) {
  const auto parsed = ParseWriteStatement(text);
  return parsed ? "" : parsed.error().Text();
}

template <typename Node>
Node Parse(std::string_view text) {
  auto parsed = ParseWriteStatement(text);
  EXPECT_TRUE(parsed) << parsed.error().Text();
  auto* node = parsed ? std::get_if<Node>(&*parsed) : nullptr;
  EXPECT_NE(node, nullptr) << text;
  return node != nullptr ? std::move(*node) : Node();
}

std::string TypeOf(std::string_view type) {
  const auto name = HiveTypeName(*ParseType(type));
  return name ? *name : name.error().Text();
}

TEST(WriteStatementTest, TellsWhatWrites) {
  EXPECT_TRUE(IsWriteStatement("insert into t select 1"));
  EXPECT_TRUE(IsWriteStatement("CREATE TABLE t AS SELECT 1"));
  EXPECT_TRUE(IsWriteStatement("UNLOAD (SELECT 1) TO 's3://b/'"));
  EXPECT_FALSE(IsWriteStatement("SELECT 1"));
  EXPECT_FALSE(IsWriteStatement("CREATE VIEW v AS SELECT 1"));
  EXPECT_FALSE(IsWriteStatement(""));
}

TEST(WriteStatementTest, ReadsCreateTableAs) {
  const auto create = Parse<CreateTableAs>(
      "CREATE TABLE IF NOT EXISTS db.T (a, b) COMMENT 'x' WITH (format = 'PARQUET', bucket_count = 3, is_external = "
      "true, "
      "partitioned_by = ARRAY['b']) AS WITH q AS (SELECT 1, 2) SELECT * FROM q WITH NO DATA;");
  EXPECT_TRUE(create.if_not_exists);
  ASSERT_EQ(create.table.parts.size(), 2U);
  EXPECT_EQ(create.table.parts[1].text, "T");
  EXPECT_EQ(create.columns.size(), 2U);
  EXPECT_EQ(create.comment, "x");
  EXPECT_FALSE(create.with_data);
  ASSERT_EQ(create.properties.size(), 4U);
  EXPECT_EQ(std::get<std::string>(create.properties[0].value), "PARQUET");
  EXPECT_EQ(std::get<int64_t>(create.properties[1].value), 3);
  EXPECT_TRUE(std::get<bool>(create.properties[2].value));
  EXPECT_EQ(std::get<std::vector<std::string>>(create.properties[3].value), std::vector<std::string>{"b"});
  EXPECT_TRUE(Parse<CreateTableAs>("create table t as (select 1 a) with data").with_data);
}

TEST(WriteStatementTest, ReadsInsert) {
  EXPECT_TRUE(Parse<InsertInto>("INSERT INTO t VALUES (1, 'a'), (2, 'b')").columns.empty());
  EXPECT_EQ(Parse<InsertInto>("INSERT INTO awsdatacatalog.db.t (a, \"B\") SELECT 1, 2").columns[1].text, "B");
  EXPECT_TRUE(Parse<InsertInto>("INSERT INTO t (SELECT 1)").columns.empty());
  EXPECT_TRUE(Parse<InsertInto>("INSERT INTO t ((SELECT 1) UNION (SELECT 2))").columns.empty());
}

TEST(WriteStatementTest, ReadsUnload) {
  const auto unload =
      Parse<Unload>("UNLOAD (SELECT 1 AS a) TO 's3://b/c/' WITH (format = 'JSON', compression = 'gzip')");
  EXPECT_EQ(unload.location, "s3://b/c/");
  EXPECT_EQ(unload.properties[1].name, "compression");
  EXPECT_NE(unload.query, nullptr);
}

TEST(WriteStatementTest, NamesWhatIsWrongAndWhere) {
  EXPECT_EQ(Refusal("INSERT t SELECT 1"), "line 1:8: mismatched input 't'. Expecting: 'INTO'");
  EXPECT_TRUE(
      Refusal("CREATE TABLE t WITH (format = 1.5) AS SELECT 1").starts_with("line 1:31: mismatched input '1.5'."));
  EXPECT_TRUE(Refusal("UNLOAD (SELECT 1) INTO 's3://b/'").starts_with("line 1:19: mismatched input 'INTO'."));
  EXPECT_TRUE(Refusal("CREATE TABLE t AS SELECT 1 WITH SOME DATA").starts_with("line 1:33: mismatched input 'SOME'."));
  EXPECT_TRUE(Refusal("INSERT INTO t VALUES 1; SELECT 1").starts_with("Only one sql statement is allowed."));
}

TEST(WriteStatementTest, TypesAreHives) {
  EXPECT_EQ(TypeOf("varchar"), "string");
  EXPECT_EQ(TypeOf("varchar(3)"), "varchar(3)");
  EXPECT_EQ(TypeOf("integer"), "int");
  EXPECT_EQ(TypeOf("array(row(A bigint, m map(varchar, decimal(10,2))))"),
            "array<struct<a:bigint,m:map<string,decimal(10,2)>>>");
  EXPECT_EQ(TypeOf("timestamp(3) with time zone"), "NOT_SUPPORTED: Unsupported Hive type: timestamp(3) with time zone");
  EXPECT_EQ(TypeOf("row(bigint)"),
            "NOT_SUPPORTED: Anonymous row type is not supported in Hive. Please give each field a name: row(bigint)");
}

TEST(WriteStatementTest, ColumnsAreBroughtToTheTablesTypes) {
  const catalog::TableList none;
  const auto parsed = ParseWriteStatement("INSERT INTO t SELECT 1, 'abc'");
  std::vector<bool> named;
  const auto rows = TranslateQuery(*std::get<InsertInto>(*parsed).query, none, {}, &named);
  ASSERT_TRUE(rows);
  EXPECT_EQ(named, (std::vector<bool>{false, false}));
  const auto fitted = CoerceColumns(*rows, {Type(TypeKind::kBigint), Type::Varchar(2)});
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->columns[0].type, Type(TypeKind::kBigint));
  EXPECT_FALSE(CoerceColumns(*rows, {Type(TypeKind::kDate), Type::Varchar()}));
}

}  // namespace
}  // namespace opentrail::sql
