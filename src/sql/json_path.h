#pragma once

#include <string_view>

#include "sql/error.h"

namespace opentrail::sql {

// Whether a path of SQL/JSON begins as one does, ends behind no "." or "[", and asks for nothing that Trino lacks, in
// Trino's words. All else of a path is seen when it is run. `literal`: where the path's literal begins.
// https://trino.io/docs/current/functions/json.html#json-path-language
[[nodiscard]] Result<void> CheckJsonPath(std::string_view path, Position literal);

}  // namespace opentrail::sql
