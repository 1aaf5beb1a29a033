#include "sql/parameters.h"

#include <algorithm>
#include <string>
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

// names: what the lambdas around it call their parameters.
bool IsConstant(const Expression& expression, std::vector<std::string>& names) {
  bool constant = true;
  WalkExpression(expression, [&](const Expression& each) {
    const auto& node = each.node;
    if (const auto* name = std::get_if<ColumnReference>(&node)) {
      constant = constant && std::ranges::find(names, LowerCase(name->name.text)) != names.end();
    }
    constant = constant && !std::holds_alternative<Parameter>(node) && !std::holds_alternative<ScalarSubquery>(node) &&
               !std::holds_alternative<Exists>(node) && !std::holds_alternative<InSubquery>(node) &&
               !std::holds_alternative<QuantifiedComparison>(node);
    const auto* lambda = std::get_if<Lambda>(&node);
    if (lambda == nullptr) return constant;
    const size_t outside = names.size();
    for (const Identifier& parameter : lambda->parameters) names.push_back(LowerCase(parameter.text));
    constant = constant && IsConstant(*lambda->body, names);
    names.resize(outside);
    return false;  // its body is behind it
  });
  return constant;
}

}  // namespace

size_t CountParameters(std::string_view statement) { return FindParameters(statement).size(); }

bool IsConstant(const Expression& expression) {
  std::vector<std::string> names;
  return IsConstant(expression, names);
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
