#pragma once

#include "base/result.h"

namespace duckdb {
class ErrorData;
}

namespace opentrail::engine {

// The engine's error in Athena's words: ours pass as they are ("DIVISION_BY_ZERO: Division by zero"), the library's own
// take the code that Trino has for them, and what a statement cannot cause is GENERIC_INTERNAL_ERROR.
[[nodiscard]] Error MapError(const duckdb::ErrorData& error);

}  // namespace opentrail::engine
