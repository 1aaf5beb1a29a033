#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/connection.h"

namespace opentrail::services::athena {

// The text of a workgroup's prepared statement. nullopt: there is none of that name.
[[nodiscard]] std::optional<std::string> FindPreparedQuery(store::Connection& state, std::string_view region,
                                                           std::string_view workgroup, std::string_view name);

}  // namespace opentrail::services::athena
