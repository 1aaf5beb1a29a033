#pragma once

#include <string>

#include "base/result.h"
#include "store/file.h"

namespace opentrail::store {

// SQLite's write-ahead log of one database, made durable after each commit by whoever commits with synchronous=NORMAL:
// SQLite then leaves these syncs to others, and orders the log against the database file by itself
// (https://www.sqlite.org/pragma.html#pragma_synchronous). Not thread-safe.
class WriteAheadLog {
 public:
  // A database in memory has the path "": nothing of it is ever durable, and Sync does nothing.
  explicit WriteAheadLog(const std::string& database_path);

  // Ok: all that was committed before is durable. Once a sync has failed, each one fails so: nobody knows what the disk
  // holds.
  Status Sync();

 private:
  [[nodiscard]] Status SyncFile();

  const std::string path_;
  File file_;
  Status status_;
};

}  // namespace opentrail::store
