#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "services/cloudtrail/delivery_state.h"

// When digests end. Pure.
namespace opentrail::services::cloudtrail {

// The end of the digest that a chain owes: the last of the trail's marks (its own minute and second of each hour, or
// other interval) up to now. nullopt: none yet. Where none was written for longer, one digest holds it all.
[[nodiscard]] std::optional<Time> DueDigestEnd(const Trail& trail, const Chain& chain, std::chrono::seconds interval,
                                               Time now);
// The end of the last digest of a chain, after all that was delivered.
[[nodiscard]] Time FinalDigestEnd(const Chain& chain, Time now);

}  // namespace opentrail::services::cloudtrail
