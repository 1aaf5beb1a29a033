#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "store/connection.h"

namespace opentrail::store {

// One step of one part's schema: versions of a part count from 1 without gaps and never change once released.
struct Migration {
  std::string_view part;  // "iam", "ec2", "journal"
  int version;
  std::string_view sql;
  // What SQL alone does not do, after it and in its transaction; nullptr: nothing. Errors are the connection's.
  void (*then)(Connection& connection) = nullptr;
};

// Brings the database to the newest version of every part, each step in a transaction of its own, noted in the table
// schema_version. kUnsupported where the file is newer than this program.
[[nodiscard]] Status Migrate(Connection& connection, std::span<const Migration> migrations);

// The journal's own schema: table journal_block (journal.h).
[[nodiscard]] std::span<const Migration> JournalMigrations();

}  // namespace opentrail::store
