// Text to commands and parameters: nothing must crash, each refusal stands inside the text, a statement inside another
// keeps its place, and a parameter's value is never more than a constant.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "sql/command.h"
#include "sql/parameters.h"
#include "sql/parser.h"
#include "sql/utf8.h"

namespace {

namespace sql = opentrail::sql;

// Blank up to where it begins, then the text itself.
void CheckInner(std::string_view text, std::string_view inner) {
  if (inner.size() > text.size()) std::abort();
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] != text[i] && inner[i] != ' ') std::abort();
  }
}

void CheckCommand(std::string_view text) {
  const auto command = sql::ParseCommand(text);
  if (!command) {
    if (command.error().message.empty()) std::abort();
    return;
  }
  if (!sql::IsCommand(text) || sql::FirstInvalidUtf8(text)) std::abort();
  if (const auto* view = std::get_if<sql::CreateView>(&*command)) CheckInner(text, view->query);
  if (const auto* prepare = std::get_if<sql::Prepare>(&*command)) CheckInner(text, prepare->statement);
  if (const auto* explain = std::get_if<sql::Explain>(&*command)) CheckInner(text, explain->statement);
  if (const auto* execute = std::get_if<sql::Execute>(&*command)) {
    for (const std::string& value : execute->values) {
      if (!sql::ParseExpression(value)) std::abort();
    }
  }
}

void CheckValue(std::string_view value) {
  if (sql::FirstInvalidUtf8(value)) return;
  const std::string text = sql::ParameterText(value);
  const auto expression = sql::ParseExpression(text);
  if (!expression || !sql::IsConstant(**expression)) std::abort();
  const std::string values[] = {text, text};
  const auto bound = sql::BindParameters("SELECT ? + ?", values);
  if (!bound || sql::CountParameters(*bound) != 0) std::abort();
  const auto statement = sql::ParseStatement(*bound);
  // Twice a value may be too long, and in parentheses it stands a level deeper.
  if (!statement && statement.error().code == sql::ErrorCode::kSyntaxError) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckCommand(text);
  CheckValue(text);
  return 0;
}
