#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "logs/file_store.h"
#include "logs/log_file.h"

namespace duckdb {
class DatabaseInstance;
}

// How DuckDB's own readers come to a table's files: under names that mean nothing outside, through our FileStore. What
// it may open is what a scan has listed; external access stays off.
namespace opentrail::engine {

class QueryScans;

// A table's file that the engine may open.
struct StoredFile {
  logs::LogFile file;
  std::shared_ptr<logs::FileStore> store;  // shared: with the table's other files
  std::shared_ptr<QueryScans> query;       // shared: counts what is read, and keeps what went wrong
};

// The files that scans have listed, by the names that the engine knows them by. Thread-safe.
class StoredFiles {
 public:
  // All names begin so.
  static constexpr std::string_view kFolder = "opentrail-files/";

  // The file's name for the engine.
  std::string Add(StoredFile file);
  // nullptr: none of that name, or none any more.
  [[nodiscard]] std::shared_ptr<const StoredFile> Find(const std::string& name) const;
  // A text of the engine's with the files' paths for their names.
  [[nodiscard]] std::string WithPaths(std::string text) const;
  void Clear();

 private:
  mutable std::mutex mutex_;
  uint64_t last_ = 0;
  std::map<std::string, std::shared_ptr<const StoredFile>> files_;  // shared: with those that have one open
};

// Lets the database read them. `files` outlives it.
void RegisterStoredFiles(duckdb::DatabaseInstance& database, StoredFiles& files);

}  // namespace opentrail::engine
