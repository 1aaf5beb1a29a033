#include "logs/predicate.h"

#include <algorithm>

namespace opentrail::logs {

bool MayMention(std::string_view json, std::span<const std::string> values) {
  // With a backslash anywhere, any character may be spelt otherwise.
  return json.find('\\') != std::string_view::npos || std::ranges::any_of(values, [&](const std::string& value) {
           return json.find(value) != std::string_view::npos;
         });
}

bool PassesPredicate(std::string_view value, const Predicate& predicate) {
  if (value.data() == nullptr) return false;  // NULL satisfies no comparison
  if (predicate.kind == PredicateKind::kIsNotNull) return true;
  if (predicate.values.empty()) return true;
  switch (predicate.kind) {
    case PredicateKind::kEquals:
      return std::ranges::any_of(predicate.values, [&](const std::string& wanted) { return value == wanted; });
    case PredicateKind::kContains: return value.find(predicate.values.front()) != std::string_view::npos;
    case PredicateKind::kAtLeast: return value >= std::string_view(predicate.values.front());
    case PredicateKind::kAtMost: return value <= std::string_view(predicate.values.front());
    case PredicateKind::kMentions: return MayMention(value, predicate.values);
    case PredicateKind::kIsNotNull: break;
  }
  return true;
}

}  // namespace opentrail::logs
