#include <algorithm>

#include <fmt/format.h>

#include "sql/ddl_parser_impl.h"
#include "sql/parser_impl.h"

namespace opentrail::sql {

using enum TokenKind;

namespace {

struct SimpleType {
  std::string_view word;
  std::string_view type;
};

constexpr SimpleType kSimpleTypes[] = {{"BOOLEAN", "boolean"}, {"TINYINT", "tinyint"}, {"SMALLINT", "smallint"},
                                       {"INT", "int"},         {"INTEGER", "int"},     {"BIGINT", "bigint"},
                                       {"DOUBLE", "double"},   {"FLOAT", "float"},     {"STRING", "string"},
                                       {"BINARY", "binary"},   {"DATE", "date"},       {"TIMESTAMP", "timestamp"}};

constexpr uint32_t kDecimalPrecisionMax = 38;
constexpr uint32_t kDecimalPrecisionDefault = 10;
constexpr uint32_t kCharLengthMax = 255;
constexpr uint32_t kVarcharLengthMax = 65535;

// What ends a field's name, or its type, in a type's text.
constexpr std::string_view kTypeSigns = "<>(),: \t\r\n";

}  // namespace

HiveColumn DdlParser::ParseColumn() {
  const Where where(*this, "column specification");
  HiveColumn column;
  column.name = ParseIdentifier();
  ParseType(column.type);
  if (AcceptWord("COMMENT")) column.comment = ParseString();
  return column;
}

std::vector<HiveColumn> DdlParser::ParseColumns() {
  std::vector<HiveColumn> columns;
  Require(kLeftParenthesis);
  do {
    columns.push_back(ParseColumn());
  } while (Accept(kComma));
  Require(kRightParenthesis);
  return columns;
}

void DdlParser::ParseType(std::string& out) {
  const Where where(*this, "column type");
  if (++depth_ > kNestingDepthMax) {
    Refuse(ErrorCode::kExceededDepthLimit, fmt::format("statement is nested deeper than {} levels", kNestingDepthMax));
  }
  if (AcceptWord("ARRAY")) {
    out += "array<";
    Require(kLess);
    ParseType(out);
    Require(kGreater);
    out += ">";
  } else if (AcceptWord("MAP")) {
    out += "map<";
    Require(kLess);
    ParsePrimitiveType(out);
    Require(kComma);
    out += ",";
    ParseType(out);
    Require(kGreater);
    out += ">";
  } else if (AcceptWord("STRUCT")) {
    ParseStructType(out);
  } else {
    ParsePrimitiveType(out);
  }
  --depth_;
}

void DdlParser::ParsePrimitiveType(std::string& out) {
  const auto* const simple =
      std::ranges::find_if(kSimpleTypes, [this](const SimpleType& type) { return AtWord(type.word); });
  if (simple != std::end(kSimpleTypes)) {
    Take();
    out += simple->type;
  } else if (AcceptWord("DECIMAL")) {
    ParseDecimalType(out);
  } else if (AcceptWord("CHAR")) {
    ParseLength("char", kCharLengthMax, out);
  } else if (AcceptWord("VARCHAR")) {
    ParseLength("varchar", kVarcharLengthMax, out);
  } else {
    FailNear();
  }
}

void DdlParser::ParseStructType(std::string& out) {
  out += "struct<";
  Require(kLess);
  ParseField(out);
  while (Accept(kComma)) {
    out += ",";
    ParseField(out);
  }
  Require(kGreater);
  out += ">";
}

// name:type [COMMENT '…']. Glue's text of a type has no room for the comment.
void DdlParser::ParseField(std::string& out) {
  out += ParseFieldName();
  if (cursor_.Current().text != ":") FailExpecting(":");
  Take();
  out += ":";
  ParseType(out);
  if (AcceptWord("COMMENT")) ParseString();
}

// Any word will do, reserved or not: what may follow leaves no doubt. Of a name in backquotes nothing is left but its
// text, so it must not hold what structures a type.
std::string DdlParser::ParseFieldName() {
  const Token& token = cursor_.Current();
  if (token.kind == kBackquotedIdentifier) {
    std::string name = Unquote(token.text);
    if (name.empty() || name.find_first_of(kTypeSigns) != std::string::npos) FailNear();
    Take();
    return name;
  }
  const bool word = cursor_.AtIdentifier() || IsReserved(token.kind);
  if (!word || token.kind == kQuotedIdentifier) FailNear();
  return std::string(Take().text);
}

void DdlParser::ParseDecimalType(std::string& out) {
  uint32_t precision = kDecimalPrecisionDefault;
  uint32_t scale = 0;
  if (Accept(kLeftParenthesis)) {
    precision = ParseNumber();
    if (Accept(kComma)) scale = ParseNumber();
    Require(kRightParenthesis);
  }
  if (precision < 1 || precision > kDecimalPrecisionMax) {
    RefuseSemantics(fmt::format("Decimal precision out of allowed range [1,{}]", kDecimalPrecisionMax));
  } else if (scale > precision) {
    RefuseSemantics("Decimal scale must be less than or equal to precision");
  }
  out += fmt::format("decimal({},{})", precision, scale);
}

void DdlParser::ParseLength(std::string_view type, uint32_t length_max, std::string& out) {
  Require(kLeftParenthesis);
  const uint32_t length = ParseNumber();
  Require(kRightParenthesis);
  if (length < 1 || length > length_max) {
    RefuseSemantics(fmt::format("{} length {} out of allowed range [1, {}]", type, length, length_max));
  }
  out += fmt::format("{}({})", type, length);
}

}  // namespace opentrail::sql
