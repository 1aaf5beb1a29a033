#include "engine/database.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "duckdb.hpp"
#include "duckdb/main/config.hpp"
#include "duckdb/main/extension_helper.hpp"
#include "engine/functions/register_all.h"
#include "engine/output_files.h"
#include "engine/parquet_scan.h"
#include "engine/scan_function.h"

namespace opentrail::engine {
namespace {

void Configure(const EngineOptions& options, const std::filesystem::path& folder, duckdb::DBConfig& config) {
  config.options.load_extensions = false;  // their functions cost more than all else at the start; see LoadNeeded
  config.options.autoload_known_extensions = false;
  config.options.autoinstall_known_extensions = false;
  config.options.allow_community_extensions = false;
  config.options.maximum_threads =
      options.threads != 0 ? options.threads : std::max(std::thread::hardware_concurrency(), 1U);
  config.options.maximum_memory = options.memory_limit_bytes;
  config.options.temporary_directory = folder.string();
  config.options.enable_external_access = false;
  config.SetOptionByName("enable_external_file_cache", duckdb::Value::BOOLEAN(false));  // a file is read once
  // A defect met by one query must not refuse all later ones: there is no state of ours to protect in it.
  config.options.disable_database_invalidation = true;
  // The logs come largest file first, so there is no order to preserve, and preserving it would cost the threads.
  config.SetOptionByName("preserve_insertion_order", duckdb::Value::BOOLEAN(false));
}

void LoadNeeded(duckdb::DuckDB& database) {
  for (const char* extension : {"core_functions", "parquet"}) {  // part of the library, nothing is fetched
    if (duckdb::ExtensionHelper::LoadExtension(database, extension) != duckdb::ExtensionLoadResult::LOADED_EXTENSION) {
      throw duckdb::InvalidConfigurationException("this libduckdb was built without '%s'", extension);
    }
  }
}

}  // namespace

Result<std::unique_ptr<PrivateFolder>> PrivateFolder::Make(const std::filesystem::path& parent) {
  std::error_code error;
  const std::filesystem::path below = parent.empty() ? std::filesystem::temp_directory_path(error) : parent;
  if (error) return MakeError(ErrorCode::kIo, "no folder for temporary files: {}", error.message());
  std::filesystem::create_directories(below, error);
  std::string name = (below / "opentrail-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr) {
    return MakeError(ErrorCode::kIo, "{}: cannot make a folder for temporary files: {}", below.string(),
                     error ? error.message() : std::strerror(errno));
  }
  return std::unique_ptr<PrivateFolder>(new PrivateFolder(std::move(name)));
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;  // nobody is left to hear of it
  std::filesystem::remove_all(path_, ignored);
}

Result<std::unique_ptr<Database>> Database::Open(const EngineOptions& options, const ScanContext& scans) {
  auto folder = PrivateFolder::Make(options.temporary_folder);
  if (!folder) return std::unexpected(folder.error());
  std::unique_ptr<Database> opened(new Database());
  opened->folder_ = std::move(*folder);
  try {
    duckdb::DBConfig config;
    Configure(options, opened->folder_->path(), config);
    opened->database_ = std::make_unique<duckdb::DuckDB>(nullptr, &config);
    LoadNeeded(*opened->database_);
    RegisterAllFunctions(*opened->database_->instance);
    RegisterScanFunction(*opened->database_->instance, scans);
    RegisterParquetScan(*opened->database_->instance, scans);
    RegisterOutputFiles(*opened->database_->instance);
    RegisterStoredFiles(*opened->database_->instance, *scans.files);
    auto& running = duckdb::DBConfig::GetConfig(*opened->database_->instance);
    running.AddAllowedDirectory(opened->folder_->path().string());
    running.options.lock_configuration = true;
    opened->connection_ = std::make_unique<duckdb::Connection>(*opened->database_);
  } catch (const std::exception& error) {
    return MakeError(ErrorCode::kInternal, "the engine does not start: {}", duckdb::ErrorData(error).RawMessage());
  }
  return opened;
}

Database::~Database() = default;

void Database::AllowFile(const std::filesystem::path& file) {
  duckdb::DBConfig::GetConfig(*database_->instance).AddAllowedPath(file.string());
}

void Database::ForbidFiles() { duckdb::DBConfig::GetConfig(*database_->instance).options.allowed_paths.clear(); }

}  // namespace opentrail::engine
