#include "services/athena/result_reuse.h"

#include <algorithm>
#include <array>

#include "sql/lexer.h"
#include "sql/parser.h"
#include "sql/text.h"

namespace opentrail::services::athena {
namespace {

constexpr std::array<std::string_view, 12> kVolatile = {
    "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "now",
    "rand",         "random",       "shuffle",           "uuid",      "tablesample",    "current_user"};

}  // namespace

// By the statement's words: a column that is called like one of the functions only means that the query runs.
bool IsReusable(const ParsedStatement& statement) {
  if (statement.query.empty() || statement.substatement != "SELECT") return false;
  const auto tokens = sql::Tokenize(statement.query);
  if (!tokens) return false;
  bool is_ordered = false;
  bool is_limited = false;
  for (const sql::Token& token : *tokens) {
    const std::string word = sql::LowerCase(token.text);
    if (std::ranges::find(kVolatile, word) != kVolatile.end()) return false;
    is_ordered |= token.kind == sql::TokenKind::kOrder;
    is_limited |= token.kind == sql::TokenKind::kLimit || token.kind == sql::TokenKind::kFetch;
  }
  return is_ordered || !is_limited;
}

}  // namespace opentrail::services::athena
