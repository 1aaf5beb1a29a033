#include "store/migration.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <string>

#include "store/journal.h"

namespace opentrail::store {
namespace {

// Version 1 had a row for each entry. They keep their places, so that who follows the journal goes on where it stood.
void PackJournal(Connection& connection) {
  {
    JournalWriter journal(connection);
    Rows rows = connection.Query("SELECT seq, time, management, region, record FROM journal ORDER BY seq");
    while (rows.Next()) {
      if (rows.Integer(0) != journal.last() + 1) {
        connection.Refuse({ErrorCode::kCorrupt,
                           fmt::format("{}: journal entry {} is missing", connection.path(), journal.last() + 1)});
        return;
      }
      journal.Append({.time = Time(std::chrono::milliseconds(rows.Integer(1))),
                      .management = rows.Boolean(2),
                      .region = rows.Text(3),
                      .record = rows.Text(4)});
    }
    journal.Flush();
  }
  connection.Execute("DROP TABLE journal");
}

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
    {.part = "journal",
     .version = 2,
     .sql = R"(CREATE TABLE journal_block(
                 last INTEGER PRIMARY KEY,
                 entries INTEGER NOT NULL,
                 block BLOB NOT NULL) STRICT;)",
     .then = PackJournal},
};

using Versions = std::map<std::string, int64_t, std::less<>>;

Versions CurrentVersions(Connection& connection) {
  Versions current;
  for (Rows rows = connection.Query("SELECT part, version FROM schema_version"); rows.Next();) {
    current[std::string(rows.Text(0))] = rows.Integer(1);
  }
  return current;
}

Status CheckNotNewer(const Versions& current, std::span<const Migration> migrations) {
  Versions newest;
  for (const Migration& step : migrations) {
    int64_t& version = newest[std::string(step.part)];
    version = std::max<int64_t>(version, step.version);
  }
  for (const auto& [part, version] : newest) {
    if (const auto found = current.find(part); found != current.end() && found->second > version) {
      return MakeError(ErrorCode::kUnsupported,
                       "account.db was written by a newer opentrail ({} is at version {}, this one knows {}): "
                       "use that program, or another --data directory",
                       part, found->second, version);
    }
  }
  return {};
}

// A step that fails leaves the database as it was; the connection's status tells why.
void Step(Connection& connection, const Migration& step) {
  connection.Execute("BEGIN IMMEDIATE");
  connection.ExecuteScript(std::string(step.sql));
  if (step.then != nullptr) step.then(connection);
  connection.Execute(
      "INSERT INTO schema_version(part, version) VALUES(?, ?) "
      "ON CONFLICT(part) DO UPDATE SET version = excluded.version",
      step.part, step.version);
  connection.Execute("COMMIT");
}

}  // namespace

std::span<const Migration> JournalMigrations() { return kJournal; }

Status Migrate(Connection& connection, std::span<const Migration> migrations) {
  connection.ExecuteScript("CREATE TABLE IF NOT EXISTS schema_version(part TEXT PRIMARY KEY, version INTEGER) STRICT");
  Versions current = CurrentVersions(connection);
  if (!connection.status()) return connection.status();
  if (Status known = CheckNotNewer(current, migrations); !known) return known;
  for (const Migration& step : migrations) {
    int64_t& version = current[std::string(step.part)];
    if (step.version <= version) continue;
    assert(step.version == version + 1 && "versions of a part have no gaps");
    Step(connection, step);
    version = step.version;
    if (Status status = connection.status(); !status) {
      connection.ClearStatus();
      if (connection.InTransaction()) connection.Execute("ROLLBACK");
      return status;
    }
  }
  return {};
}

}  // namespace opentrail::store
