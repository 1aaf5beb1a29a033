#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "base/result.h"
#include "cli/aws_profile.h"
#include "engine/engine.h"
#include "logs/scan.h"

// What the verbs that read logs have in common: the options, the engine over them, the closing report.
namespace opentrail::cli {

struct LogOptions {
  std::vector<std::string> roots;
  std::string cache_folder;
  bool no_cache = false;
  bool strict = false;
  uint32_t threads = 0;
  uint64_t memory_mib = 200;
  logs::ReadLimits limits;
  S3Options s3;
};

enum class LogsNeed : uint8_t { kRequired, kOptional };

// Adds --logs, --cache, --no-cache, --strict, --threads, --memory, the --max-… bounds and the options of an S3 to a
// verb.
void AddLogOptions(CLI::App& verb, LogOptions& options, LogsNeed need = LogsNeed::kRequired);

// The source that the options name: folders and files, or places in an S3. kNotFound where a --logs path does not
// exist.
[[nodiscard]] Result<logs::LogSource> MakeSource(const LogOptions& options);

// What the table over the logs is.
struct LogTable {
  std::vector<std::string> names;  // "cloudtrail_logs", "db.name"
  bool deduplicate = false;
  sql::Dialect dialect = sql::Dialect::kAthena;  // whose columns it has
};

// An engine with the table over those logs under each of its names.
[[nodiscard]] Result<std::unique_ptr<engine::Engine>> OpenEngine(const LogOptions& options, const LogTable& table);

// Tells on standard error what could not be read: each file with its offset and reason (the first few), and the counts.
// Returns kExitIncomplete where there was anything, kExitOk otherwise.
[[nodiscard]] int ReportFaults(const logs::ScanStatistics& statistics);

}  // namespace opentrail::cli
