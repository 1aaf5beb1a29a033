#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/json_walk.h"

namespace {

// What was found lies in the text and is JSON.
void CheckFound(std::string_view text, std::string_view found) {
  if (found.data() < text.data() || found.data() + found.size() > text.data() + text.size()) std::abort();
  std::string canonical;
  if (!opentrail::engine::AppendJsonCanonical(found, opentrail::engine::JsonKeyOrder::kAsWritten, canonical)) {
    std::abort();
  }
}

}  // namespace

// A path, a line end, a JSON text. Whatever the text is, the walk stays inside it; what it finds is well-formed, and
// JSON that was rewritten once stays as it is.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace opentrail::engine;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line_end = input.find('\n');
  const std::string_view text = line_end == std::string_view::npos ? input : input.substr(line_end + 1);

  if (const auto path = JsonPath::Parse(input.substr(0, line_end))) {
    if (const auto found = path->Find(text)) CheckFound(text, *found);
  }
  if (const auto path = JsonPath::Parse(input.substr(0, line_end), JsonPath::Wildcards::kAllowed)) {
    const auto found = path->FindAll(text);
    size_t bytes = 0;
    for (const std::string_view value : found.value_or(std::vector<std::string_view>())) {
      CheckFound(text, value);
      bytes += value.size();
    }
    if (bytes > text.size()) std::abort();  // no part of the text is found twice
  }
  for (const JsonKeyOrder order : {JsonKeyOrder::kAsWritten, JsonKeyOrder::kSorted}) {
    std::string once;
    if (!AppendJsonCanonical(text, order, once)) continue;
    std::string twice;
    if (!AppendJsonCanonical(once, order, twice) || once != twice) std::abort();
  }
  return 0;
}
