// What the engine adds to the logs: a million rows handed over as batches that are ready.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "engine/duck_engine.h"

namespace opentrail::engine {
namespace {

constexpr size_t kRows = 1'000'000;
constexpr size_t kNames = 400;
constexpr size_t kRowsOfDictionary = 100'000;  // as the cache keeps them

// The same batch again and again: nothing is made while the clock runs.
struct ReadyBatches {
  explicit ReadyBatches(bool dictionaries) : is_dictionary(dictionaries) {
    for (size_t i = 0; i < kNames; ++i) names.push_back("DescribeSomethingOrOther" + std::to_string(i));
    views.assign(names.begin(), names.end());
    for (size_t i = 0; i < logs::kBatchRows; ++i) {
      codes.push_back(static_cast<uint32_t>(i * 7919 % kNames));
      values.push_back(views[codes.back()]);
    }
  }

  std::vector<std::string> names;
  std::vector<std::string_view> views;
  std::vector<std::string_view> values;
  std::vector<uint32_t> codes;
  bool is_dictionary;
};

class ReadyScan final : public logs::Scan {
 public:
  ReadyScan(const ReadyBatches& ready, size_t fields) : ready_(ready), fields_(fields) {}
  [[nodiscard]] std::unique_ptr<Reader> NewReader() override { return std::make_unique<ReadyReader>(*this); }
  [[nodiscard]] uint64_t EstimatedRows() const override { return kRows; }
  [[nodiscard]] uint32_t MaxThreads() const override { return 2; }

 private:
  class ReadyReader final : public Reader {
   public:
    explicit ReadyReader(ReadyScan& scan) : scan_(scan) {}
    Result<logs::ColumnBatch> Next() override {
      const size_t begin = scan_.next_.fetch_add(logs::kBatchRows);
      logs::ColumnBatch batch{begin < kRows ? logs::kBatchRows : 0, {}, owner_};
      for (size_t i = 0; i < scan_.fields_ && batch.rows > 0; ++i) {
        auto& column = batch.columns.emplace_back();
        if (scan_.ready_.is_dictionary) {
          column.codes = scan_.ready_.codes;
          column.dictionary = scan_.ready_.views;
          column.dictionary_id = 1 + begin / kRowsOfDictionary;
        } else {
          column.values = scan_.ready_.values;
        }
      }
      return batch;
    }

   private:
    ReadyScan& scan_;
    std::shared_ptr<const void> owner_ = std::make_shared<int>(0);
  };

  const ReadyBatches& ready_;
  size_t fields_;
  std::atomic<size_t> next_{0};
};

void RunQuery(benchmark::State& state, bool dictionaries, const std::string& query) {
  const ReadyBatches ready(dictionaries);
  auto engine = std::move(*DuckEngine::Open({.threads = 2}));
  engine->SetScanOpener([&](const auto&, const logs::ScanRequest& request, auto&, const auto&) {
    return Result<std::unique_ptr<logs::Scan>>(std::make_unique<ReadyScan>(ready, request.fields.size()));
  });
  (void)engine->AddTable({catalog::CloudTrailTable("default", "t"), {}, false});
  const CancelToken cancel;
  for (auto _ : state) {
    auto result = engine->Run({query, {}}, cancel);
    while (!(*result)->Next()->empty()) {
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRows));
}

constexpr const char* kGroupBy = "SELECT eventname, count(*) FROM opentrail_scan('default', 't') GROUP BY 1";
constexpr const char* kCount = "SELECT count(*) FROM opentrail_scan('default', 't')";
constexpr const char* kFilter = "SELECT count(*) FROM opentrail_scan('default', 't') WHERE eventname = 'Nothing at all'";

BENCHMARK_CAPTURE(RunQuery, GroupByText, false, kGroupBy)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(RunQuery, GroupByDictionary, true, kGroupBy)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(RunQuery, FilterText, false, kFilter)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(RunQuery, FilterDictionary, true, kFilter)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(RunQuery, Count, false, kCount)->UseRealTime()->MeasureProcessCPUTime();

void OpenEngine(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(DuckEngine::Open({.threads = 2}));
}
BENCHMARK(OpenEngine)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

}  // namespace
}  // namespace opentrail::engine
