#include "sql/ddl_parser_impl.h"
#include "sql/text.h"

namespace opentrail::sql {

using enum TokenKind;

DdlStatement DdlParser::ParseShow() {
  const Where where(*this, "show statement");
  if (AcceptWord("DATABASES") || AcceptWord("SCHEMAS")) return ShowDatabases{ParsePattern()};
  if (AcceptWord("TABLES")) return ParseShowTables(/*views=*/false);
  if (AcceptWord("VIEWS")) return ParseShowTables(/*views=*/true);
  if (AcceptWord("COLUMNS")) return ParseShowColumns();
  if (AcceptWord("PARTITIONS")) return ShowPartitions{ParseTableName()};
  if (AcceptWord("TBLPROPERTIES")) return ParseShowTableProperties();
  if (AcceptWord("CREATE")) return ParseShowCreate();
  FailNear();
  return {};
}

// ['regex' | LIKE 'regex'].
std::optional<std::string> DdlParser::ParsePattern() {
  if (AcceptWord("LIKE") || AtString()) return ParseString();
  return std::nullopt;
}

ShowTables DdlParser::ParseShowTables(bool views) {
  ShowTables show;
  show.is_views = views;
  if (AcceptWord("IN") || AcceptWord("FROM")) show.database = ParseIdentifier();
  show.pattern = ParsePattern();
  return show;
}

ShowColumns DdlParser::ParseShowColumns() {
  if (!AcceptWord("IN")) RequireWord("FROM");
  ShowColumns show;
  show.table = ParseTableName();
  if (!AcceptWord("IN") && !AcceptWord("FROM")) return show;
  if (show.table.database) RefuseSemantics("Duplicates declaration for database name");
  show.table.database = ParseIdentifier();
  return show;
}

ShowTableProperties DdlParser::ParseShowTableProperties() {
  ShowTableProperties show;
  show.table = ParseTableName();
  if (Accept(kLeftParenthesis)) {
    show.key = ParseString();
    Require(kRightParenthesis);
  }
  return show;
}

ShowCreate DdlParser::ParseShowCreate() {
  ShowCreate show;
  show.is_view = AcceptWord("VIEW");
  if (!show.is_view) RequireWord("TABLE");
  show.table = ParseTableName();
  return show;
}

Describe DdlParser::ParseDescribe() {
  const Where where(*this, "describe statement");
  Describe describe;
  // A table may be called "formatted".
  const bool formatted = AtWord("FORMATTED") && !cursor_.At(kEndOfInput, 1) && !cursor_.At(kDot, 1);
  if (AcceptWord("EXTENDED")) {
    describe.form = Describe::Form::kExtended;
  } else if (formatted) {
    Take();
    describe.form = Describe::Form::kFormatted;
  }
  describe.table = ParseTableName();
  describe.partition = ParseOptionalPartition();
  if (!cursor_.At(kEndOfInput)) describe.column = ParseColumnPath();
  return describe;
}

// col, col.field, col.'$elem$', col.'$key$', col.'$value$'.
std::string DdlParser::ParseColumnPath() {
  std::string path = ParseIdentifier();
  while (Accept(kDot)) {
    path += '.';
    path += AtString() ? LowerCase(ParseString()) : ParseIdentifier();
  }
  return path;
}

}  // namespace opentrail::sql
