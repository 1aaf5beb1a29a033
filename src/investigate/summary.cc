#include "investigate/summary.h"

#include <charconv>
#include <chrono>
#include <functional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace opentrail::investigate {
namespace {

using engine::Row;

// Who acted, in one word that an investigator can search for.
constexpr std::string_view kPrincipal =
    "CASE useridentity.type WHEN 'Root' THEN 'root' "
    "ELSE coalesce(useridentity.arn, useridentity.username, useridentity.invokedby, useridentity.principalid) END";

// One pass over the logs; each grouping set is one ranking. Rows: set, key, second key, events, first, last, distinct,
// failed.
std::string RankingsSql(const SummaryOptions& options) {
  return fmt::format(
      R"(WITH events AS (
  SELECT eventtime, recipientaccountid AS account, awsregion AS region, substr(eventtime, 1, 10) AS day,
    substr(eventtime, 1, 13) AS hour, eventsource AS service, eventname AS action, errorcode AS error,
    sourceipaddress AS address,
    CASE WHEN useridentity.type IN ('IAMUser', 'Root') THEN
      coalesce(useridentity.accountid, recipientaccountid) || '/' ||
      if(useridentity.type = 'Root', 'root', coalesce(useridentity.username, useridentity.arn)) END AS user_name,
    useridentity.sessioncontext.sessionissuer.arn AS role,
    CASE WHEN readonly = 'false' AND errorcode IS NULL AND eventname <> 'ConsoleLogin' THEN {principal} END AS changer
  FROM {table}),
grouped AS (
  SELECT CASE
      WHEN grouping(account) = 0 THEN 'accounts' WHEN grouping(region) = 0 THEN 'regions'
      WHEN grouping(day) = 0 THEN 'days' WHEN grouping(hour) = 0 THEN 'hours'
      WHEN grouping(error) = 0 THEN 'errors' WHEN grouping(address) = 0 THEN 'addresses'
      WHEN grouping(user_name) = 0 THEN 'users' WHEN grouping(role) = 0 THEN 'roles'
      WHEN grouping(changer) = 0 THEN 'changes' WHEN grouping(action) = 0 THEN 'actions'
      WHEN grouping(service) = 0 THEN 'services' ELSE 'all' END AS kind,
    if(grouping(changer) = 0, changer, coalesce(account, region, day, hour, error, address, user_name, role, service)) AS key,
    if(grouping(changer) = 0, service) AS changed_service, action, count(*) AS events, min(eventtime) AS first_time,
    max(eventtime) AS last_time,
    count(error) AS failed
  FROM events
  GROUP BY GROUPING SETS ((), (account), (region), (day), (hour), (error), (address), (user_name), (role), (service),
    (service, action), (changer, service, action))),
ranked AS (
  SELECT kind, key, changed_service, action, events, first_time, last_time, failed,
    count(*) OVER (PARTITION BY kind) AS kinds,
    row_number() OVER (PARTITION BY kind ORDER BY if(kind = 'changes', -events, events) DESC, key, changed_service, action)
      AS place
  FROM grouped WHERE key IS NOT NULL OR kind = 'all')
SELECT kind, key, changed_service, action, events, first_time, last_time, kinds, failed FROM ranked
WHERE place <= {top} OR kind = 'hours'
ORDER BY kind, if(kind = 'hours', key), place)",
      fmt::arg("principal", kPrincipal), fmt::arg("table", options.table), fmt::arg("top", options.top));
}

std::string SignInsSql(const SummaryOptions& options) {
  return fmt::format(
      R"(WITH kinds AS (
  SELECT coalesce({principal}, 'unknown') AS user_name, coalesce(sourceipaddress, '') AS address,
    coalesce(json_extract_scalar(responseelements, '$.ConsoleLogin'), '') AS result,
    coalesce(json_extract_scalar(additionaleventdata, '$.MFAUsed'), '') AS mfa,
    count(*) AS events, min(eventtime) AS first_time, max(eventtime) AS last_time
  FROM {table} WHERE eventname = 'ConsoleLogin' GROUP BY 1, 2, 3, 4)
SELECT user_name, address, result, mfa, events, first_time, last_time, count(*) OVER () AS kinds FROM kinds
ORDER BY last_time DESC, user_name, address, result LIMIT {top})",
      fmt::arg("principal", kPrincipal), fmt::arg("table", options.table), fmt::arg("top", options.top));
}

