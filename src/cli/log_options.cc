#include "cli/log_options.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "catalog/catalog.h"
#include "catalog/event_data_store.h"
#include "cli/exit_code.h"
#include "cli/placed_store.h"
#include "cli/storage.h"
#include "cli/terminal.h"

namespace opentrail::cli {
namespace {

constexpr size_t kFaultsShown = 10;

// $XDG_CACHE_HOME/opentrail, or ~/.cache/opentrail; empty where there is no home: then there is no cache.
std::filesystem::path DefaultCacheFolder() {
  // getenv is read once, before any thread is started.
  if (const char* cache = std::getenv("XDG_CACHE_HOME");
      cache != nullptr && *cache != '\0') {  // NOLINT(concurrency-mt-unsafe)
    return std::filesystem::path(cache) / "opentrail";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {  // NOLINT(concurrency-mt-unsafe)
    return std::filesystem::path(home) / ".cache" / "opentrail";
  }
  return {};
}

// "db.name" -> {"db", "name"}; "name" -> {"default", "name"}. In lower case, as the catalog keeps names.
std::pair<std::string, std::string> SplitTableName(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const size_t dot = name.find('.');
  if (dot == std::string::npos) return {"default", name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

bool IsRemote(const std::string& root) { return logs::S3Path::Parse(root).has_value(); }

// Logs in an S3. The CLI's keys are looked for now: without them nothing needs to begin.
Result<std::shared_ptr<logs::FileStore>> RemoteLogs(const LogOptions& options) {
  if (!std::ranges::all_of(options.roots, IsRemote)) {
    return MakeError(ErrorCode::kInvalidArgument, "--logs takes places of an S3 or of this machine, not both at once");
  }
  auto storage = std::make_shared<Storage>(options.s3);  // shared: by the stores of all places
  TablePlaces places;
  places.location = options.roots[0];
  for (const std::string& root : options.roots) {
    if (auto opened = storage->Open(root, logs::NameRule::kLogs); !opened) return opened;
    places.partitions.push_back({.values = {}, .location = root});
  }
  return std::make_shared<PlacedStore>(std::move(places), [storage](const std::string& location) {
    return storage->Open(location, logs::NameRule::kLogs);
  });
}

}  // namespace

void AddLogOptions(CLI::App& verb, LogOptions& options, LogsNeed need) {
  verb.add_option("--logs", options.roots,
                  "A folder or a file of CloudTrail logs, or s3://BUCKET/PREFIX; may be given several times")
      ->required(need == LogsNeed::kRequired)
      ->type_name("PATH")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb.add_option("--cache", options.cache_folder, "Where the columnar cache is kept (default: ~/.cache/opentrail)")
      ->type_name("FOLDER");
  verb.add_flag("--no-cache", options.no_cache, "Neither read nor write the columnar cache");
  verb.add_flag("--strict", options.strict, "End at the first file that cannot be read whole");
  verb.add_option("--threads", options.threads, "Threads to use (default: all cores)")->check(CLI::Range(0, 1024));
  verb.add_option("--memory", options.memory_mib, "MiB the engine may hold before it spills to disk")
      ->check(CLI::Range(64, 1 << 20))
      ->capture_default_str();
  verb.add_option("--max-inflated", options.limits.max_inflated_bytes, "Bytes that one file may inflate to")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  verb.add_option("--max-ratio", options.limits.max_ratio, "Times its size that a file may inflate to")
      ->check(CLI::Range(int64_t{1}, int64_t{UINT32_MAX}))
      ->capture_default_str();
  verb.add_option("--max-depth", options.limits.max_depth, "Levels that JSON may nest")
      ->check(CLI::Range(8, 10000))
      ->capture_default_str();
  verb.add_option("--profile", options.s3.profile, "The AWS profile whose keys and region an S3 is asked with");
  verb.add_option("--region", options.s3.region, "The region of the bucket");
  verb.add_option("--endpoint-url", options.s3.endpoint_url, "An S3 that is not AWS's own")->type_name("URL");
  verb.add_option("--ca-bundle", options.s3.ca_bundle, "Whom to trust instead of the system's authorities")
      ->type_name("FILE");
  verb.add_flag("--no-sign-request", options.s3.no_sign_request, "Ask the S3 without keys");
}

Result<logs::LogSource> MakeSource(const LogOptions& options) {
  logs::LogSource source;
  const bool is_remote = std::ranges::any_of(options.roots, [](const std::string& root) { return IsRemote(root); });
  if (is_remote) {
    auto store = RemoteLogs(options);
    if (!store) return std::unexpected(store.error());
    source.store = *std::move(store);
  }
  for (const std::string& root : options.roots) {
    if (is_remote) break;
    std::error_code error;
    if (!std::filesystem::exists(root, error)) {
      return MakeError(ErrorCode::kNotFound, "--logs {}: no such file or folder", root);
    }
    source.roots.emplace_back(root);
  }
  source.limits = options.limits;
  source.strict = options.strict;
  if (!options.no_cache)
    source.cache.folder =
        options.cache_folder.empty() ? DefaultCacheFolder() : std::filesystem::path(options.cache_folder);
  return source;
}

Result<std::unique_ptr<engine::Engine>> OpenEngine(const LogOptions& options, const LogTable& table) {
  const auto source = MakeSource(options);
  if (!source) return std::unexpected(source.error());
  auto engine = engine::Engine::Open({.threads = options.threads, .memory_limit_bytes = options.memory_mib << 20});
  if (!engine) return std::unexpected(engine.error());
  for (const std::string& table_name : table.names) {
    const auto [database, name] = SplitTableName(table_name);
    if (name.empty() || database.empty())
      return MakeError(ErrorCode::kInvalidArgument, "--table {}: not a table's name", table_name);
    auto shape = table.dialect == sql::Dialect::kLake ? catalog::EventDataStoreTable(database, name)
                                                      : catalog::CloudTrailTable(database, name);
    if (auto added = (*engine)->AddTable({std::move(shape), *source, table.deduplicate}); !added) {
      return std::unexpected(added.error());
    }
  }
  return engine;
}

int ReportFaults(const logs::ScanStatistics& statistics) {
  const uint64_t total = statistics.faults_total;
  const uint64_t skipped = statistics.values_skipped;
  if (skipped > 0)
    fmt::print(stderr, "opentrail: {} JSON value{} that are no events were skipped\n", Grouped(skipped),
               skipped == 1 ? "" : "s");
  if (total == 0) {
    // An answer out of nothing looks like an answer: nobody called. A wrong folder is told from that.
    if (statistics.whole_listings > 0 && statistics.files_total == 0)
      fmt::print(stderr, "opentrail: no log files are there: nothing was read\n");
    return kExitOk;
  }
  fmt::print(stderr, "opentrail: {} of {} files could not be read whole; the answer is without what they hide:\n",
             Grouped(total), Grouped(statistics.files_total));
  auto faults = statistics.Faults();
  std::ranges::sort(faults, {}, &logs::ReadFault::path);  // readers come to files in any order
  for (size_t i = 0; i < faults.size() && i < kFaultsShown; ++i) {
    fmt::print(stderr, "  {} at byte {}: {}\n", Printable(faults[i].path), faults[i].offset,
               Printable(faults[i].message));
  }
  const bool hit_bound = std::any_of(faults.begin(), faults.end(), [](const logs::ReadFault& fault) {
    return fault.message.find("max_") != std::string::npos;
  });
  if (hit_bound) fmt::print(stderr, "  bounds are raised with --max-inflated, --max-ratio and --max-depth\n");
  if (total > kFaultsShown) fmt::print(stderr, "  and {} more\n", Grouped(total - kFaultsShown));
  return kExitIncomplete;
}

}  // namespace opentrail::cli
