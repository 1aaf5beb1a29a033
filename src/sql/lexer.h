#pragma once

#include <string_view>
#include <vector>

#include "sql/error.h"
#include "sql/token.h"

namespace opentrail::sql {

// Cuts a statement into tokens as Trino's grammar does, the longest match first; white space and comments are dropped
// and the last token is kEndOfInput. What fits nowhere (a quote never closed, a letter outside a literal that is not
// ASCII) becomes a kOther of one character: the parser refuses it where it stands. Tokens point into text.
// Refuses text that is not UTF-8 (kSyntaxError). Linear in the text.
[[nodiscard]] Result<std::vector<Token>> Tokenize(std::string_view text);

}  // namespace opentrail::sql