uint64_t Number(const std::optional<std::string>& text) {
  uint64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

std::string Text(const std::optional<std::string>& text) { return text.value_or(""); }

// "2026-03-02T05" -> hours since the epoch; nullopt for what is no such text.
std::optional<int64_t> HourNumber(std::string_view text) {
  int fields[4] = {};
  static constexpr std::pair<size_t, size_t> kPlaces[] = {{0, 4}, {5, 2}, {8, 2}, {11, 2}};
  if (text.size() != 13 || text[4] != '-' || text[7] != '-' || text[10] != 'T') return std::nullopt;
  for (size_t i = 0; i < 4; ++i) {
    const char* begin = text.data() + kPlaces[i].first;
    const auto [end, error] = std::from_chars(begin, begin + kPlaces[i].second, fields[i]);
    if (error != std::errc() || end != begin + kPlaces[i].second) return std::nullopt;
  }
  const std::chrono::year_month_day day{std::chrono::year(fields[0]),
                                        std::chrono::month(static_cast<unsigned>(fields[1])),
                                        std::chrono::day(static_cast<unsigned>(fields[2]))};
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day).time_since_epoch().count() * 24LL + fields[3];
}

std::string HourText(int64_t hour) {
  const int64_t days = hour >= 0 ? hour / 24 : (hour - 23) / 24;
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(days))};
  return fmt::format("{:04}-{:02}-{:02}T{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()), hour - days * 24);
}

// Reads the rows of RankingsSql into a Summary.
class RankingReader {
 public:
  explicit RankingReader(Summary& summary) : summary_(summary) {}

  void Read(const Row& row) {
    const std::string kind = Text(row[0]);
    if (kind == "all") {
      summary_.events = Number(row[4]);
      summary_.failed = Number(row[8]);
      summary_.first_event = row[5];
      summary_.last_event = row[6];
    } else if (kind == "hours") {
      ReadHour(Text(row[1]));
    } else if (kind == "changes") {
      summary_.change_kinds = Number(row[7]);
      summary_.changes.push_back(
          {Text(row[1]), Text(row[2]), Text(row[3]), Number(row[4]), Text(row[5]), Text(row[6])});
    } else if (Ranking* ranking = RankingOf(kind)) {
      ranking->distinct = Number(row[7]);
      const std::string name = kind == "actions" ? Text(row[1]) + ":" + Text(row[3]) : Text(row[1]);
      ranking->top.push_back({name, Number(row[4])});
    }
  }

 private:
  Ranking* RankingOf(std::string_view kind) {
    const std::pair<std::string_view, Ranking*> rankings[] = {
        {"accounts", &summary_.accounts}, {"regions", &summary_.regions},     {"days", &summary_.days},
        {"services", &summary_.services}, {"actions", &summary_.actions},     {"users", &summary_.users},
        {"roles", &summary_.roles},       {"addresses", &summary_.addresses}, {"errors", &summary_.errors}};
    for (const auto& [name, ranking] : rankings) {
      if (name == kind) return ranking;
    }
    return nullptr;
  }

  // Hours come in order; a jump of more than one is a gap.
  void ReadHour(const std::string& text) {
    const auto hour = HourNumber(text);
    if (!hour) return;
    if (previous_hour_ && *hour > *previous_hour_ + 1) {
      summary_.gaps.push_back(
          {HourText(*previous_hour_ + 1), HourText(*hour - 1), static_cast<uint64_t>(*hour - *previous_hour_ - 1)});
    }
    previous_hour_ = hour;
  }

  Summary& summary_;
  std::optional<int64_t> previous_hour_;
};

Status ForEachRow(engine::Engine& engine, const sql::Session& session, const std::string& statement,
                  const CancelToken& cancel, const std::function<void(const Row&)>& visit) {
  auto result = engine.Query(statement, session, cancel);
  if (!result) return std::unexpected(result.error());
  while (true) {
    const auto rows = (*result)->Next();
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    for (const Row& row : *rows) visit(row);
  }
}

}  // namespace

Result<Summary> Summarize(engine::Engine& engine, const sql::Session& session, const SummaryOptions& options,
                          const CancelToken& cancel) {
  Summary summary;
  RankingReader rankings(summary);
  if (auto done =
          ForEachRow(engine, session, RankingsSql(options), cancel, [&](const Row& row) { rankings.Read(row); });
      !done) {
    return std::unexpected(done.error());
  }
  summary.records = engine.Statistics().events.load();
  summary.duplicates = summary.records - summary.events;
  const auto read_sign_in = [&](const Row& row) {
    summary.sign_in_kinds = Number(row[7]);
    summary.sign_ins.push_back(
        {Text(row[0]), Text(row[1]), Text(row[2]), Text(row[3]), Number(row[4]), Text(row[5]), Text(row[6])});
  };
  if (auto done = ForEachRow(engine, session, SignInsSql(options), cancel, read_sign_in); !done) {
    return std::unexpected(done.error());
  }
  return summary;
}

}  // namespace opentrail::investigate
