#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sql/dialect.h"
#include "sql/error.h"
#include "sql/token.h"

namespace opentrail::sql {

// How a literal holds its own quote.
enum class Quoting : uint8_t {
  kDoubled,    // Trino: 'it''s'
  kBackslash,  // Hive: 'it\'s', "it\"s"; literals that touch are one token, and one that never closes ends the text
};

// Cuts a statement into tokens as Trino's grammar does, the longest match first; white space and comments are dropped
// and the last token is kEndOfInput. What fits nowhere (a quote never closed, a letter outside a literal that is not
// ASCII) becomes a kOther of one character: the parser refuses it where it stands. Tokens point into text.
// Refuses text that is not UTF-8 (kSyntaxError). Linear in the text.
[[nodiscard]] Result<std::vector<Token>> Tokenize(std::string_view text, Quoting quoting = Quoting::kDoubled,
                                                  Dialect dialect = Dialect::kAthena);

}  // namespace opentrail::sql
