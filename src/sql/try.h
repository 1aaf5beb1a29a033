#pragma once

#include <utility>

// The value of a Result, or out of the function with its error: auto x = SQL_TRY(Resolve(...)); not to be nested in one
// expression, nor among a list's later elements, whose earlier ones g++ 12 would leak. SQL_CHECK is the same for a
// Result<void>.
#define SQL_TRY(expression)                                                           \
  __extension__({                                                                     \
    auto result_or_error = (expression);                                              \
    if (!result_or_error) return std::unexpected(std::move(result_or_error).error()); \
    *std::move(result_or_error);                                                      \
  })

#define SQL_CHECK(expression)                                     \
  do {                                                            \
    if (auto result_or_error = (expression); !result_or_error) {  \
      return std::unexpected(std::move(result_or_error).error()); \
    }                                                             \
  } while (false)
