#pragma once

#include <string_view>

#include "sql/ddl.h"

namespace opentrail::sql {

// As ParseDdl, for tables that need not lie in an S3: any text may be a LOCATION. Thread-safe.
[[nodiscard]] Result<DdlStatement> ParseLocalDdl(std::string_view text);

}  // namespace opentrail::sql
