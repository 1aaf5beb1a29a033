#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "codec/value.h"
#include "store/connection.h"
#include "trail/selectors.h"

namespace opentrail::services::cloudtrail {

// A trail as it is set up, and how its delivery goes.
struct Trail {
  int64_t id = 0;
  std::string name;
  std::string home_region;
  std::string bucket;
  std::string prefix;
  bool multi_region = false;
  bool global_events = true;
  bool validation = false;
  std::string kms_key;    // ARN; "": none
  std::string selectors;  // JSON as PutEventSelectors took them; "": the default
  bool custom_selectors = false;
  std::string insights;    // JSON of a list of InsightSelector; "": none
  std::string tags;        // JSON of a list of Tag
  int64_t generation = 0;  // grows with every change: delivery begins anew where it finds another one
  bool deleted = false;    // gone for callers; kept until all is delivered
  bool logging = false;
  std::optional<Time> started;
  std::optional<Time> stopped;
  int64_t digest_offset = 0;  // seconds after the full hour
  Time last_digest_end;
  std::optional<Time> delivered;
  std::optional<Time> delivery_attempted;
  std::string delivery_error;
  std::optional<Time> digest_delivered;
  std::string digest_error;

  [[nodiscard]] std::string Arn(std::string_view account_id) const;
  [[nodiscard]] trail::TrailScope Scope() const { return {home_region, multi_region, global_events}; }
  // As GetEventSelectors gives them: {"EventSelectors": [...]} or {"AdvancedEventSelectors": [...]}.
  [[nodiscard]] Value Selectors() const;
};

[[nodiscard]] std::string TrailArn(std::string_view account_id, std::string_view region, std::string_view name);

// Those that callers see.
[[nodiscard]] std::optional<Trail> FindTrail(store::Connection& state, std::string_view home_region,
                                             std::string_view name);
// In the order in which they were made.
[[nodiscard]] std::vector<Trail> AllTrails(store::Connection& state);
// Also one that was deleted and still delivers.
[[nodiscard]] std::optional<Trail> LoadTrail(store::Connection& state, int64_t id);

int64_t InsertTrail(store::Connection& state, const Trail& trail);
// Everything that callers set up; generation grows.
void UpdateTrail(store::Connection& state, const Trail& trail);

// How stored times are written: milliseconds since 1970.
[[nodiscard]] inline int64_t Milliseconds(Time time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline std::optional<int64_t> Milliseconds(const std::optional<Time>& time) {
  return time ? std::optional(Milliseconds(*time)) : std::nullopt;
}
[[nodiscard]] inline Time FromMilliseconds(int64_t value) { return Time(std::chrono::milliseconds(value)); }

}  // namespace opentrail::services::cloudtrail
