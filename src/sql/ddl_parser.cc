#include "sql/ddl.h"
#include "sql/ddl_local.h"
#include "sql/ddl_parser_impl.h"
#include "sql/lexer.h"
#include "sql/parser_impl.h"

namespace opentrail::sql {

using enum TokenKind;

bool IsDdl(std::string_view text) {
  Result<std::vector<Token>> tokens = Tokenize(text, Quoting::kBackslash);
  return tokens && DdlParser(*std::move(tokens)).StartsDdl();
}

Result<DdlStatement> ParseDdl(std::string_view text) {
  Result<std::vector<Token>> tokens = TokenizeStatement(text, Quoting::kBackslash);
  if (!tokens) return std::unexpected(tokens.error());
  return DdlParser(*std::move(tokens)).ParseWholeStatement();
}

Result<DdlStatement> ParseLocalDdl(std::string_view text) {
  Result<std::vector<Token>> tokens = TokenizeStatement(text, Quoting::kBackslash);
  if (!tokens) return std::unexpected(tokens.error());
  return DdlParser(*std::move(tokens), DdlParser::Places::kAny).ParseWholeStatement();
}

bool DdlParser::StartsDdl() {
  if (AtWord("MSCK") || AtWord("DESCRIBE") || AtWord("DESC")) return true;
  if (AtWord("ALTER")) return AtWord("TABLE", 1) || AtDatabaseWord(1);
  if (AtWord("DROP")) return AtWord("TABLE", 1) || AtWord("VIEW", 1) || AtDatabaseWord(1);
  if (AtWord("CREATE")) return AtDatabaseWord(1) || AtWord("EXTERNAL", 1) || CreatesTableDdl();
  if (!AtWord("SHOW")) return false;
  if (AtWord("CREATE", 1)) return AtWord("TABLE", 2) || AtWord("VIEW", 2);
  for (const std::string_view shown :
       {"DATABASES", "SCHEMAS", "TABLES", "VIEWS", "COLUMNS", "PARTITIONS", "TBLPROPERTIES"}) {
    if (AtWord(shown, 1)) return true;
  }
  return false;
}

// CREATE TABLE t (a int), and CREATE TABLE t LOCATION …; not CREATE TABLE t (a, b) AS, CREATE TABLE t WITH (…) AS.
bool DdlParser::CreatesTableDdl() const {
  if (!AtWord("TABLE", 1)) return false;
  const size_t at = BehindTableName(AtWord("IF", 2) && AtWord("NOT", 3) && AtWord("EXISTS", 4) ? 5 : 2);
  if (cursor_.At(kLeftParenthesis, at)) return !cursor_.At(kComma, at + 2) && !cursor_.At(kRightParenthesis, at + 2);
  for (const std::string_view clause :
       {"LIKE", "PARTITIONED", "CLUSTERED", "ROW", "STORED", "LOCATION", "TBLPROPERTIES"}) {
    if (AtWord(clause, at)) return true;
  }
  return false;
}

size_t DdlParser::BehindTableName(size_t distance) const {
  ++distance;
  while (cursor_.At(kDot, distance)) distance += 2;
  return distance;
}

Result<DdlStatement> DdlParser::ParseWholeStatement() {
  DdlStatement statement = ParseStatement();
  if (!cursor_.At(kEndOfInput)) FailBehindEnd();
  if (cursor_.failed()) return std::unexpected(*cursor_.error());
  return statement;
}

DdlStatement DdlParser::ParseStatement() {
  if (AcceptWord("CREATE")) return ParseCreate();
  if (AcceptWord("DROP")) return ParseDrop();
  if (AtWord("ALTER") && AtDatabaseWord(1)) return ParseAlterDatabase();
  if (AtWord("ALTER") && AtWord("TABLE", 1)) return ParseAlterTable();
  if (AcceptWord("MSCK")) return ParseRepairTable();
  if (AcceptWord("SHOW")) return ParseShow();
  if (AcceptWord("DESCRIBE") || AcceptWord("DESC")) return ParseDescribe();
  FailNear();
  return {};
}

DdlStatement DdlParser::ParseCreate() {
  if (AtDatabaseWord()) return ParseCreateDatabase();
  if (AtWord("EXTERNAL") || AtWord("TABLE")) return ParseCreateTable();
  const Where where(*this, "ddl statement");
  FailNear();
  return {};
}

CreateDatabase DdlParser::ParseCreateDatabase() {
  const Where where(*this, "create database statement");
  Take();
  CreateDatabase create;
  create.if_not_exists = AcceptIfNotExists();
  create.name = ParseIdentifier();
  if (AcceptWord("COMMENT")) create.comment = ParseString();
  if (AcceptWord("LOCATION")) create.location = ParseLocation();
  if (AcceptWord("WITH")) {
    RequireWord("DBPROPERTIES");
    create.properties = ParseProperties();
  }
  return create;
}

DdlStatement DdlParser::ParseDrop() {
  const Where where(*this, "drop statement");
  if (AtDatabaseWord()) {
    Take();
    DropDatabase drop;
    drop.if_exists = AcceptIfExists();
    drop.name = ParseIdentifier();
    drop.cascade = AcceptWord("CASCADE");
    if (!drop.cascade) AcceptWord("RESTRICT");
    return drop;
  }
  DropTable drop;
  drop.is_view = AcceptWord("VIEW");
  if (!drop.is_view) RequireWord("TABLE");
  drop.if_exists = AcceptIfExists();
  drop.table = ParseTableName();
  return drop;
}

DdlStatement DdlParser::ParseAlterDatabase() {
  const Where where(*this, "alter database statement");
  Take();
  Take();
  AlterDatabase alter;
  alter.name = ParseIdentifier();
  RequireWords({"SET", "DBPROPERTIES"});
  alter.properties = ParseProperties();
  return alter;
}

RepairTable DdlParser::ParseRepairTable() {
  const Where where(*this, "repair statement");
  RequireWords({"REPAIR", "TABLE"});
  return {ParseTableName()};
}

}  // namespace opentrail::sql
