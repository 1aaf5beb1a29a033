#include "logs/cache.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "logs/cache_folder.h"
#include "logs/cache_lookup.h"
#include "logs/cache_predicates.h"

namespace opentrail::logs {
namespace {

// Raised whenever the parser gives other columns for the same bytes, so that nothing kept before is believed.
constexpr uint32_t kReaderVersion = 1;

bool IsFieldOfFile(std::string_view field) { return field.starts_with('$'); }

std::vector<std::string> StoredFields(const ScanRequest& request) {
  std::vector<std::string> fields;
  std::ranges::copy_if(request.fields, std::back_inserter(fields), std::not_fn(IsFieldOfFile));
  return fields;
}

// A keep plan's fields in the order of the request, '$' fields among them.
cache::KeepPlan SpreadFields(cache::KeepPlan plan, const ScanRequest& request) {
  std::vector<bool> fields;
  fields.reserve(request.fields.size());
  size_t stored = 0;
  for (const std::string& field : request.fields) fields.push_back(!IsFieldOfFile(field) && plan.fields[stored++]);
  plan.fields = std::move(fields);
  return plan;
}

}  // namespace

Result<std::unique_ptr<ColumnCache>> ColumnCache::Open(const CacheOptions& options,
                                                       cache::FileFieldReader read_file_field, int64_t now_ns,
                                                       CacheCounters& counters) {
  if (Status prepared = cache::PrepareFolder(options.folder); !prepared) return std::unexpected(prepared.error());
  return std::unique_ptr<ColumnCache>(new ColumnCache(options, std::move(read_file_field), now_ns, counters));
}

ColumnCache::ColumnCache(CacheOptions options, cache::FileFieldReader read_file_field, int64_t now_ns,
                         CacheCounters& counters)
    : options_(std::move(options)),
      read_file_field_(std::move(read_file_field)),
      opened_ns_(now_ns),
      counters_(counters) {
  std::error_code error;
  working_folder_ = std::filesystem::current_path(error).string();
}

ColumnCache::~ColumnCache() {
  if (counters_.segments_written.load(std::memory_order_relaxed) > 0) {
    cache::TrimFolder(options_.folder, options_.max_bytes, opened_ns_);
  }
}

HeldBatches ColumnCache::Lookup(std::span<const LogFile> files, const ScanRequest& request) {
  cache::LookupRequest lookup{options_.folder,       kReaderVersion,     files,
                              StoredFields(request), request.predicates, cache::HashPredicates(request.predicates),
                              working_folder_,       &counters_};
  cache::LookupResult found = cache::Lookup(std::move(lookup)).Run();

  auto run_request = std::make_shared<cache::RunRequest>();
  uint32_t stored = 0;
  for (const std::string& field : request.fields) {
    bool is_of_file = IsFieldOfFile(field);
    run_request->fields.push_back({field, is_of_file, is_of_file ? 0 : stored++});
  }
  run_request->predicates = request.predicates;
  run_request->read_file_field = read_file_field_;
  run_request->files = files;
  run_request->counters = &counters_;

  HeldBatches held;
  held.answers = std::move(found.answers);
  for (cache::RunPlan& plan : found.runs) {
    held.runs.push_back(std::make_unique<cache::CachedRun>(run_request, std::move(plan)));
  }
  whole_plan_ = PlanSink(request, SpreadFields(std::move(found.whole), request));
  passing_plan_ = nullptr;
  if (!request.predicates.empty()) {
    auto plan = PlanSink(request, SpreadFields(std::move(found.filtered), request));
    plan->facts.needles = cache::HashPredicates(request.predicates);
    passing_plan_ = std::move(plan);
  }
  return held;
}

std::shared_ptr<cache::SinkPlan> ColumnCache::PlanSink(const ScanRequest& request, cache::KeepPlan keep) const {
  auto plan = std::make_shared<cache::SinkPlan>();
  plan->facts = {options_.folder, kReaderVersion, {}};
  plan->keep = std::move(keep);
  plan->fields = request.fields;
  plan->scan_began_ns = opened_ns_;
  plan->working_folder = working_folder_;
  plan->counters = &counters_;
  return plan;
}

std::unique_ptr<FileColumnsSink> ColumnCache::NewSink(const ScanRequest&, SinkRows rows) {
  const auto& plan = rows == SinkRows::kAll ? whole_plan_ : passing_plan_;
  if (plan == nullptr || std::ranges::count(plan->keep.files, true) == 0) return nullptr;
  return std::make_unique<cache::CacheSink>(plan);
}

}  // namespace opentrail::logs
