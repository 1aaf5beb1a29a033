#include <algorithm>
#include <iterator>
#include <unordered_set>

#include <fmt/format.h>

#include "sql/ddl_parser_impl.h"
#include "sql/text.h"

namespace opentrail::sql {

using enum TokenKind;

namespace {

// The last value of a key counts.
bool IsIceberg(const Properties& properties) {
  bool iceberg = false;
  for (const auto& [key, value] : properties) {
    if (key == "table_type") iceberg = LowerCase(value) == "iceberg";
  }
  return iceberg;
}

struct Delimiter {
  std::string_view word;
  std::array<std::string_view, 3> more_words;
  std::string_view key;  // as Glue has it
};

constexpr std::string_view kFieldDelimiter = "field.delim";
constexpr std::string_view kLineDelimiter = "line.delim";
constexpr Delimiter kDelimiters[] = {{"FIELDS", {"TERMINATED", "BY"}, kFieldDelimiter},
                                     {"ESCAPED", {"BY"}, "escape.delim"},
                                     {"COLLECTION", {"ITEMS", "TERMINATED", "BY"}, "colelction.delim"},  // Hive's typo
                                     {"MAP", {"KEYS", "TERMINATED", "BY"}, "mapkey.delim"},
                                     {"LINES", {"TERMINATED", "BY"}, kLineDelimiter},
                                     {"NULL", {"DEFINED", "AS"}, "serialization.null.format"}};

}  // namespace

// The clauses behind the columns are taken in any order, each once.
CreateTable DdlParser::ParseCreateTable() {
  const Where where(*this, "create table statement");
  const bool external = AcceptWord("EXTERNAL");
  RequireWord("TABLE");
  CreateTable table;
  table.if_not_exists = AcceptIfNotExists();
  table.table = ParseTableName();
  if (AtWord("LIKE")) Unsupported("CREATE TABLE LIKE");
  if (!external) RefuseManagedTable();
  table.columns = ParseColumns();
  while (ParseTableClause(table)) {
  }
  table.format = ResolveStorageFormat(std::move(storage_));
  if (!cursor_.At(kEndOfInput)) FailBehindEnd();
  CheckTable(table);
  return table;
}

// Athena makes such a table for Iceberg alone, whose properties say so: 'table_type'='ICEBERG'.
void DdlParser::RefuseManagedTable() {
  bool iceberg = false;
  for (size_t distance = 0; !cursor_.failed() && !cursor_.At(kEndOfInput, distance); ++distance) {
    iceberg |= AtString(distance) && LowerCase(UnquoteHive(cursor_.Ahead(distance).text)) == "iceberg";
  }
  Unsupported(iceberg ? "Iceberg tables" : "CREATE TABLE without EXTERNAL; use CREATE EXTERNAL TABLE");
}

bool DdlParser::ParseTableClause(CreateTable& table) {
  struct Clause {
    std::string_view word;
    void (DdlParser::*parse)(CreateTable&);
  };
  static constexpr Clause kClauses[] = {
      {"COMMENT", &DdlParser::ParseTableComment},   {"PARTITIONED", &DdlParser::ParsePartitionedBy},
      {"CLUSTERED", &DdlParser::ParseClusteredBy},  {"ROW", &DdlParser::ParseRowFormat},
      {"WITH", &DdlParser::ParseSerdeProperties},   {"STORED", &DdlParser::ParseStoredAs},
      {"LOCATION", &DdlParser::ParseTableLocation}, {"TBLPROPERTIES", &DdlParser::ParseTableProperties}};
  for (size_t i = 0; i < std::size(kClauses); ++i) {
    if (clauses_.test(i) || !AcceptWord(kClauses[i].word)) continue;
    clauses_.set(i);
    (this->*kClauses[i].parse)(table);
    return true;
  }
  return false;
}

void DdlParser::ParseTableComment(CreateTable& table) { table.comment = ParseString(); }

void DdlParser::ParsePartitionedBy(CreateTable& table) {
  RequireWord("BY");
  table.partition_keys = ParseColumns();
}

void DdlParser::ParseClusteredBy(CreateTable& table) {
  RequireWord("BY");
  Require(kLeftParenthesis);
  do {
    table.bucket_columns.push_back(ParseIdentifier());
  } while (Accept(kComma));
  Require(kRightParenthesis);
  RequireWord("INTO");
  const uint32_t buckets = ParseNumber();
  RequireWord("BUCKETS");
  if (buckets < 1 || buckets > INT32_MAX) RefuseSemantics("Bucket count should be greater than zero");
  table.buckets = static_cast<int32_t>(buckets);
}

void DdlParser::ParseRowFormat(CreateTable& /*table*/) {
  const Where where(*this, "table row format specification");
  RequireWord("FORMAT");
  if (AcceptWord("SERDE")) {
    storage_.row_serde = ParseString();
  } else if (AcceptWord("DELIMITED")) {
    ParseDelimiters();
  } else {
    FailNear();
  }
}

void DdlParser::ParseDelimiters() {
  while (ParseDelimiter()) {
  }
}

bool DdlParser::ParseDelimiter() {
  for (const Delimiter& delimiter : kDelimiters) {
    if (!AcceptWord(delimiter.word)) continue;
    for (const std::string_view word : delimiter.more_words) {
      if (!word.empty()) RequireWord(word);
    }
    std::string value = ParseString();
    if (delimiter.key == kLineDelimiter && value != "\n" && value != "10") {
      RefuseSemantics("LINES TERMINATED BY only supports newline '\\n' right now");
    }
    if (delimiter.key == kFieldDelimiter) storage_.properties.emplace_back(kSerializationFormat, value);
    storage_.properties.emplace_back(delimiter.key, std::move(value));
    return true;
  }
  return false;
}

void DdlParser::ParseSerdeProperties(CreateTable& /*table*/) {
  RequireWord("SERDEPROPERTIES");
  Properties properties = ParseProperties();
  std::ranges::move(properties, std::back_inserter(storage_.properties));
}

void DdlParser::ParseStoredAs(CreateTable& /*table*/) {
  const Where where(*this, "file format specification");
  if (AtWord("BY")) Unsupported("STORED BY");
  RequireWord("AS");
  if (AcceptWord("INPUTFORMAT")) {
    storage_.stored_as.emplace();
    storage_.stored_as->input_format = ParseString();
    RequireWord("OUTPUTFORMAT");
    storage_.stored_as->output_format = ParseString();
    return;
  }
  const std::string name = ParseIdentifier();
  storage_.stored_as = NamedStorageFormat(name);
  if (!storage_.stored_as) {
    RefuseSemantics(fmt::format("Unrecognized file format in STORED AS clause: '{}'", Shown(previous_)));
  }
}

void DdlParser::ParseTableLocation(CreateTable& table) { table.location = ParseLocation(); }

void DdlParser::ParseTableProperties(CreateTable& table) { table.properties = ParseProperties(); }

void DdlParser::CheckTable(const CreateTable& table) {
  if (cursor_.failed()) return;
  std::unordered_set<std::string_view> names;
  for (const HiveColumn& column : table.columns) {
    if (names.insert(column.name).second) continue;
    return RefuseSemantics("[Error 10036]: Duplicate column name: " + column.name);
  }
  for (const HiveColumn& key : table.partition_keys) {
    if (names.insert(key.name).second) continue;
    return RefuseSemantics("[Error 10035]: Column repeated in partitioning columns");
  }
  if (IsIceberg(table.properties)) return Unsupported("Iceberg tables");
  if (!table.location.empty()) return;
  Refuse(ErrorCode::kInvalidArguments, "No location was specified for table. An S3 location must be specified");
}

}  // namespace opentrail::sql
