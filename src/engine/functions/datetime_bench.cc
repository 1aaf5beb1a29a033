// What the date functions of nearly every question cost over a million rows, by the engine, one thread.
#include <benchmark/benchmark.h>

#include "duckdb.hpp"

#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

constexpr int64_t kRows = 1'000'000;

class Database {
 public:
  Database() : database_(nullptr), connection_(database_) {
    RegisterCastFunctions(*database_.instance);
    RegisterDatetimeFunctions(*database_.instance);
    Run("SET threads = 1");
    Run("CREATE TABLE events AS SELECT strftime(TIMESTAMP '2024-01-01' + INTERVAL (i * 31) SECOND, "
        "'%Y-%m-%dT%H:%M:%SZ') AS eventtime FROM range(" +
        std::to_string(kRows) + ") t(i)");
  }
  void Run(const std::string& query) {
    const auto result = connection_.Query(query);
    if (result->HasError()) throw std::runtime_error(result->GetError());
  }

 private:
  duckdb::DuckDB database_;
  duckdb::Connection connection_;
};

void Measure(benchmark::State& state, const std::string& expression) {
  Database database;
  for (auto _ : state) database.Run("SELECT max(" + expression + ") FROM events");
  state.SetItemsProcessed(state.iterations() * kRows);
}

void Column(benchmark::State& state) { Measure(state, "eventtime"); }
void EngineCast(benchmark::State& state) { Measure(state, "CAST(eventtime AS TIMESTAMP)"); }
void FromIso8601(benchmark::State& state) { Measure(state, "trino_from_iso8601_timestamp(eventtime)"); }
void TruncateToHour(benchmark::State& state) {
  Measure(state, "trino_date_trunc_tstz('hour', trino_from_iso8601_timestamp(eventtime))");
}
void DateParse(benchmark::State& state) { Measure(state, "trino_date_parse(eventtime, '%Y-%m-%dT%H:%i:%sZ')"); }
void DateFormat(benchmark::State& state) {
  Measure(state, "trino_date_format_tstz(trino_from_iso8601_timestamp(eventtime), '%Y-%m-%d')");
}

BENCHMARK(Column)->Unit(benchmark::kMillisecond);
BENCHMARK(EngineCast)->Unit(benchmark::kMillisecond);
BENCHMARK(FromIso8601)->Unit(benchmark::kMillisecond);
BENCHMARK(TruncateToHour)->Unit(benchmark::kMillisecond);
BENCHMARK(DateParse)->Unit(benchmark::kMillisecond);
BENCHMARK(DateFormat)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace opentrail::engine
