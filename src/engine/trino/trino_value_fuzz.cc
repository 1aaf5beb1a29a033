// A column's type in the first line, then a value of a Trino's answer: whatever a cluster sends for a type is shown,
// what stood in the text before stays, and only NULL shows nothing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "codec/json.h"
#include "engine/trino/trino_value.h"
#include "sql/type.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const auto type = opentrail::sql::ParseType(input.substr(0, line));
  const auto document = opentrail::codec::JsonDocument::Parse(input.substr(line + 1));
  if (!type || !document) return 0;
  constexpr std::string_view kBefore = "before, ";
  std::string text(kBefore);
  const bool is_shown = opentrail::engine::AppendTrinoValue(*type, document->Root(), text);
  if (is_shown == document->Root().IsNull() || !text.starts_with(kBefore)) std::abort();
  if (!is_shown && text.size() != kBefore.size()) std::abort();
  return 0;
}
