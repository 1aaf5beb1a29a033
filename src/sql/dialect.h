#pragma once

#include <cstdint>

namespace opentrail::sql {

// Whose SQL a statement is.
enum class Dialect : uint8_t {
  kAthena,
  kLake,  // CloudTrail Lake's: an event data store's id is a name as it stands, a text is compared with a timestamp,
          // date, number or boolean as one, and json_extract takes the wildcards [*] and .*
};

}  // namespace opentrail::sql
