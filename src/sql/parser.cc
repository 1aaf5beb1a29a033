#include "sql/parser.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sql/parser_impl.h"
#include "sql/text.h"
#include "sql/translate.h"
#include "sql/utf8.h"

namespace opentrail::sql {
namespace {

using enum TokenKind;

constexpr size_t kStatementShownMax = 1000;

// What Athena's parser lists where a statement must start, beside <query>.
constexpr TokenKind kStatementStarts[] = {
    kAlter,    kAnalyze,  kCall,    kComment, kCommit, kCreate,   kDeallocate, kDelete,  kDeny,    kDesc,
    kDescribe, kDrop,     kExecute, kExplain, kGrant,  kInsert,   kMerge,      kPrepare, kRefresh, kReset,
    kRevoke,   kRollback, kSet,     kShow,    kStart,  kTruncate, kUnload,     kUpdate,  kUse};
// Statements of Athena that its list leaves out: Hive's, Iceberg's, and those that declare functions.
constexpr std::array<std::string_view, 4> kOtherStatements = {"MSCK", "OPTIMIZE", "USING", "VACUUM"};

std::string Beginning(std::string_view text) {
  if (text.size() <= kStatementShownMax) return std::string(text);
  size_t end = kStatementShownMax;
  while (IsContinuationByte(text[end])) --end;
  return std::string(text.substr(0, end)) + "…";
}

// Drops the ';' that may end a statement; refuses one that stands between two.
Result<std::vector<Token>> OneStatement(std::string_view text, std::vector<Token> tokens) {
  const size_t last = tokens.size() - 1;
  if (last > 0 && tokens[last - 1].kind == kSemicolon) {
    tokens.pop_back();
    tokens.back() = {kEndOfInput, tokens.back().position, {}};
  }
  if (std::ranges::any_of(tokens, [](const Token& token) { return token.kind == kSemicolon; })) {
    return std::unexpected(
        Error{ErrorCode::kSyntaxError, std::nullopt, "Only one sql statement is allowed. Got: " + Beginning(text)});
  }
  return tokens;
}

Result<std::vector<Token>> Read(std::string_view text, Quoting quoting, Dialect dialect) {
  if (text.size() > kMaxStatementBytes) {
    return std::unexpected(
        Error{ErrorCode::kQueryTextTooLarge, std::nullopt,
              fmt::format("Query text length ({}) exceeds the maximum length ({})", text.size(), kMaxStatementBytes)});
  }
  return Tokenize(text, quoting, dialect);
}

}  // namespace

Result<std::vector<Token>> TokenizeStatement(std::string_view text, Quoting quoting, Dialect dialect) {
  Result<std::vector<Token>> tokens = Read(text, quoting, dialect);
  if (!tokens) return tokens;
  return OneStatement(text, *std::move(tokens));
}

Result<Statement> ParseStatement(std::string_view text, Dialect dialect) {
  Result<std::vector<Token>> tokens = TokenizeStatement(text, Quoting::kDoubled, dialect);
  if (!tokens) return std::unexpected(tokens.error());
  return Parser(*std::move(tokens)).ParseWholeStatement();
}

Result<ExpressionPointer> ParseExpression(std::string_view text) {
  Result<std::vector<Token>> tokens = Read(text, Quoting::kDoubled, Dialect::kAthena);
  if (!tokens) return std::unexpected(tokens.error());
  return Parser(*std::move(tokens)).ParseWholeExpression();
}

Result<Statement> Parser::ParseWholeStatement() {
  Statement statement;
  statement.position = cursor_.Here();
  if (!RefuseOtherStatements()) {
    statement.node = QueryStatement{ParseQuery()};
    cursor_.Require(kEndOfInput);
  }
  if (cursor_.failed()) return std::unexpected(*cursor_.error());
  return statement;
}

Result<ExpressionPointer> Parser::ParseWholeExpression() {
  ExpressionPointer expression = ParseExpression();
  cursor_.Require(kEndOfInput);
  if (cursor_.failed()) return std::unexpected(*cursor_.error());
  return expression;
}

bool Parser::RefuseOtherStatements() {
  const std::string word = UpperCase(cursor_.Current().text);
  bool known = Contains(kOtherStatements, word);
  for (const TokenKind kind : kStatementStarts) known |= cursor_.Check(kind);
  if (known) {
    cursor_.Fail(cursor_.Here(),
                 word + " statements are not supported yet; only queries are (SELECT, WITH, VALUES, TABLE)",
                 ErrorCode::kNotSupported);
  }
  return known;
}

void Parser::Unsupported(Position position, std::string_view what) {
  cursor_.Fail(position, fmt::format("{} is not supported", what), ErrorCode::kNotSupported);
}

Parser::Nesting::Nesting(Parser& parser) : parser_(parser) {
  if (++parser_.depth_ <= kNestingDepthMax) return;
  parser_.cursor_.Fail(parser_.cursor_.Here(),
                       fmt::format("statement is nested deeper than {} levels", kNestingDepthMax),
                       ErrorCode::kExceededDepthLimit);
}

Identifier Parser::ParseIdentifier() {
  cursor_.Mark(Rule::kIdentifier);
  const Token token = cursor_.Current();
  Identifier identifier{std::string(token.text), false, token.position};
  if (token.kind == kBackquotedIdentifier) {
    cursor_.Fail(token.position, "backquoted identifiers are not supported; use double quotes to quote identifiers");
  } else if (token.kind == kDigitIdentifier) {
    cursor_.Fail(token.position, "identifiers must not start with a digit; surround the identifier with double quotes");
  } else if (token.kind == kQuotedIdentifier) {
    identifier.quoted = true;
    identifier.text = Unquote(token.text);
    if (identifier.text.empty()) cursor_.Fail(token.position, "Zero-length delimited identifier not allowed");
  } else if (!cursor_.AtIdentifier()) {
    cursor_.FailHere();
  }
  cursor_.Take();
  return identifier;
}

QualifiedName Parser::ParseQualifiedName() {
  QualifiedName name;
  name.position = cursor_.Here();
  do {
    name.parts.push_back(ParseIdentifier());
  } while (cursor_.Accept(kDot));
  return name;
}

std::vector<Identifier> Parser::ParseColumnAliases() {
  std::vector<Identifier> columns;
  cursor_.Require(kLeftParenthesis);
  do {
    columns.push_back(ParseIdentifier());
  } while (cursor_.Accept(kComma));
  cursor_.Require(kRightParenthesis);
  return columns;
}

bool Parser::ParseQuantifier() {
  if (cursor_.Accept(kDistinct)) return true;
  // ALL is also a name: "SELECT all FROM t".
  cursor_.Expect(kAll);
  if (cursor_.At(kAll) && (AtExpressionStart(1) || cursor_.At(kAsterisk, 1))) cursor_.Take();
  return false;
}

bool Parser::AtExpressionStart(size_t distance) const {
  if (cursor_.AtIdentifier(distance)) return true;
  const TokenKind kind = cursor_.Ahead(distance).kind;
  if (kind >= kStringLiteral && kind <= kDoubleLiteral) return true;
  static constexpr TokenKind kStarts[] = {kPlus,
                                          kMinus,
                                          kQuestionMark,
                                          kLeftParenthesis,
                                          kNot,
                                          kCase,
                                          kCast,
                                          kExists,
                                          kExtract,
                                          kFalse,
                                          kTrue,
                                          kNull,
                                          kGrouping,
                                          kJson_Array,
                                          kJson_Exists,
                                          kJson_Object,
                                          kJson_Query,
                                          kJson_Value,
                                          kListagg,
                                          kNormalize,
                                          kTrim,
                                          kCurrent_Catalog,
                                          kCurrent_Date,
                                          kCurrent_Path,
                                          kCurrent_Schema,
                                          kCurrent_Time,
                                          kCurrent_Timestamp,
                                          kCurrent_User,
                                          kLocaltime,
                                          kLocaltimestamp};
  return Contains(kStarts, kind);
}

bool Parser::AtQueryStart(size_t distance) const {
  return cursor_.At(kSelect, distance) || cursor_.At(kWith, distance) || cursor_.At(kValues, distance) ||
         cursor_.At(kTable, distance);
}

// Whether what follows a query in parentheses makes it the first part of a longer one. One with WITH cannot be that.
bool Parser::AtContinuationOf(const Query& parenthesized) const {
  if (!parenthesized.with.empty()) return false;
  return cursor_.At(kUnion) || cursor_.At(kIntersect) || cursor_.At(kExcept) || cursor_.At(kOrder) ||
         AtRowCountClause();
}

// LIMIT, OFFSET and FETCH are names as well; what follows tells.
bool Parser::AtRowCountClause() const {
  const auto count = [this](size_t distance) {
    return cursor_.At(kIntegerLiteral, distance) || cursor_.At(kQuestionMark, distance);
  };
  if (cursor_.At(kLimit)) return count(1) || cursor_.At(kAll, 1);
  if (cursor_.At(kOffset)) return count(1);
  if (!cursor_.At(kFetch) || !(cursor_.At(kFirst, 1) || cursor_.At(kNext, 1))) return false;
  return count(2) || cursor_.At(kRow, 2) || cursor_.At(kRows, 2);
}

bool Parser::AtWindowClause() const {
  return cursor_.At(kWindow) && cursor_.AtIdentifier(1) && cursor_.At(kAs, 2) && cursor_.At(kLeftParenthesis, 3);
}

}  // namespace opentrail::sql
