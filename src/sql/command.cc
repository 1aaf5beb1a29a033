#include "sql/command.h"

#include <array>

#include <fmt/format.h>

#include "sql/parameters.h"
#include "sql/parser_impl.h"
#include "sql/utf8.h"

namespace opentrail::sql {
namespace {

using enum TokenKind;

bool IsWord(const Token& token, std::string_view word) {
  return token.kind != kQuotedIdentifier && LowerCase(token.text) == word;
}

// Recursive descent over the heads of these statements. Lives for one; errors live in the cursor (see TokenCursor).
class CommandParser {
 public:
  CommandParser(std::string_view text, std::vector<Token> tokens) : text_(text), cursor_(std::move(tokens)) {}

  [[nodiscard]] bool StartsCommand() const;
  Result<Command> Parse();

 private:
  [[nodiscard]] bool AtWord(std::string_view word, size_t distance = 0) const {
    return IsWord(cursor_.Ahead(distance), word);
  }
  bool AcceptWord(std::string_view word);
  void RequireWord(std::string_view word);
  std::string ParseIdentifier();
  TableName ParseTableName();
  // The slice of the text from `begin` on, as long as `end`, at its place.
  [[nodiscard]] std::string InPlace(const char* begin, const char* end) const;
  // What is left of the statement, at its place.
  std::string TakeRest();
  // One value of USING, up to a comma outside all brackets or the end.
  std::string TakeValue();

  Command ParseStatement();
  CreateView ParseCreateView();
  Execute ParseExecute();
  Explain ParseExplain();
  void ParseExplainOption(Explain& explain);
  ShowFunctions ParseShowFunctions();
  ModifyRows ParseModifyRows();

