#include "logs/cache_predicates.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace opentrail::logs::cache {
namespace {

// Lengths before texts, so that no two predicates spell the same.
std::string Spell(const Predicate& predicate) {
  std::string text = fmt::format("{}:{}{};", static_cast<int>(predicate.kind), predicate.field.size(), predicate.field);
  std::vector<std::string> values = predicate.values;
  if (predicate.kind == PredicateKind::kEquals) std::ranges::sort(values);
  for (const std::string& value : values) text += fmt::format("{}:{};", value.size(), value);
  return text;
}

}  // namespace

bool MayPass(const Predicate& predicate, const ZoneEntry& zone) {
  if (zone.least_bytes == ZoneEntry::kNone) return false;
  if (!zone.IsKnown()) return true;
  if (predicate.kind != PredicateKind::kIsNotNull && predicate.values.empty()) return true;
  auto lies_within = [&](const std::string& value) { return value >= zone.Least() && value <= zone.Greatest(); };
  switch (predicate.kind) {
    case PredicateKind::kEquals: return std::ranges::any_of(predicate.values, lies_within);
    case PredicateKind::kAtLeast: return zone.Greatest() >= predicate.values[0];
    case PredicateKind::kAtMost: return zone.Least() <= predicate.values[0];
    case PredicateKind::kContains:
    case PredicateKind::kMentions:
    case PredicateKind::kIsNotNull: return true;
  }
  return true;
}

Hash128 HashPredicates(const std::vector<Predicate>& predicates) {
  if (predicates.empty()) return {};
  std::vector<std::string> spelled;
  for (const Predicate& predicate : predicates) spelled.push_back(Spell(predicate));
  std::ranges::sort(spelled);
  std::string text;
  for (const std::string& one : spelled) text += one;
  Hash128 hash = HashText(text);
  if (hash == Hash128{}) hash.low = 1;
  return hash;
}

}  // namespace opentrail::logs::cache
