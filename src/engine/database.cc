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
#include "duckdb/catalog/catalog.hpp"
#include "duckdb/common/allocator.hpp"
#include "duckdb/main/attached_database.hpp"
#include "duckdb/main/config.hpp"
#include "duckdb/main/database_manager.hpp"
#include "duckdb/main/extension_helper.hpp"
#include "duckdb/storage/buffer_manager.hpp"
#include "engine/functions/register_all.h"
#include "engine/output_files.h"
#include "engine/parquet_scan.h"
#include "engine/scan_function.h"

namespace opentrail::engine {
namespace {

constexpr uint64_t kHeldBytesMax = 4UL << 20;  // by buffers, between statements

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

Database::Database(std::unique_ptr<PrivateFolder> folder)
    : folder_(std::move(folder)), scans_(std::make_unique<ScanContext>()) {}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::Open(const EngineOptions& options) {
  auto folder = PrivateFolder::Make(options.temporary_folder);
  if (!folder) return std::unexpected(folder.error());
  std::unique_ptr<Database> opened(new Database(std::move(*folder)));
  ScanContext& scans = *opened->scans_;
  scans.threads = options.threads;
  try {
    duckdb::DBConfig config;
    Configure(options, opened->folder_->path(), config);
    opened->database_ = std::make_unique<duckdb::DuckDB>(nullptr, &config);
    duckdb::DatabaseInstance& instance = *opened->database_->instance;
    LoadNeeded(*opened->database_);
    RegisterAllFunctions(instance);
    RegisterScanFunction(instance, scans);
    RegisterParquetScan(instance, scans);
    RegisterOutputFiles(instance);
    RegisterStoredFiles(instance, *scans.files);
    auto& running = duckdb::DBConfig::GetConfig(instance);
    running.AddAllowedDirectory(opened->folder_->path().string());
    running.options.lock_configuration = true;
    opened->Connect();
    opened->opened_ = opened->FindCatalogs();
  } catch (const std::exception& error) {
    return MakeError(ErrorCode::kInternal, "the engine does not start: {}", duckdb::ErrorData(error).RawMessage());
  }
  return opened;
}

void Database::Connect() { connection_ = std::make_unique<duckdb::Connection>(*database_); }

void Database::AllowFile(const std::filesystem::path& file) {
  duckdb::DBConfig::GetConfig(*database_->instance).AddAllowedPath(file.string());
}

void Database::ForbidFiles() { duckdb::DBConfig::GetConfig(*database_->instance).options.allowed_paths.clear(); }

Database::Catalogs Database::FindCatalogs() {
  Catalogs found;
  duckdb::ClientContext& client = *connection_->context;
  client.RunFunctionInTransaction([&] {
    for (const auto& attached : duckdb::DatabaseManager::Get(client).GetDatabases(client)) {
      const auto version = attached->GetCatalog().GetCatalogVersion(client);
      found.emplace_back(attached->GetName(), version.IsValid() ? version.GetIndex() : 0);
    }
  });
  std::ranges::sort(found);
  return found;
}

bool Database::HoldsNothing() const {
  const auto& buffers = duckdb::BufferManager::GetBufferManager(*database_->instance);
  return buffers.GetUsedMemory() <= kHeldBytesMax && !buffers.HasFilesInTemporaryDirectory();
}

bool Database::Reset() {
  if (scans_->has_failed || !scans_->query->IsComplete()) return false;
  try {
    connection_.reset();  // with its temporary tables, its prepared statements and its variables
    scans_->Reset();
    ForbidFiles();
    Connect();
    return HoldsNothing() && FindCatalogs() == opened_;
  } catch (const std::exception&) {
    return false;
  }
}

void Database::ReturnMemory() { duckdb::Allocator::FlushAll(); }

}  // namespace opentrail::engine