  std::string_view text_;
  TokenCursor cursor_;
};

bool CommandParser::StartsCommand() const {
  if (AtWord("create")) return AtWord("view", 1) || (AtWord("or", 1) && AtWord("replace", 2) && AtWord("view", 3));
  if (AtWord("show")) return AtWord("functions", 1);
  static constexpr std::array<std::string_view, 7> kFirst = {"prepare", "execute", "deallocate", "explain",
                                                             "delete",  "update",  "merge"};
  return std::ranges::any_of(kFirst, [this](std::string_view word) { return AtWord(word); });
}

bool CommandParser::AcceptWord(std::string_view word) {
  if (!AtWord(word)) {
    cursor_.Expect(WordKind(word));
    return false;
  }
  cursor_.Take();
  return true;
}

void CommandParser::RequireWord(std::string_view word) {
  if (!AcceptWord(word)) cursor_.FailHere();
}

std::string CommandParser::ParseIdentifier() {
  cursor_.Mark(Rule::kIdentifier);
  const Token token = cursor_.Current();
  if (token.kind == kBackquotedIdentifier) {
    cursor_.Fail(token.position, "backquoted identifiers are not supported; use double quotes to quote identifiers");
  } else if (!cursor_.AtIdentifier() || token.kind == kDigitIdentifier) {
    cursor_.FailHere();
  }
  cursor_.Take();
  return token.kind == kQuotedIdentifier ? Unquote(token.text) : std::string(token.text);
}

TableName CommandParser::ParseTableName() {
  TableName name;
  name.position = cursor_.Here();
  std::vector<std::string> parts;
  do {
    parts.push_back(LowerCase(ParseIdentifier()));
  } while (cursor_.Accept(kDot));
  if (parts.size() > 3) cursor_.Fail(name.position, fmt::format("Too many dots in table name: {}", parts.back()));
  name.name = std::move(parts.back());
  if (parts.size() > 1) name.database = std::move(parts[parts.size() - 2]);
  if (parts.size() > 2) name.catalog = std::move(parts[parts.size() - 3]);
  return name;
}

// A code point is one column, however many bytes it has: one blank.
std::string CommandParser::InPlace(const char* begin, const char* end) const {
  std::string text;
  for (const char* at = text_.data(); at != begin; ++at) {
    if (*at == '\n' || *at == '\r')
      text += *at;
    else if (!IsContinuationByte(*at))
      text += ' ';
  }
  return text.append(begin, end);
}

std::string CommandParser::TakeRest() {
  if (cursor_.At(kEndOfInput)) {
    cursor_.Expect(Rule::kQuery);
    cursor_.FailHere();
  }
  if (cursor_.failed()) return {};
  const char* const begin = cursor_.Current().text.data();
  const char* end = begin;
  while (!cursor_.At(kEndOfInput)) {
    const Token token = cursor_.Take();
    end = token.text.data() + token.text.size();
  }
  return InPlace(begin, end);
}

std::string CommandParser::TakeValue() {
  if (cursor_.At(kEndOfInput)) {
    cursor_.Expect(Rule::kExpression);
    cursor_.FailHere();
  }
  if (cursor_.failed()) return {};
  const char* const begin = cursor_.Current().text.data();
  const char* end = begin;
  for (int depth = 0; !cursor_.At(kEndOfInput) && (depth > 0 || !cursor_.At(kComma));) {
    const Token token = cursor_.Take();
    if (token.kind == kLeftParenthesis || token.kind == kLeftBracket) ++depth;
    if (token.kind == kRightParenthesis || token.kind == kRightBracket) --depth;
    end = token.text.data() + token.text.size();
  }
  const auto parsed = sql::ParseExpression(InPlace(begin, end));
  if (!parsed) {
    cursor_.Fail(parsed.error().position, parsed.error().message, parsed.error().code);
  } else if (!IsConstant(**parsed)) {
    cursor_.Fail((*parsed)->position, "Constant expression cannot contain column references",
                 ErrorCode::kExpressionNotConstant);
  }
  return {begin, end};
}

CreateView CommandParser::ParseCreateView() {
  CreateView create;
  if (AcceptWord("or")) {
    RequireWord("replace");
    create.or_replace = true;
  }
  RequireWord("view");
  create.view = ParseTableName();
  RequireWord("as");
  create.query = TakeRest();
  return create;
}

Execute CommandParser::ParseExecute() {
  Execute execute{ParseIdentifier(), {}};
  if (!AcceptWord("using")) return execute;
  do {
    execute.values.push_back(TakeValue());
  } while (cursor_.Accept(kComma));
  return execute;
}

void CommandParser::ParseExplainOption(Explain& explain) {
  const std::string option = LowerCase(cursor_.Take().text);
  const Token value = cursor_.Take();
  const std::string name = LowerCase(value.text);
  using Type = Explain::Type;
  if (option == "type" && name == "logical")
    explain.type = Type::kLogical;
  else if (option == "type" && name == "distributed")
    explain.type = Type::kDistributed;
  else if (option == "type" && name == "validate")
    explain.type = Type::kValidate;
  else if (option == "type" && name == "io")
    explain.type = Type::kIo;
  else if (option == "format" && name == "text")
    explain.format = ExplainFormat::kText;
  else if (option == "format" && name == "json")
    explain.format = ExplainFormat::kJson;
  else if (option == "format" && name == "graphviz")
    explain.format = ExplainFormat::kGraphviz;
  else
    cursor_.Fail(value.position, fmt::format("mismatched input '{}'. Expecting: 'FORMAT', 'TYPE'", Shown(value)));
}

Explain CommandParser::ParseExplain() {
  Explain explain;
  explain.analyze = AcceptWord("analyze");
  if (explain.analyze) AcceptWord("verbose");
  // "(SELECT 1)" is a statement in parentheses.
  if (cursor_.At(kLeftParenthesis) && (AtWord("type", 1) || AtWord("format", 1))) {
    cursor_.Take();
    do {
      ParseExplainOption(explain);
    } while (cursor_.Accept(kComma));
    cursor_.Require(kRightParenthesis);
  }
  explain.statement = TakeRest();
  return explain;
}

ShowFunctions CommandParser::ParseShowFunctions() {
  RequireWord("functions");
  ShowFunctions show;
  if (!AcceptWord("like")) return show;
  cursor_.Mark(Rule::kString);
  const Token pattern = cursor_.Current();
  if (pattern.kind != kStringLiteral) cursor_.FailHere();
  cursor_.Take();
  if (!cursor_.failed()) show.pattern = Unquote(pattern.text);
  return show;
}

ModifyRows CommandParser::ParseModifyRows() {
  ModifyRows modify;
  if (AcceptWord("delete")) {
    RequireWord("from");
  } else if (AcceptWord("merge")) {
    RequireWord("into");
    modify.kind = ModifyRows::Kind::kMerge;
  } else {
    RequireWord("update");
    modify.kind = ModifyRows::Kind::kUpdate;
  }
  modify.table = ParseTableName();
  while (!cursor_.failed() && !cursor_.At(kEndOfInput)) cursor_.Take();
  return modify;
}

Command CommandParser::ParseStatement() {
  if (AcceptWord("create")) return ParseCreateView();
  if (AcceptWord("execute")) return ParseExecute();
  if (AcceptWord("explain")) return ParseExplain();
  if (AcceptWord("show")) return ParseShowFunctions();
  if (AcceptWord("deallocate")) {
    RequireWord("prepare");
    return Deallocate{ParseIdentifier()};
  }
  if (!AcceptWord("prepare")) return ParseModifyRows();
  Prepare prepare{ParseIdentifier(), {}};
  RequireWord("from");
  prepare.statement = TakeRest();
  return prepare;
}

Result<Command> CommandParser::Parse() {
  Command command = ParseStatement();
  if (!cursor_.failed()) cursor_.Require(kEndOfInput);
  if (cursor_.failed()) return std::unexpected(*cursor_.error());
  return command;
}

}  // namespace

bool IsCommand(std::string_view text) {
  Result<std::vector<Token>> tokens = Tokenize(text, Quoting::kDoubled);
  return tokens && CommandParser(text, *std::move(tokens)).StartsCommand();
}

Result<Command> ParseCommand(std::string_view text) {
  Result<std::vector<Token>> tokens = TokenizeStatement(text, Quoting::kDoubled);
  if (!tokens) return std::unexpected(tokens.error());
  return CommandParser(text, *std::move(tokens)).Parse();
}

}  // namespace opentrail::sql
