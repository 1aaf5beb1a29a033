#pragma once

#include <string>

#include "sql/ddl.h"

namespace opentrail::sql {

// The statement as canonical text, on one line, every name in backquotes and every clause spelled out. What ParseDdl
// makes of it is the statement again.
[[nodiscard]] std::string FormatDdl(const DdlStatement& statement);

}  // namespace opentrail::sql
