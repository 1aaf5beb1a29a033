// Text to definitions: the parser must not crash, and what it accepts must mean the same once it is written out.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sql/ddl.h"
#include "sql/ddl_format.h"
#include "sql/translate.h"
#include "sql/utf8.h"

namespace {

void CheckStatement(std::string_view text) {
  const auto statement = opentrail::sql::ParseDdl(text);
  if (!statement) {
    if (statement.error().message.empty()) std::abort();
    return;
  }
  if (opentrail::sql::FirstInvalidUtf8(text)) std::abort();
  const std::string written = FormatDdl(*statement);
  if (written.size() > opentrail::sql::kMaxStatementBytes) return;
  const auto again = opentrail::sql::ParseDdl(written);
  if (!again || again->index() != statement->index() || FormatDdl(*again) != written) std::abort();
  if (!opentrail::sql::IsDdl(text) || !opentrail::sql::IsDdl(written)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)opentrail::sql::IsDdl(text);
  CheckStatement(text);
  return 0;
}
