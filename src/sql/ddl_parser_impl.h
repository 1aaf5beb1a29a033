#pragma once

#include <array>
#include <bitset>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/ddl.h"
#include "sql/ddl_storage.h"
#include "sql/token_cursor.h"

namespace opentrail::sql {

// 'it\'s': a literal of Hive's, or several that touch, as the text that it means. quoted is a string token read with
// Quoting::kBackslash.
[[nodiscard]] std::string UnquoteHive(std::string_view quoted);

// Whether Athena wants a word in backquotes where it is a name.
// https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html
[[nodiscard]] bool IsReservedInDdl(std::string_view word);

// Recursive descent over Hive's grammar of definitions. Lives for one statement. Errors live in the cursor (see
// TokenCursor): after one, functions return anything, and only the entry point looks. Words are compared by their text:
// few of Hive's are the queries' keywords.
class DdlParser {
 public:
  // Where a LOCATION may be.
  enum class Places : uint8_t { kS3, kAny };

  explicit DdlParser(std::vector<Token> tokens, Places places = Places::kS3)
      : cursor_(std::move(tokens)), places_(places) {}

  [[nodiscard]] bool StartsDdl();
  Result<DdlStatement> ParseWholeStatement();

 private:
  // Names the part of the grammar that a refusal speaks of, while it lives.
  class Where {
   public:
    Where(DdlParser& parser, std::string_view name) : parser_(parser), outer_(std::exchange(parser.where_, name)) {}
    ~Where() { parser_.where_ = outer_; }
    Where(const Where&) = delete;
    Where& operator=(const Where&) = delete;

   private:
    DdlParser& parser_;
    std::string_view outer_;
  };

  // ddl_parser.cc: statements
  [[nodiscard]] bool CreatesTableDdl() const;
  [[nodiscard]] size_t BehindTableName(size_t distance) const;
  DdlStatement ParseStatement();
  DdlStatement ParseCreate();
  DdlStatement ParseDrop();
  DdlStatement ParseAlterDatabase();
  CreateDatabase ParseCreateDatabase();
  RepairTable ParseRepairTable();

  // ddl_terms.cc: words, names, values, refusals
  [[nodiscard]] bool AtWord(std::string_view word, size_t distance = 0) const;
  [[nodiscard]] bool AtDatabaseWord(size_t distance = 0) const;
  [[nodiscard]] bool AtString(size_t distance = 0) const;
  bool AcceptWord(std::string_view word);
  void RequireWord(std::string_view word);
  void RequireWords(std::initializer_list<std::string_view> words);
  bool Accept(TokenKind kind);
  void Require(TokenKind kind);
  bool AcceptIfExists();
  bool AcceptIfNotExists();
  Token Take();
  std::string ParseIdentifier();
  TableName ParseTableName();
  std::string ParseString();
  std::string ParseLocation();
  uint32_t ParseNumber();
  Properties ParseProperties();
  std::string ParseConstant();
  PartitionValues ParsePartitionValues();         // from the parenthesis on
  PartitionValues ParseOptionalPartition();       // PARTITION (…) or nothing
  void FailNear();                                // "cannot recognize input near …"
  void FailExpecting(std::string_view expected);  // "mismatched input …"
  void FailBehindEnd();                           // "missing EOF at …"
  void Fail(std::string_view what);
  [[nodiscard]] std::string NearPrevious() const;
  void Refuse(ErrorCode code, std::string message);  // a whole message, without a place
  void RefuseSemantics(std::string_view what);       // "FAILED: SemanticException …"
  void Unsupported(std::string_view what);

  // ddl_create_table.cc
  CreateTable ParseCreateTable();
  void RefuseManagedTable();
  bool ParseTableClause(CreateTable& table);
  void ParseTableComment(CreateTable& table);
  void ParsePartitionedBy(CreateTable& table);
  void ParseClusteredBy(CreateTable& table);
  void ParseRowFormat(CreateTable& table);
  void ParseDelimiters();
  bool ParseDelimiter();
  void ParseSerdeProperties(CreateTable& table);
  void ParseStoredAs(CreateTable& table);
  void ParseTableLocation(CreateTable& table);
  void ParseTableProperties(CreateTable& table);
  void CheckTable(const CreateTable& table);

  // ddl_type.cc: columns and types
  HiveColumn ParseColumn();
  std::vector<HiveColumn> ParseColumns();
  void ParseType(std::string& out);
  void ParsePrimitiveType(std::string& out);
  void ParseStructType(std::string& out);
  void ParseField(std::string& out);
  std::string ParseFieldName();
  void ParseDecimalType(std::string& out);
  void ParseLength(std::string_view type, uint32_t length_max, std::string& out);

  // ddl_alter.cc
  DdlStatement ParseAlterTable();
  DdlStatement ParseAlterColumns(TableName table, PartitionValues partition);
  DdlStatement ParseAlterSet(TableName table, PartitionValues partition);
  DdlStatement ParseRename(TableName table, PartitionValues partition);
  AddPartitions ParseAddPartitions(TableName table);
  DropPartitions ParseDropPartitions(TableName table);
  std::vector<DropPartitions::Condition> ParseConditions();
  std::string ParseComparison();
  ChangeColumn ParseChangeColumn(TableName table);

  // ddl_show.cc
  DdlStatement ParseShow();
  ShowTables ParseShowTables(bool views);
  ShowColumns ParseShowColumns();
  ShowTableProperties ParseShowTableProperties();
  ShowCreate ParseShowCreate();
  std::optional<std::string> ParsePattern();
  Describe ParseDescribe();
  std::string ParseColumnPath();

  TokenCursor cursor_;
  Places places_;
  std::string_view where_;
  Token previous_;  // the token taken last
  uint32_t depth_ = 0;
  std::bitset<8> clauses_;  // of CREATE TABLE, that were met
  StorageClauses storage_;
};

}  // namespace opentrail::sql
