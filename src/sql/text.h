#pragma once

#include <string>
#include <string_view>

// Small helpers on the texts that the dialect reads and writes.
namespace opentrail::sql {

// ASCII letters only, as Trino folds identifiers.
[[nodiscard]] std::string LowerCase(std::string_view text);
[[nodiscard]] std::string UpperCase(std::string_view text);
// "a""b": a name as the engine reads it.
[[nodiscard]] std::string QuoteIdentifier(std::string_view name);
// 'it''s': a text as the engine reads it.
[[nodiscard]] std::string QuoteLiteral(std::string_view text);

}  // namespace opentrail::sql
