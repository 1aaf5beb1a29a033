#include "store/migration.h"

#include <algorithm>
#include <map>
#include <string>

namespace opentrail::store {
namespace {

constexpr Migration kJournal[] = {
    {.part = "journal",
     .version = 1,
     // seq is the order of commit; it is what delivery and the event history keep as "read up to here".
     .sql = R"(CREATE TABLE journal(
                 seq INTEGER PRIMARY KEY,
                 event_id BLOB NOT NULL,
                 region TEXT NOT NULL,
                 time INTEGER NOT NULL,
                 management INTEGER NOT NULL,
                 record BLOB NOT NULL) STRICT;)"},
};

Status Step(Connection& connection, const Migration& step) {
  connection.ExecuteScript("BEGIN IMMEDIATE");
  connection.ExecuteScript(std::string(step.sql));
  connection.Execute(
      "INSERT INTO schema_version(part, version) VALUES(?, ?) "
      "ON CONFLICT(part) DO UPDATE SET version = excluded.version",
      step.part, step.version);
  connection.ExecuteScript("COMMIT");
  return connection.status();
}

}  // namespace

std::span<const Migration> JournalMigrations() { return kJournal; }

Status Migrate(Connection& connection, std::span<const Migration> migrations) {
  connection.ExecuteScript("CREATE TABLE IF NOT EXISTS schema_version(part TEXT PRIMARY KEY, version INTEGER) STRICT");
  std::map<std::string, int64_t, std::less<>> current;
  for (Rows rows = connection.Query("SELECT part, version FROM schema_version"); rows.Next();) {
    current[std::string(rows.Text(0))] = rows.Integer(1);
  }
  std::map<std::string_view, int64_t> newest;
  for (const Migration& step : migrations) {
    newest[step.part] = std::max<int64_t>(newest[step.part], step.version);
    if (step.version <= current[std::string(step.part)]) continue;
    if (const Status status = Step(connection, step); !status) return status;
  }
  for (const auto& [part, version] : newest) {
    if (const auto found = current.find(part); found != current.end() && found->second > version) {
      return MakeError(ErrorCode::kUnsupported,
                       "account.db was written by a newer opentrail ({} is at version {}, this one knows {}): "
                       "use that program, or another --data directory",
                       part, found->second, version);
    }
  }
  return connection.status();
}

}  // namespace opentrail::store
