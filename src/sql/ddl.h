#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sql/error.h"
#include "sql/position.h"

// The statements that Athena hands to its Hive-style parser: what databases, tables and partitions there are.
// https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html
namespace opentrail::sql {

// Keys and values in the order in which they were written; of a key that comes twice the last counts.
using Properties = std::vector<std::pair<std::string, std::string>>;

// A table or view, without the quotes, in lower case.
struct TableName {
  std::optional<std::string> catalog;
  std::optional<std::string> database;
  std::string name;
  Position position;
};

struct HiveColumn {
  std::string name;  // in lower case
  // As Glue keeps it: words in lower case, without blanks, the names of struct fields as written:
  // "struct<type:string,principalId:string>", "decimal(10,2)".
  std::string type;
  std::optional<std::string> comment;
};

// Files' form as Glue keeps it, whichever clause named it.
struct StorageFormat {
  std::string input_format;  // class names
  std::string output_format;
  std::string serde;
  // "field.delim" and the like for ROW FORMAT DELIMITED; "serialization.format" is always there.
  Properties serde_properties;
};

struct CreateDatabase {
  bool if_not_exists = false;
  std::string name;
  std::optional<std::string> comment;
  std::optional<std::string> location;
  Properties properties;
};

struct DropDatabase {
  bool if_exists = false;
  std::string name;
  bool cascade = false;
};

struct AlterDatabase {
  std::string name;
  Properties properties;
};

struct CreateTable {
  bool if_not_exists = false;
  TableName table;
  std::vector<HiveColumn> columns;
  std::vector<HiveColumn> partition_keys;
  std::optional<std::string> comment;
  std::vector<std::string> bucket_columns;
  int32_t buckets = -1;
  StorageFormat format;
  std::string location;
  Properties properties;
};

// DROP TABLE or DROP VIEW.
struct DropTable {
  bool is_view = false;
  bool if_exists = false;
  TableName table;
};

// (year='2026', month='11'): values as text, without quotes.
using PartitionValues = std::vector<std::pair<std::string, std::string>>;

struct AddPartitions {
  struct Partition {
    PartitionValues values;
    std::optional<std::string> location;
  };
  TableName table;
  bool if_not_exists = false;
  std::vector<Partition> partitions;
};

struct DropPartitions {
  // A predicate on one key: "year < '2020'".
  struct Condition {
    std::string key;
    std::string comparison;  // "=", "<>", "<", "<=", ">", ">="; != is "<>"
    std::string value;
  };
  TableName table;
  bool if_exists = false;
  std::vector<std::vector<Condition>> partitions;  // all conditions of one must hold
};

struct RenamePartition {
  TableName table;
  PartitionValues from;
  PartitionValues to;
};

// ALTER TABLE … [PARTITION (…)] SET LOCATION.
struct SetLocation {
  TableName table;
  PartitionValues partition;  // empty: the table's own
  std::string location;
};

struct AddColumns {
  TableName table;
  PartitionValues partition;
  std::vector<HiveColumn> columns;
};

struct ReplaceColumns {
  TableName table;
  PartitionValues partition;
  std::vector<HiveColumn> columns;
};

struct ChangeColumn {
  TableName table;
  std::string name;
  HiveColumn to;
  std::optional<std::string> after;  // "": FIRST
};

struct SetTableProperties {
  TableName table;
  Properties properties;
};

// MSCK REPAIR TABLE.
struct RepairTable {
  TableName table;
};

struct ShowDatabases {
  std::optional<std::string> pattern;
};

// SHOW TABLES or SHOW VIEWS.
struct ShowTables {
  bool is_views = false;
  std::optional<std::string> database;
  std::optional<std::string> pattern;
};

struct ShowColumns {
  TableName table;
};

struct ShowPartitions {
  TableName table;
};

struct ShowTableProperties {
  TableName table;
  std::optional<std::string> key;
};

// SHOW CREATE TABLE or SHOW CREATE VIEW.
struct ShowCreate {
  bool is_view = false;
  TableName table;
};

struct Describe {
  enum class Form : uint8_t { kPlain, kExtended, kFormatted };
  Form form = Form::kPlain;
  TableName table;
  PartitionValues partition;
  std::optional<std::string> column;  // "a.b" for a field of a struct, "a.$elem$", "a.$key$", "a.$value$"
};

using DdlStatement = std::variant<CreateDatabase, DropDatabase, AlterDatabase, CreateTable, DropTable, AddPartitions,
                                  DropPartitions, RenamePartition, SetLocation, AddColumns, ReplaceColumns,
                                  ChangeColumn, SetTableProperties, RepairTable, ShowDatabases, ShowTables, ShowColumns,
                                  ShowPartitions, ShowTableProperties, ShowCreate, Describe>;

// Whether the statement's first words make it one of these, well-formed or not: CREATE EXTERNAL TABLE, CREATE TABLE
// with columns, SHOW TABLES, …; not CREATE VIEW, CREATE TABLE … AS, SHOW FUNCTIONS. Linear in the text. Thread-safe.
[[nodiscard]] bool IsDdl(std::string_view text);

// Parses one statement; one ';' may end it. text is UTF-8 of at most kMaxStatementBytes. Identifiers may stand in
// backquotes, strings in single or double quotes; a double-quoted identifier is refused as Athena refuses it. A refusal
// is worded as Hive's parser does: "line 1:7 missing EOF at '-' near 'a'" (kSyntaxError, the position inside the
// message alone, columns from 0 as Hive counts them; Athena writes "FAILED: ParseException " before it). A statement of
// the grammar that means nothing is refused with the whole of Athena's message: kInvalidArguments ("FAILED:
// SemanticException [Error 10036]: Duplicate column name: a"), or kNotSupported for what Athena or this parser does not
// do, CREATE TABLE without EXTERNAL and Iceberg tables among it. Types are checked: an unknown one is refused. Nesting
// is bounded by kNestingDepthMax, time and memory are linear in the text. Thread-safe.
[[nodiscard]] Result<DdlStatement> ParseDdl(std::string_view text);

}  // namespace opentrail::sql
