#pragma once

#include <string>
#include <string_view>

#include "catalog/catalog.h"

// CloudTrail Lake's tables: an event data store is one, and its id the table's name.
namespace opentrail::catalog {

inline constexpr size_t kEventDataStoreIdLength = 36;

// Whether a name is the id of an event data store, the last part of its ARN: a UUID, in either case.
[[nodiscard]] bool IsEventDataStoreId(std::string_view name);

// An event data store of CloudTrail events in the shape that CloudTrail documents ("Supported SQL schemas for event
// data stores"): eventtime is a timestamp, requestparameters and the like are maps from a key to its value's JSON text,
// and eventjson is the whole record. With the hidden columns of CloudTrailTable.
[[nodiscard]] Table EventDataStoreTable(std::string database, std::string name);

}  // namespace opentrail::catalog
