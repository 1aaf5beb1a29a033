#include <benchmark/benchmark.h>

#include "engine/functions/json_walk.h"

namespace opentrail::engine {
namespace {

// A request's parameters as CreateBucket-like calls write them, the wanted key last.
constexpr std::string_view kParameters =
    R"({"Host":"cafe-orders.s3.eu-central-1.amazonaws.com","x-amz-acl":"private","CreateBucketConfiguration":)"
    R"({"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","LocationConstraint":"eu-central-1"},)"
    R"("tags":[{"key":"team","value":"kitchen"},{"key":"stage","value":"live"}],"bucketName":"cafe-orders"})";

void FindLastKey(benchmark::State& state) {
  const auto path = JsonPath::Parse("$.bucketName");
  for (auto _ : state) benchmark::DoNotOptimize(path->Find(kParameters));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * kParameters.size()));
}
BENCHMARK(FindLastKey);

void Canonical(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(AppendJsonCanonical(kParameters, JsonKeyOrder::kSorted, out));
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * kParameters.size()));
}
BENCHMARK(Canonical);

}  // namespace
}  // namespace opentrail::engine
