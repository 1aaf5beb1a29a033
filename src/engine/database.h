#pragma once

#include <filesystem>
#include <memory>

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
// the dialect's functions and opentrail_scan. Thread-compatible.
class Database {
 public:
  // `scans` outlives the database.
  static Result<std::unique_ptr<Database>> Open(const EngineOptions& options, const ScanContext& scans);
  ~Database();

  [[nodiscard]] duckdb::Connection& connection() { return *connection_; }
  // Lets statements write this one file, until Forbid.
  void AllowFile(const std::filesystem::path& file);
  void ForbidFiles();

 private:
  Database() = default;

  std::unique_ptr<PrivateFolder> folder_;
  std::unique_ptr<duckdb::DuckDB> database_;
  std::unique_ptr<duckdb::Connection> connection_;
};

}  // namespace opentrail::engine
