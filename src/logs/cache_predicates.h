#pragma once

#include <vector>

#include "logs/cache_format.h"
#include "logs/predicate.h"

// Predicates over what a cache holds. A value that fails lets its row be left out; the engine tests the others itself.
namespace opentrail::logs::cache {

// Whether any value between the zone's ends may pass.
[[nodiscard]] bool MayPass(const Predicate& predicate, const ZoneEntry& zone);

// The same for the same set of predicates in any order; zero for none.
[[nodiscard]] Hash128 HashPredicates(const std::vector<Predicate>& predicates);

}  // namespace opentrail::logs::cache
