#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sql/ddl.h"
#include "sql/ddl_format.h"
#include "sql/translate.h"

namespace opentrail::sql {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string_view statement;
  std::string_view outcome;  // canonical text, or "! CODE message"
};

std::string Outcome(std::string_view statement) {
  const Result<DdlStatement> parsed = ParseDdl(statement);
  if (parsed) return FormatDdl(*parsed);
  EXPECT_FALSE(parsed.error().position) << statement;
  return fmt::format("! {} {}", ErrorCodeName(parsed.error().code), parsed.error().message);
}

void Check(std::initializer_list<Case> cases) {
  for (const Case& one : cases) EXPECT_EQ(Outcome(one.statement), one.outcome) << one.statement;
}

// CREATE EXTERNAL TABLE t (a int) with clauses behind it and a location.
Result<CreateTable> Created(std::string_view clauses, std::string_view columns = "a int") {
  const std::string text =
      fmt::format("CREATE EXTERNAL TABLE t ({}) {} LOCATION 's3://bucket/prefix/'", columns, clauses);
  Result<DdlStatement> parsed = ParseDdl(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error().message;
  if (!parsed) return std::unexpected(parsed.error());
  return std::get<CreateTable>(*std::move(parsed));
}

// The refusal of the same statement.
std::string Refused(std::string_view clauses, std::string_view columns = "a int") {
  return Outcome(fmt::format("CREATE EXTERNAL TABLE t ({}) {} LOCATION 's3://bucket/prefix/'", columns, clauses));
}

// The type of a column as Glue keeps it.
std::string TypeOf(std::string_view type) {
  const Result<CreateTable> table = Created("", fmt::format("a {}", type));
  return table ? table->columns.front().type : "";
}

std::string Repeated(std::string_view text, size_t times) {
  std::string repeated;
  for (size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(DdlKind, FirstWordsTell) {
  for (const std::string_view text : {"create external table t (a int)",
                                      "CREATE TABLE t (a int)",
                                      "CREATE TABLE IF NOT EXISTS d.t (a array<int>)",
                                      "-- a comment\n/* and one more */ CREATE EXTERNAL TABLE",
                                      "CREATE TABLE t LIKE u",
                                      "CREATE DATABASE d",
                                      "create schema if not exists d",
                                      "DROP DATABASE d",
                                      "DROP TABLE t",
                                      "DROP VIEW v",
                                      "ALTER TABLE t",
                                      "ALTER DATABASE d",
                                      "MSCK REPAIR TABLE t",
                                      "SHOW TABLES",
                                      "SHOW DATABASES",
                                      "SHOW SCHEMAS",
                                      "SHOW VIEWS",
                                      "SHOW COLUMNS",
                                      "SHOW PARTITIONS t",
                                      "SHOW TBLPROPERTIES t",
                                      "SHOW CREATE TABLE t",
                                      "SHOW CREATE VIEW v",
                                      "DESCRIBE t",
                                      "DESC t",
                                      "CREATE TABLE \"t\" (a int)",
                                      "CREATE TABLE `d`.`t` (`a` int)"}) {
    EXPECT_TRUE(IsDdl(text)) << text;
  }
  for (const std::string_view text : {"",
                                      ";",
                                      "SELECT 1",
                                      "CREATE VIEW v AS SELECT 1",
                                      "CREATE OR REPLACE VIEW v AS SELECT 1",
                                      "CREATE TABLE t AS SELECT 1",
                                      "CREATE TABLE t WITH (format = 'ORC') AS SELECT 1",
                                      "CREATE TABLE t (a, b) AS SELECT 1, 2",
                                      "CREATE TABLE t (a) AS SELECT 1",
                                      "CREATE TABLE IF NOT EXISTS d.t AS SELECT 1",
                                      "SHOW FUNCTIONS",
                                      "SHOW CATALOGS",
                                      "EXPLAIN SELECT 1",
                                      "INSERT INTO t VALUES 1",
                                      "UNLOAD (SELECT 1) TO 's3://b/'",
                                      "PREPARE p FROM SELECT 1",
                                      "WITH a AS (SELECT 1)",
                                      "create",
                                      "show create function f",
                                      "\"CREATE\" DATABASE d",
                                      "CREATE DATABASE \xff"}) {
    EXPECT_FALSE(IsDdl(text)) << text;
  }
}

TEST(DdlDatabase, Statements) {
  Check(
      {{"CREATE DATABASE Logs", "CREATE DATABASE `logs`"},
       {"create schema if not exists `my-logs` comment 'it\\'s' location 's3://b' with dbproperties ('k'=\"v\",'l'='')",
        "CREATE DATABASE IF NOT EXISTS `my-logs` COMMENT 'it\\'s' LOCATION 's3://b' WITH DBPROPERTIES ('k'='v', "
        "'l'='')"},
       {"DROP DATABASE d;", "DROP DATABASE `d`"},
       {"DROP SCHEMA IF EXISTS d CASCADE", "DROP DATABASE IF EXISTS `d` CASCADE"},
       {"DROP DATABASE d RESTRICT", "DROP DATABASE `d`"},
       {"ALTER DATABASE d SET DBPROPERTIES ('a'='1')", "ALTER DATABASE `d` SET DBPROPERTIES ('a'='1')"},
       {"ALTER SCHEMA d SET DBPROPERTIES ('a'='1')", "ALTER DATABASE `d` SET DBPROPERTIES ('a'='1')"},
       {"SHOW DATABASES", "SHOW DATABASES"},
       {"SHOW SCHEMAS LIKE 'a.*|b'", "SHOW DATABASES LIKE 'a.*|b'"}});
}

TEST(DdlTable, StatementsThatNameOne) {
  Check({{"DROP TABLE t", "DROP TABLE `t`"},
         {"DROP TABLE IF EXISTS AwsDataCatalog.`D`.t", "DROP TABLE IF EXISTS `awsdatacatalog`.`d`.`t`"},
         {"DROP VIEW IF EXISTS d.v", "DROP VIEW IF EXISTS `d`.`v`"},
         {"MSCK REPAIR TABLE `2019``s`", "MSCK REPAIR TABLE `2019``s`"},
         {"MSCK REPAIR TABLE 2019_logs", "MSCK REPAIR TABLE `2019_logs`"},
         {"SHOW PARTITIONS d.t", "SHOW PARTITIONS `d`.`t`"},
         {"SHOW TBLPROPERTIES t", "SHOW TBLPROPERTIES `t`"},
         {"SHOW TBLPROPERTIES t (\"classification\")", "SHOW TBLPROPERTIES `t`('classification')"},
         {"SHOW CREATE TABLE d.t", "SHOW CREATE TABLE `d`.`t`"},
         {"SHOW CREATE VIEW v", "SHOW CREATE VIEW `v`"},
         {"SHOW TABLES", "SHOW TABLES"},
         {"SHOW TABLES IN d 'cloud*|vpc*'", "SHOW TABLES IN `d` LIKE 'cloud*|vpc*'"},
         {"SHOW TABLES FROM d LIKE '.*'", "SHOW TABLES IN `d` LIKE '.*'"},
         {"SHOW TABLES 'a'", "SHOW TABLES LIKE 'a'"},
         {"SHOW VIEWS IN `d-e` LIKE 'a'", "SHOW VIEWS IN `d-e` LIKE 'a'"},
         {"SHOW COLUMNS FROM t", "SHOW COLUMNS IN `t`"},
         {"SHOW COLUMNS IN t FROM d", "SHOW COLUMNS IN `d`.`t`"},
         {"SHOW COLUMNS IN d.t", "SHOW COLUMNS IN `d`.`t`"},
         {"SHOW COLUMNS IN d.t IN e",
          "! INVALID_ARGUMENTS FAILED: SemanticException Duplicates declaration for database name"},
         {"DESCRIBE t", "DESCRIBE `t`"},
         {"DESC FORMATTED d.t", "DESCRIBE FORMATTED `d`.`t`"},
         {"DESC formatted", "DESCRIBE `formatted`"},
         {"DESCRIBE EXTENDED t PARTITION (year='2026', month=11)",
          "DESCRIBE EXTENDED `t` PARTITION (`year`='2026', `month`='11')"},
         {"DESCRIBE t userIdentity.Arn", "DESCRIBE `t` `useridentity.arn`"},
         {"DESCRIBE t a.'$elem$'.b", "DESCRIBE `t` `a.$elem$.b`"}});
}

TEST(DdlTable, PlaceOfItsName) {
  const Result<DdlStatement> drop = ParseDdl("DROP TABLE\n  d.t");
  ASSERT_TRUE(drop);
  EXPECT_EQ(std::get<DropTable>(*drop).table.position, (Position{2, 3}));
}

TEST(DdlAlterTable, Statements) {
  Check({{"ALTER TABLE t ADD PARTITION (region='us-east-1', year=2026, ok=true, n=-1.5) LOCATION 's3://b/x/'",
          "ALTER TABLE `t` ADD PARTITION (`region`='us-east-1', `year`='2026', `ok`='true', `n`='-1.5') LOCATION "
          "'s3://b/x/'"},
         {"ALTER TABLE d.t ADD IF NOT EXISTS\nPARTITION (`date`='2026-11-23')\npartition (`date`=DATE '2026-11-24') "
          "location 's3://b/{x}'",
          "ALTER TABLE `d`.`t` ADD IF NOT EXISTS PARTITION (`date`='2026-11-23') PARTITION (`date`='2026-11-24') "
          "LOCATION 's3://b/{x}'"},
         {"ALTER TABLE t DROP PARTITION (year < '2020', month<>1), PARTITION (year>=2030)",
          "ALTER TABLE `t` DROP PARTITION (`year`<'2020', `month`<>'1'), PARTITION (`year`>='2030')"},
         {"ALTER TABLE t DROP IF EXISTS PARTITION (a != 'x')", "ALTER TABLE `t` DROP IF EXISTS PARTITION (`a`<>'x')"},
         {"ALTER TABLE t PARTITION (a='1') RENAME TO PARTITION (a='2')",
          "ALTER TABLE `t` PARTITION (`a`='1') RENAME TO PARTITION (`a`='2')"},
         {"ALTER TABLE t SET LOCATION 's3://b/'", "ALTER TABLE `t` SET LOCATION 's3://b/'"},
         {"ALTER TABLE t PARTITION (a='1') SET LOCATION 's3://b/'",
          "ALTER TABLE `t` PARTITION (`a`='1') SET LOCATION 's3://b/'"},
         {"ALTER TABLE t ADD COLUMNS (a INT COMMENT 'one', b array<string>)",
          "ALTER TABLE `t` ADD COLUMNS (`a` int COMMENT 'one', `b` array<string>)"},
         {"ALTER TABLE t PARTITION (p='1') ADD COLUMNS (a int) CASCADE",
          "ALTER TABLE `t` PARTITION (`p`='1') ADD COLUMNS (`a` int)"},
         {"ALTER TABLE t REPLACE COLUMNS (a int)", "ALTER TABLE `t` REPLACE COLUMNS (`a` int)"},
         {"ALTER TABLE t CHANGE COLUMN a b bigint COMMENT 'c' AFTER d",
          "ALTER TABLE `t` CHANGE COLUMN `a` `b` bigint COMMENT 'c' AFTER `d`"},
         {"ALTER TABLE t CHANGE a a string FIRST CASCADE", "ALTER TABLE `t` CHANGE COLUMN `a` `a` string FIRST"},
         {"ALTER TABLE t SET TBLPROPERTIES ('projection.enabled'='true', \"a\"='b')",
          "ALTER TABLE `t` SET TBLPROPERTIES ('projection.enabled'='true', 'a'='b')"},
         {"ALTER TABLE t RENAME TO u", "! NOT_SUPPORTED Queries of this type are not supported: ALTER TABLE RENAME TO"},
         {"ALTER TABLE t SET SERDEPROPERTIES ('a'='b')",
          "! NOT_SUPPORTED Queries of this type are not supported: ALTER TABLE SET SERDEPROPERTIES"},
         {"ALTER TABLE t ADD PARTITION (year)",
          "! SYNTAX_ERROR line 1:33 mismatched input ')' expecting = near 'year' in partition specification"}});
}

TEST(DdlType, AsGlueKeepsIt) {
  const std::pair<std::string_view, std::string_view> types[] = {
      {"BOOLEAN", "boolean"},
      {"TinyInt", "tinyint"},
      {"smallint", "smallint"},
      {"integer", "int"},
      {"bigint", "bigint"},
      {"double", "double"},
      {"float", "float"},
      {"decimal", "decimal(10,0)"},
      {"decimal(5)", "decimal(5,0)"},
      {"DECIMAL ( 38 , 2 )", "decimal(38,2)"},
      {"char(255)", "char(255)"},
      {"varchar(65535)", "varchar(65535)"},
      {"binary", "binary"},
      {"date", "date"},
      {"timestamp", "timestamp"},
      {"array < STRING >", "array<string>"},
      {"map<STRING, array<int>>", "map<string,array<int>>"},
      {"STRUCT<\n type: STRING, -- whose\n userName : string>", "struct<type:string,userName:string>"},
      {"struct<a:int COMMENT 'one', `b-c`:map<string,decimal(3,1)> comment \"two\">",
       "struct<a:int,b-c:map<string,decimal(3,1)>>"},
      {"struct<date:date,_x:struct<1a:array<struct<timestamp:timestamp>>>>",
       "struct<date:date,_x:struct<1a:array<struct<timestamp:timestamp>>>>"},
  };
  for (const auto& [written, kept] : types) EXPECT_EQ(TypeOf(written), kept) << written;
}

TEST(DdlType, Refused) {
  const std::pair<std::string_view, std::string_view> types[] = {
      {"a varchar2(20)", "SYNTAX_ERROR line 1:27 cannot recognize input near 'varchar2' '(' '20' in column type"},
      {"a", "SYNTAX_ERROR line 1:26 cannot recognize input near ')' 'LOCATION' ''s3://bucket/prefix/'' in column type"},
      {"a array<>", "SYNTAX_ERROR line 1:32 mismatched input '<>' expecting < near 'array' in column type"},
      {"a array<int", "SYNTAX_ERROR line 1:36 mismatched input ')' expecting > near 'int' in column type"},
      {"a struct<b int>", "SYNTAX_ERROR line 1:36 mismatched input 'int' expecting : near 'b' in column type"},
      {"a map<array<int>,int>", "SYNTAX_ERROR line 1:31 cannot recognize input near 'array' '<' 'int' in column type"},
      {"a struct<`b:c`:int>", "SYNTAX_ERROR line 1:34 cannot recognize input near '`b:c`' ':' 'int' in column type"},
      {"a varchar", "SYNTAX_ERROR line 1:34 mismatched input ')' expecting ( near 'varchar' in column type"},
      {"a decimal(39)", "INVALID_ARGUMENTS FAILED: SemanticException Decimal precision out of allowed range [1,38]"},
      {"a decimal(2,3)",
       "INVALID_ARGUMENTS FAILED: SemanticException Decimal scale must be less than or equal to precision"},
      {"a char(256)", "INVALID_ARGUMENTS FAILED: SemanticException char length 256 out of allowed range [1, 255]"},
      {"a varchar(99999999999)",
       "SYNTAX_ERROR line 1:35 mismatched input '99999999999' expecting Number near '(' in "
       "column type"},
  };
  for (const auto& [columns, refusal] : types) EXPECT_EQ(Refused("", columns), fmt::format("! {}", refusal));
}

TEST(DdlCreateTable, TrailWithSerdeAndPartitions) {
  const Result<DdlStatement> parsed = ParseDdl(R"(
-- a trail's logs
CREATE EXTERNAL TABLE IF NOT EXISTS Audit.Trail_Logs (
  eventVersion STRING,
  userIdentity STRUCT<type: STRING, sessionContext: STRUCT<
    attributes: STRUCT<mfaAuthenticated: STRING>, webIdFederationData: MAP<STRING,STRING>>>,
  eventTime STRING COMMENT 'when; not where',
  resources ARRAY<STRUCT<ARN: STRING, type: STRING>>
)
COMMENT 'it''s "logs"'
PARTITIONED BY (`timestamp` string, region string COMMENT 'us-east-1 …')
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
/* as the
   console has it */
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://bucket/AWSLogs/123456789012/CloudTrail/'
TBLPROPERTIES ("projection.enabled"="true", 'storage.location.template'='s3://bucket/${timestamp}');
)");
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto& table = std::get<CreateTable>(*parsed);
  EXPECT_TRUE(table.if_not_exists);
  EXPECT_EQ(table.table.database, "audit");
  EXPECT_EQ(table.table.name, "trail_logs");
  EXPECT_EQ(table.table.catalog, std::nullopt);
  ASSERT_EQ(table.columns.size(), 4U);
  EXPECT_EQ(table.columns[1].name, "useridentity");
  EXPECT_EQ(table.columns[1].type,
            "struct<type:string,sessionContext:struct<attributes:struct<mfaAuthenticated:string>,"
            "webIdFederationData:map<string,string>>>");
  EXPECT_EQ(table.columns[2].comment, "when; not where");
  EXPECT_EQ(table.columns[3].type, "array<struct<ARN:string,type:string>>");
  EXPECT_EQ(table.comment, "its \"logs\"");
  ASSERT_EQ(table.partition_keys.size(), 2U);
  EXPECT_EQ(table.partition_keys[0].name, "timestamp");
  EXPECT_EQ(table.partition_keys[1].comment, "us-east-1 …");
  EXPECT_EQ(table.buckets, -1);
  EXPECT_EQ(table.format.serde, "org.apache.hive.hcatalog.data.JsonSerDe");
  EXPECT_EQ(table.format.input_format, "com.amazon.emr.cloudtrail.CloudTrailInputFormat");
  EXPECT_EQ(table.format.output_format, "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat");
  EXPECT_EQ(table.format.serde_properties,
            (Properties{{"ignore.malformed.json", "true"}, {"serialization.format", "1"}}));
  EXPECT_EQ(table.location, "s3://bucket/AWSLogs/123456789012/CloudTrail/");
  EXPECT_EQ(table.properties,
            (Properties{{"projection.enabled", "true"}, {"storage.location.template", "s3://bucket/${timestamp}"}}));
}

TEST(DdlCreateTable, StoredAs) {
  const std::string text =
      "org.apache.hadoop.mapred.TextInputFormat "
      "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat ";
  const std::string lazy = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
  const std::string ql = "org.apache.hadoop.hive.ql.io.";
  const std::pair<std::string, std::string> formats[] = {
      {"", text + lazy},
      {"STORED AS TEXTFILE", text + lazy},
      {"STORED AS JSONFILE", text + "org.apache.hive.hcatalog.data.JsonSerDe"},
      {"STORED AS sequencefile",
       "org.apache.hadoop.mapred.SequenceFileInputFormat " + ql + "HiveSequenceFileOutputFormat " + lazy},
      {"STORED AS RCFILE", ql + "RCFileInputFormat " + ql +
                               "RCFileOutputFormat org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe"},
      {"STORED AS Orc", ql + "orc.OrcInputFormat " + ql + "orc.OrcOutputFormat " + ql + "orc.OrcSerde"},
      {"STORED AS PARQUET", ql + "parquet.MapredParquetInputFormat " + ql + "parquet.MapredParquetOutputFormat " + ql +
                                "parquet.serde.ParquetHiveSerDe"},
      {"STORED AS AVRO", ql + "avro.AvroContainerInputFormat " + ql +
                             "avro.AvroContainerOutputFormat org.apache.hadoop.hive.serde2.avro.AvroSerDe"},
      {"STORED AS ION",
       "com.amazon.ionhiveserde.formats.IonInputFormat "
       "com.amazon.ionhiveserde.formats.IonOutputFormat com.amazon.ionhiveserde.IonHiveSerDe"},
      {"STORED AS INPUTFORMAT 'i' OUTPUTFORMAT \"o\"", "i o " + lazy},
      {"ROW FORMAT SERDE 's' STORED AS TEXTFILE", text + "s"},
      {"STORED AS TEXTFILE ROW FORMAT SERDE 's'", text + "s"},
  };
  for (const auto& [clause, classes] : formats) {
    const Result<CreateTable> table = Created(clause);
    ASSERT_TRUE(table);
    const StorageFormat& format = table->format;
    EXPECT_EQ(fmt::format("{} {} {}", format.input_format, format.output_format, format.serde), classes) << clause;
    EXPECT_EQ(format.serde_properties, (Properties{{"serialization.format", "1"}})) << clause;
  }
  EXPECT_EQ(Refused("STORED AS CSV"),
            "! INVALID_ARGUMENTS FAILED: SemanticException Unrecognized file format in STORED AS clause: 'CSV'");
}

TEST(DdlCreateTable, Delimited) {
  EXPECT_EQ(Created("ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '")->format.serde_properties,
            (Properties{{"serialization.format", " "}, {"field.delim", " "}}));
  EXPECT_EQ(Created("ROW FORMAT DELIMITED")->format.serde_properties, (Properties{{"serialization.format", "1"}}));
  EXPECT_EQ(Created("ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' COLLECTION ITEMS TERMINATED BY "
                    "'\\002' MAP KEYS TERMINATED BY '\\u0003' LINES TERMINATED BY '\\n' NULL DEFINED AS '-' "
                    "STORED AS TEXTFILE WITH SERDEPROPERTIES ('a'='b')")
                ->format.serde_properties,
            (Properties{{"serialization.format", "\t"},
                        {"field.delim", "\t"},
                        {"escape.delim", "\\"},
                        {"colelction.delim", "\x02"},
                        {"mapkey.delim", "\x03"},
                        {"line.delim", "\n"},
                        {"serialization.null.format", "-"},
                        {"a", "b"}}));
  EXPECT_EQ(Refused("ROW FORMAT DELIMITED LINES TERMINATED BY '\\r'"),
            "! INVALID_ARGUMENTS FAILED: SemanticException LINES TERMINATED BY only supports newline '\\n' right now");
}

TEST(DdlCreateTable, ClausesInAnyOrderEachOnce) {
  const Result<DdlStatement> parsed = ParseDdl(
      "CREATE EXTERNAL TABLE t (a int) TBLPROPERTIES ('k'='v') LOCATION 's3://b/' STORED AS ORC "
      "CLUSTERED BY (a, b) INTO 4 BUCKETS PARTITIONED BY (p string) COMMENT 'c'");
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto& table = std::get<CreateTable>(*parsed);
  EXPECT_EQ(table.comment, "c");
  EXPECT_EQ(table.bucket_columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.buckets, 4);
  EXPECT_EQ(table.partition_keys.size(), 1U);
  EXPECT_EQ(Refused("COMMENT 'a' COMMENT 'b'"), "! SYNTAX_ERROR line 1:44 missing EOF at 'COMMENT' near ''a''");
}

TEST(DdlCreateTable, Escapes) {
  const std::pair<std::string_view, std::string_view> comments[] = {
      {R"('it\'s')", "it's"},
      {R"("say \"so\"")", R"(say "so")"},
      {R"('\\')", "\\"},
      {R"('a''b')", "ab"},
      {R"('a'"b")", "ab"},
      {R"('\101\7\n')", "A7\n"},
      {R"('\u00e9\ud83d\ude00')", "é😀"},
      {R"('\ud83d!')", "\xEF\xBF\xBD!"},
      {R"('\%\_\q\é')", R"(\%\_qé)"},
      {R"('')", ""},
  };
  for (const auto& [written, text] : comments) {
    const Result<CreateTable> table = Created(fmt::format("COMMENT {}", written));
    if (table) EXPECT_EQ(table->comment, text) << written;
  }
  EXPECT_EQ(Created(R"(COMMENT '\0')")->comment, std::string(1, '\0'));
}

TEST(DdlCreateTable, Refused) {
  Check({
      {"CREATE EXTERNAL TABLE t (a int)",
       "! INVALID_ARGUMENTS No location was specified for table. An S3 location must be specified"},
      {"CREATE EXTERNAL TABLE t (a int) LOCATION 'hdfs://x/'",
       "! INVALID_ARGUMENTS The location 'hdfs://x/' is not an S3 location: s3://bucket/path/ must be specified"},
      {"CREATE EXTERNAL TABLE t (a int) LOCATION 's3://'",
       "! INVALID_ARGUMENTS The location 's3://' is not an S3 location: s3://bucket/path/ must be specified"},
      {"CREATE EXTERNAL TABLE t (a int, A string) LOCATION 's3://b'",
       "! INVALID_ARGUMENTS FAILED: SemanticException [Error 10036]: Duplicate column name: a"},
      {"CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (a int) LOCATION 's3://b'",
       "! INVALID_ARGUMENTS FAILED: SemanticException [Error 10035]: Column repeated in partitioning columns"},
      {"CREATE TABLE t (a int) LOCATION 's3://b'",
       "! NOT_SUPPORTED Queries of this type are not supported: CREATE TABLE without EXTERNAL; use CREATE EXTERNAL "
       "TABLE"},
      {"CREATE TABLE t (a int) PARTITIONED BY (day(a)) LOCATION 's3://b' TBLPROPERTIES ('table_type'='ICEBERG')",
       "! NOT_SUPPORTED Queries of this type are not supported: Iceberg tables"},
      {"CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b' TBLPROPERTIES ('table_type'='iceberg')",
       "! NOT_SUPPORTED Queries of this type are not supported: Iceberg tables"},
      {"CREATE TABLE t LIKE u", "! NOT_SUPPORTED Queries of this type are not supported: CREATE TABLE LIKE"},
      {"CREATE EXTERNAL TABLE t LOCATION 's3://b'",
       "! SYNTAX_ERROR line 1:24 mismatched input 'LOCATION' expecting ( near 't' in create table statement"},
      {"CREATE EXTERNAL TABLE t (flow-direction string) LOCATION 's3://b'",
       "! SYNTAX_ERROR line 1:29 cannot recognize input near '-' 'direction' 'string' in column type"},
      {"CREATE EXTERNAL TABLE t (date string) LOCATION 's3://b'",
       "! SYNTAX_ERROR line 1:25 cannot recognize input near 'date' 'string' ')' in column specification"},
      {"CREATE EXTERNAL TABLE t (_a string) LOCATION 's3://b'",
       "! SYNTAX_ERROR line 1:25 cannot recognize input near '_a' 'string' ')' in column specification"},
      {"CREATE EXTERNAL TABLE \"t\" (a int) LOCATION 's3://b'",
       "! SYNTAX_ERROR line 1:22 cannot recognize input near '\"t\"' '(' 'a' in table name"},
      {"CREATE EXTERNAL TABLE t (a int,) LOCATION 's3://b'",
       "! SYNTAX_ERROR line 1:31 cannot recognize input near ')' 'LOCATION' ''s3://b'' in column specification"},
      {"CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b' TBLPROPERTIES ('a'=1)",
       "! SYNTAX_ERROR line 1:69 mismatched input '1' expecting StringLiteral near '=' in table properties list"},
      {"CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b' TBLPROPERTIES ()",
       "! SYNTAX_ERROR line 1:65 mismatched input ')' expecting StringLiteral near '(' in table properties list"},
      {"CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b' AS SELECT 1",
       "! SYNTAX_ERROR line 1:50 missing EOF at 'AS' near ''s3://b''"},
      {"CREATE EXTERNAL TABLE t (a int) STORED BY 'x'",
       "! NOT_SUPPORTED Queries of this type are not supported: STORED BY"},
  });
}

TEST(DdlCreateTable, NamesThatTablesOfAwsHaveBare) {
  EXPECT_TRUE(Created("",
                      "timestamp string, time string, type string, version int, action string, protocol int, "
                      "region string, identity string, input string, output string, account string"));
}

TEST(Ddl, RefusalsHaveHivesWords) {
  Check(
      {{"", "! SYNTAX_ERROR line 1:0 cannot recognize input near '<EOF>' '<EOF>' '<EOF>'"},
       {"SELECT 1", "! SYNTAX_ERROR line 1:0 cannot recognize input near 'SELECT' '1' '<EOF>'"},
       {"DESC a-b", "! SYNTAX_ERROR line 1:6 cannot recognize input near '-' 'b' '<EOF>' in describe statement"},
       {"DROP TABLE a-b", "! SYNTAX_ERROR line 1:12 missing EOF at '-' near 'a'"},
       {"CREATE DATABASE a-b", "! SYNTAX_ERROR line 1:17 missing EOF at '-' near 'a'"},
       {"DROP TABLE\n\n  ''", "! SYNTAX_ERROR line 3:2 cannot recognize input near '''' '<EOF>' '<EOF>' in table name"},
       {"DROP TABLE a.b.c.d", "! SYNTAX_ERROR line 1:16 missing EOF at '.' near 'c'"},
       {"DROP TABLE ``", "! SYNTAX_ERROR line 1:11 cannot recognize input near '``' '<EOF>' '<EOF>' in table name"},
       {"SHOW TABLES IN",
        "! SYNTAX_ERROR line 1:14 cannot recognize input near '<EOF>' '<EOF>' '<EOF>' in show "
        "statement"},
       {"SHOW TABLES 'a", "! SYNTAX_ERROR line 1:12 missing EOF at ''a' near 'TABLES'"},
       {"MSCK TABLE t",
        "! SYNTAX_ERROR line 1:5 mismatched input 'TABLE' expecting REPAIR near 'MSCK' in repair statement"},
       {"DROP DATABASE d; DROP DATABASE e",
        "! SYNTAX_ERROR Only one sql statement is allowed. Got: DROP DATABASE d; DROP DATABASE e"},
       {"DESCRIBE TABLE t", "! SYNTAX_ERROR line 1:9 cannot recognize input near 'TABLE' 't' '<EOF>' in table name"}});
}

TEST(Ddl, NestingIsBounded) {
  const auto nested = [](size_t depth) {
    return fmt::format("CREATE EXTERNAL TABLE t (a {}int{}) LOCATION 's3://b'", Repeated("array<", depth),
                       Repeated(">", depth));
  };
  EXPECT_TRUE(ParseDdl(nested(299)));
  EXPECT_EQ(Outcome(nested(300)), "! EXCEEDED_DEPTH_LIMIT statement is nested deeper than 300 levels");
  EXPECT_EQ(Outcome(nested(20000)), "! EXCEEDED_DEPTH_LIMIT statement is nested deeper than 300 levels");
}

// Each fills a statement with what a careless parser reads again and again.
TEST(Ddl, TimeIsLinear) {
  constexpr size_t kBytes = kMaxStatementBytes / 4;
  const auto filled = [](std::string_view part) { return Repeated(part, kBytes / part.size()); };
  for (const std::string& text :
       {"SHOW TABLES " + filled("'\\"), "SHOW TABLES " + filled("''\""), "DROP TABLE " + filled("`"),
        "CREATE EXTERNAL TABLE t (" + filled("a int,"), "CREATE EXTERNAL TABLE t (a struct<" + filled("a:int,"),
        "CREATE TABLE " + filled("a."),
        "CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED " + filled("ESCAPED BY '' "),
        "ALTER TABLE t ADD " + filled("PARTITION (a=1) "), "DESCRIBE t a" + filled(".a")}) {
    const std::clock_t started = std::clock();  // the processor's time: others may be using it too
    (void)IsDdl(text);
    (void)ParseDdl(text);
    EXPECT_LT(std::clock() - started, 5 * CLOCKS_PER_SEC) << text.substr(0, 40);
  }
  EXPECT_EQ(ParseDdl(std::string(kMaxStatementBytes + 1, ' ')).error().code, ErrorCode::kQueryTextTooLarge);
}

fs::path SharedDefinitions() {
  const char* named = std::getenv("OPENTRAIL_SHARED");  // NOLINT(concurrency-mt-unsafe): before any thread
  const fs::path shared = named != nullptr ? fs::path(named) : fs::path(OPENTRAIL_SOURCE_DIR).parent_path() / "shared";
  return shared / "queries" / "ddl";
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// Its blanks filled in, and in backquotes the names that must be.
std::string Mended(std::string text) {
  text = Replaced(std::move(text), "[TABLE_NAME]", "trail_logs");
  for (const std::string_view name : {"pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"}) {
    text = Replaced(std::move(text), name, fmt::format("`{}`", name));
  }
  return text;
}

// Definitions that others have published, where they are at hand.
TEST(DdlShared, AreReadButForWhatAthenaRefuses) {
  const fs::path folder = SharedDefinitions();
  if (!fs::exists(folder)) GTEST_SKIP() << "no definitions at " << folder << "; set OPENTRAIL_SHARED";
  std::vector<std::string> refused;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".sql") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    EXPECT_TRUE(IsDdl(text.str())) << entry.path();
    const Result<DdlStatement> parsed = ParseDdl(text.str());
    if (parsed) continue;
    refused.push_back(fs::relative(entry.path(), folder).string() + ": " + parsed.error().message);
    EXPECT_FALSE(Outcome(Mended(text.str())).starts_with("!")) << entry.path();
  }
  std::ranges::sort(refused);
  EXPECT_EQ(refused,
            (std::vector<std::string>{
                "customer_playbooks/001.sql: line 54:5 cannot recognize input near '-' 'src' '-' in column type",
                "data_perimeter_helper/001.sql: line 22:36 cannot recognize input near '[' 'TABLE_NAME' ']' "
                "in table name"}));
}

}  // namespace
}  // namespace opentrail::sql
