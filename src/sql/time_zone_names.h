#pragma once

#include <span>
#include <string_view>

namespace opentrail::sql {

// Every named zone that has rules of its own, ordered by byte value. Its index is part of a zone's key: append a new
// name where it sorts only as long as no key is kept on disk.
[[nodiscard]] std::span<const std::string_view> TimeZoneNames();

}  // namespace opentrail::sql
