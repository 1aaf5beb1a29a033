#pragma once

#include <cstdint>

#include "store/connection.h"

namespace opentrail::services::cloudtrail {

// The last entry of the journal; on the committer's thread, that before the records of the call under way. 0: it is
// empty.
[[nodiscard]] inline int64_t LastJournalEntry(store::Connection& state) {
  store::Rows rows = state.Query("SELECT max(seq) FROM journal");
  return rows.Next() ? rows.Integer(0) : 0;
}

}  // namespace opentrail::services::cloudtrail
