#include "sql/parameters.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "sql/expression_walk.h"
#include "sql/lexer.h"
#include "sql/parser.h"
#include "sql/text.h"

namespace opentrail::sql {
namespace {

// Where the question marks stand, as slices of the text.
std::vector<std::string_view> FindParameters(std::string_view statement) {
  std::vector<std::string_view> found;
  const auto tokens = Tokenize(statement);
  if (!tokens) return found;
  for (const Token& token : *tokens) {
    if (token.kind == TokenKind::kQuestionMark) found.push_back(token.text);
  }
  return found;
}

// One literal stands where a number of rows is asked for, too; anything else keeps its own precedence in parentheses.
std::string Standing(const std::string& value) {
  const auto tokens = Tokenize(value);
  const bool is_one_token = tokens && tokens->size() == 2;
  return is_one_token ? value : fmt::format("({})", value);
}

}  // namespace

size_t CountParameters(std::string_view statement) { return FindParameters(statement).size(); }

bool IsConstant(const Expression& expression) {
  bool constant = true;
  WalkExpression(expression, [&](const Expression& each) {
    const auto& node = each.node;
    constant = constant && !std::holds_alternative<ColumnReference>(node) && !std::holds_alternative<Parameter>(node) &&
               !std::holds_alternative<ScalarSubquery>(node) && !std::holds_alternative<Exists>(node) &&
               !std::holds_alternative<InSubquery>(node) && !std::holds_alternative<QuantifiedComparison>(node);
    return constant && !std::holds_alternative<Lambda>(node);  // whose body names its own parameters
  });
  return constant;
}

std::string ParameterText(std::string_view value) {
  const auto parsed = ParseExpression(value);
  if (!parsed || !IsConstant(**parsed)) return QuoteLiteral(value);
  // What stands behind the last token would end up in the statement: a comment that is never closed by a line's end.
  const auto tokens = Tokenize(value);
  const std::string_view first = tokens->front().text;
  const std::string_view last = (*tokens)[tokens->size() - 2].text;
  return {first.data(), last.data() + last.size()};
}

Result<std::string> BindParameters(std::string_view statement, std::span<const std::string> values) {
  const std::vector<std::string_view> places = FindParameters(statement);
  if (places.size() != values.size()) {
    return std::unexpected(
        Error{ErrorCode::kInvalidParameterUsage, std::nullopt,
              fmt::format("Incorrect number of parameters: expected {} but found {}", places.size(), values.size())});
  }
  std::string bound;
  const char* from = statement.data();
  for (size_t i = 0; i < places.size(); ++i) {
    bound.append(from, places[i].data());
    bound += Standing(values[i]);
    from = places[i].data() + places[i].size();
  }
  return bound.append(from, statement.data() + statement.size());
}

}  // namespace opentrail::sql
