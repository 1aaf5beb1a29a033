#include "logs/predicate.h"

#include <algorithm>

namespace opentrail::logs {

bool PassesPredicate(std::string_view value, const Predicate& predicate) {
  if (value.data() == nullptr) return false;  // NULL satisfies no comparison
  if (predicate.kind == PredicateKind::kIsNotNull) return true;
  if (predicate.values.empty()) return true;
  switch (predicate.kind) {
    case PredicateKind::kEquals:
      return std::ranges::any_of(predicate.values, [&](const std::string& wanted) { return value == wanted; });
    case PredicateKind::kContains:
      return value.find(predicate.values.front()) != std::string_view::npos;
    case PredicateKind::kAtLeast:
      return value >= std::string_view(predicate.values.front());
    case PredicateKind::kAtMost:
      return value <= std::string_view(predicate.values.front());
    case PredicateKind::kIsNotNull:
      break;
  }
  return true;
}

}  // namespace opentrail::logs
