// What the cache costs the first question and gives the second, without parsing: 24,000 log files of 42 events that
// exist by their listing alone, as an unchanged file is never opened.
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "logs/cache.h"

namespace opentrail::logs {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFiles = 24'000;
constexpr size_t kRowsPerFile = 42;
constexpr int64_t kNowNs = 1'800'000'000'000'000'000;

std::vector<LogFile> ManyFiles() {
  std::vector<LogFile> files(kFiles);
  for (size_t i = 0; i < kFiles; ++i) {
    files[i].path = fmt::format("/logs/AWSLogs/123456789012/CloudTrail/eu-west-1/2024/03/{:02}/file_{:016x}.json.gz",
                                i % 28, i * 0x9E3779B97F4A7C15);
    files[i].size = 9000 + i % 100;
    files[i].mtime_ns = files[i].ctime_ns = 1'700'000'000'000'000'001 + static_cast<int64_t>(i);
    files[i].inode = i + 1;
  }
  return files;
}

// Distinct values to draw from.
std::vector<std::string> Values(size_t count, std::string_view prefix) {
  std::vector<std::string> values;
  values.reserve(count);
  for (size_t i = 0; i < count; ++i) values.push_back(fmt::format("{}{:08x}", prefix, i * 2654435761U));
  return values;
}

struct Input {
  std::vector<LogFile> files = ManyFiles();
  std::vector<std::string> names = Values(600, "DescribeSomething");
  std::vector<std::string> addresses = Values(5000, "10.");
  std::vector<std::string> ids = Values(kFiles * kRowsPerFile, "26ef9f5f-6b3d-42d1-b542-1db0");
  fs::path folder = fs::temp_directory_path() / "opentrail_cache_bench";
};

Input& TheInput() {
  static Input input;
  return input;
}

void Keep(ColumnCache& columns, const ScanRequest& request) {
  Input& input = TheInput();
  auto sink = columns.NewSink(request, SinkRows::kAll);
  std::mt19937 random(1);
  std::vector<uint8_t> content(10'000);
  ColumnBatch batch;
  batch.columns.resize(request.fields.size());
  for (uint32_t file = 0; file < kFiles; ++file) {
    for (size_t i = 0; i < request.fields.size(); ++i) {
      const std::vector<std::string>& values = request.fields[i] == "eventname"         ? input.names
                                               : request.fields[i] == "sourceipaddress" ? input.addresses
                                                                                        : input.ids;
      std::vector<std::string_view>& column = batch.columns[i].values;
      column.clear();
      for (size_t row = 0; row < kRowsPerFile; ++row) {
        size_t which = values.size() > 10'000 ? file * kRowsPerFile + row : random() % values.size();
        column.push_back(values[which]);
      }
    }
    batch.rows = kRowsPerFile;
    sink->Begin(file, input.files[file], std::span(content).first(input.files[file].size));
    sink->Rows(batch, 0, batch.rows);
    sink->End(FileColumnsSink::Outcome::kWhole);
  }
}

ScanRequest RequestOf(int64_t which) {
  switch (which) {
    case 0: return {{"eventname"}, {}, 0};
    case 1: return {{"eventname", "sourceipaddress"}, {}, 0};
  }
  return {{"eventid"}, {}, 0};
}

std::unique_ptr<ColumnCache> Open() {
  static CacheCounters counters;
  return *ColumnCache::Open({TheInput().folder}, {}, kNowNs, counters);
}

void BM_KeepColumns(benchmark::State& state) {
  ScanRequest request = RequestOf(state.range(0));
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    fs::remove_all(TheInput().folder);
    std::unique_ptr<ColumnCache> columns = Open();
    columns->Lookup(TheInput().files, request);
    state.ResumeTiming();
    Keep(*columns, request);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kFiles * kRowsPerFile));
}
BENCHMARK(BM_KeepColumns)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

void BM_AskAgain(benchmark::State& state) {
  ScanRequest request = RequestOf(state.range(0));
  fs::remove_all(TheInput().folder);
  {
    std::unique_ptr<ColumnCache> columns = Open();
    columns->Lookup(TheInput().files, request);
    Keep(*columns, request);
  }
  size_t rows = 0;
  for ([[maybe_unused]] auto _ : state) {
    std::unique_ptr<ColumnCache> columns = Open();
    HeldBatches held = columns->Lookup(TheInput().files, request);
    std::vector<uint32_t> unusable;
    rows = 0;
    for (auto& run : held.runs) {
      for (size_t got = 1; got > 0; rows += got) got = run->Next(unusable)->rows;
    }
  }
  if (rows != kFiles * kRowsPerFile) state.SkipWithError("rows are missing");
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(rows));
}
BENCHMARK(BM_AskAgain)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

void BM_LookupAlone(benchmark::State& state) {
  ScanRequest request = RequestOf(0);
  std::unique_ptr<ColumnCache> columns = Open();
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(columns->Lookup(TheInput().files, request));
}
BENCHMARK(BM_LookupAlone)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace opentrail::logs
