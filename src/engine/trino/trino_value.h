#pragma once

#include <string>

#include "codec/json.h"
#include "sql/type.h"

namespace opentrail::engine {

// Appends a value of Trino's JSON results as Athena writes it into its own: "2026-03-01 10:00:00.000", "[a, null]",
// "{k=v}" with its keys ascending. False where it is NULL. What is not of the type is shown as its JSON text.
// https://trino.io/docs/435/develop/client-protocol.html
[[nodiscard]] bool AppendTrinoValue(const sql::Type& type, codec::JsonValue value, std::string& out);

}  // namespace opentrail::engine
