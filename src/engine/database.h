#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "engine/scan_context.h"

namespace duckdb {
class Connection;
class DuckDB;
}  // namespace duckdb

namespace opentrail::engine {

// A folder of our own, readable by its owner alone, removed with all that is in it.
class PrivateFolder {
 public:
  // Made below `parent`; empty: below the system's folder for temporary files.
  static Result<std::unique_ptr<PrivateFolder>> Make(const std::filesystem::path& parent);
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit PrivateFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// A DuckDB in memory that reaches no file but its own spill folder, loads nothing, and whose settings are locked; with
// the dialect's functions and opentrail_scan. Serves one statement after another, none of which sees anything of those
// before it. Thread-compatible.
class Database {
 public:
  static Result<std::unique_ptr<Database>> Open(const EngineOptions& options);
  ~Database();

  [[nodiscard]] duckdb::Connection& connection() { return *connection_; }
  // What the functions scan.
  [[nodiscard]] ScanContext& scans() { return *scans_; }
  // Lets statements write this one file, until Forbid.
  void AllowFile(const std::filesystem::path& file);
  void ForbidFiles();

  // Makes it as it was when it was opened; no result is open any more. False: it is not, and serves nobody again. So
  // after a statement that did not come to its end (whatever the reason: it may have left anything), and where
  // something stays behind that does not go with the connection: tables, databases, memory, spilled rows.
  [[nodiscard]] bool Reset();
  // Gives the system back what the allocator of all databases has kept for them. For a time when none is at work: 50
  // us, and more where there is much.
  static void ReturnMemory();

 private:
  // A catalog, and how often it was changed.
  using Catalogs = std::vector<std::pair<std::string, uint64_t>>;

  explicit Database(std::unique_ptr<PrivateFolder> folder);
  void Connect();
  [[nodiscard]] Catalogs FindCatalogs();
  [[nodiscard]] bool HoldsNothing() const;

  std::unique_ptr<PrivateFolder> folder_;
  std::unique_ptr<ScanContext> scans_;  // before the database, whose functions refer to it
  std::unique_ptr<duckdb::DuckDB> database_;
  std::unique_ptr<duckdb::Connection> connection_;
  Catalogs opened_;
};

}  // namespace opentrail::engine
