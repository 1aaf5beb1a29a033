// Text to parser: it must not crash, must place every refusal inside the text, and an expression must mean the same in
// parentheses and with its tokens apart.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sql/ast_dump.h"
#include "sql/lexer.h"
#include "sql/parser.h"
#include "sql/utf8.h"

namespace {

using opentrail::sql::Error;
using opentrail::sql::ErrorCode;

// A dump recurses over chains, and grows with depth times length.
constexpr size_t kDumpedBytesMax = 2048;

void CheckPlace(std::string_view text, const Error& error) {
  if (!error.position) return;
  opentrail::sql::Position end;
  const std::string_view read = text.substr(0, opentrail::sql::FirstInvalidUtf8(text).value_or(text.size()));
  AdvancePosition(read, end);
  const auto [line, column] = *error.position;
  if (line < 1 || column < 1 || line > end.line || (line == end.line && column > end.column)) std::abort();
}

void CheckStatement(std::string_view text, opentrail::sql::Dialect dialect) {
  const auto statement = opentrail::sql::ParseStatement(text, dialect);
  if (!statement) return CheckPlace(text, statement.error());
  if (opentrail::sql::FirstInvalidUtf8(text)) std::abort();
  if (text.size() <= kDumpedBytesMax && Dump(*statement).empty()) std::abort();
}

// Each token on a line of its own; comments are gone.
std::string Apart(std::string_view text) {
  std::string apart;
  for (const opentrail::sql::Token& token : *opentrail::sql::Tokenize(text)) apart.append(token.text).append("\n");
  return apart;
}

void CheckExpression(std::string_view text) {
  const auto expression = opentrail::sql::ParseExpression(text);
  if (!expression) return CheckPlace(text, expression.error());
  if (text.size() > kDumpedBytesMax) return;
  const auto parenthesized = opentrail::sql::ParseExpression("(\n" + Apart(text) + ")");
  if (!parenthesized) {
    if (parenthesized.error().code != ErrorCode::kExceededDepthLimit) std::abort();
  } else if (Dump(**expression) != Dump(**parenthesized)) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckStatement(text, opentrail::sql::Dialect::kAthena);
  CheckStatement(text, opentrail::sql::Dialect::kLake);
  CheckExpression(text);
  return 0;
}
