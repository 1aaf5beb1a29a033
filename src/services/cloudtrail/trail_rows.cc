#include "services/cloudtrail/trail_rows.h"

#include <fmt/format.h>

#include "codec/json_value.h"

namespace opentrail::services::cloudtrail {
namespace {

constexpr std::string_view kColumns =
    "SELECT id, name, home_region, bucket, prefix, multi_region, global_events, validation, kms_key, selectors, "
    "custom_selectors, insights, tags, generation, deleted, logging, started, stopped, digest_offset, "
    "last_digest_end, delivered, delivery_attempted, delivery_error, digest_delivered, digest_error "
    "FROM cloudtrail_trail ";

std::optional<Time> OptionalTime(const store::Rows& rows, int column) {
  return rows.IsNull(column) ? std::nullopt : std::optional(FromMilliseconds(rows.Integer(column)));
}

Trail ReadRow(const store::Rows& rows) {
  return {.id = rows.Integer(0),
          .name = std::string(rows.Text(1)),
          .home_region = std::string(rows.Text(2)),
          .bucket = std::string(rows.Text(3)),
          .prefix = std::string(rows.Text(4)),
          .multi_region = rows.Boolean(5),
          .global_events = rows.Boolean(6),
          .validation = rows.Boolean(7),
          .kms_key = std::string(rows.Text(8)),
          .selectors = std::string(rows.Text(9)),
          .custom_selectors = rows.Boolean(10),
          .insights = std::string(rows.Text(11)),
          .tags = std::string(rows.Text(12)),
          .generation = rows.Integer(13),
          .deleted = rows.Boolean(14),
          .logging = rows.Boolean(15),
          .started = OptionalTime(rows, 16),
          .stopped = OptionalTime(rows, 17),
          .digest_offset = rows.Integer(18),
          .last_digest_end = FromMilliseconds(rows.Integer(19)),
          .delivered = OptionalTime(rows, 20),
          .delivery_attempted = OptionalTime(rows, 21),
          .delivery_error = std::string(rows.Text(22)),
          .digest_delivered = OptionalTime(rows, 23),
          .digest_error = std::string(rows.Text(24))};
}

template <typename... Args>
std::optional<Trail> LoadOne(store::Connection& state, std::string_view condition, const Args&... args) {
  store::Rows rows = state.Query(std::string(kColumns).append(condition), args...);
  return rows.Next() ? std::optional(ReadRow(rows)) : std::nullopt;
}

}  // namespace

std::string TrailArn(std::string_view account_id, std::string_view region, std::string_view name) {
  return fmt::format("arn:aws:cloudtrail:{}:{}:trail/{}", region, account_id, name);
}

std::string Trail::Arn(std::string_view account_id) const { return TrailArn(account_id, home_region, name); }

Value Trail::Selectors() const {
  if (!selectors.empty()) {
    if (auto stored = codec::ParseJsonValue(selectors)) return std::move(*stored);
  }
  Value standard = Value::Object({{"ReadWriteType", "All"},
                                  {"IncludeManagementEvents", true},
                                  {"DataResources", Value::List()},
                                  {"ExcludeManagementEventSources", Value::List()}});
  return Value::Object({{"EventSelectors", Value::List({std::move(standard)})}});
}

std::optional<Trail> FindTrail(store::Connection& state, std::string_view home_region, std::string_view name) {
  return LoadOne(state, "WHERE deleted = 0 AND name = ? AND home_region = ?", name, home_region);
}

std::optional<Trail> LoadTrail(store::Connection& state, int64_t id) { return LoadOne(state, "WHERE id = ?", id); }

std::vector<Trail> AllTrails(store::Connection& state) {
  std::vector<Trail> trails;
  for (store::Rows rows = state.Query(std::string(kColumns) + "WHERE deleted = 0 ORDER BY id"); rows.Next();) {
    trails.push_back(ReadRow(rows));
  }
  return trails;
}

int64_t InsertTrail(store::Connection& state, const Trail& trail) {
  state.Execute(
      "INSERT INTO cloudtrail_trail(name, home_region, bucket, prefix, multi_region, global_events, validation, "
      "kms_key, tags, digest_offset) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      trail.name, trail.home_region, trail.bucket, trail.prefix, trail.multi_region, trail.global_events,
      trail.validation, trail.kms_key, trail.tags, trail.digest_offset);
  return state.LastInsertRowId();
}

void UpdateTrail(store::Connection& state, const Trail& trail) {
  state.Execute(
      "UPDATE cloudtrail_trail SET bucket = ?, prefix = ?, multi_region = ?, global_events = ?, validation = ?, "
      "kms_key = ?, selectors = ?, custom_selectors = ?, insights = ?, tags = ?, deleted = ?, logging = ?, "
      "started = ?, stopped = ?, generation = generation + 1 WHERE id = ?",
      trail.bucket, trail.prefix, trail.multi_region, trail.global_events, trail.validation, trail.kms_key,
      trail.selectors, trail.custom_selectors, trail.insights, trail.tags, trail.deleted, trail.logging,
      Milliseconds(trail.started), Milliseconds(trail.stopped), trail.id);
}

}  // namespace opentrail::services::cloudtrail
