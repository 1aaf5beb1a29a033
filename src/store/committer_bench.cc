#include <atomic>
#include <condition_variable>
#include <ctime>
#include <mutex>

#include <benchmark/benchmark.h>
#include <pthread.h>

#include "store/store_test_support.h"

// How many calls a second the committer carries: journal-only calls with records of 1.2 KB, range(0) of them waiting at
// any time. `cpu_us` is the time of the committer's thread for a call, waiting for the disk excluded: its inverse is
// what one thread can do on a disk that does not hold it up.
namespace opentrail::store {
namespace {

double ThreadSeconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Keeps `outstanding` calls waiting until `calls` were answered.
class Load {
 public:
  Load(Committer& committer, int64_t outstanding, int64_t calls) : committer_(committer), left_(calls) {
    for (int64_t i = 0; i < outstanding; ++i) Submit();
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return answered_ == submitted_ && left_ <= 0; });
  }

 private:
  void Submit() {
    {
      const std::lock_guard lock(mutex_);
      if (left_-- <= 0) return idle_.notify_one();
      ++submitted_;
    }
    committer_.Submit(
        [this](Transaction& transaction) {
          transaction.Append({"us-east-1", Time(std::chrono::milliseconds(1'772'626'018'000)), true,
                              RandomUuid(random_) + std::string(1164, 'r')});
        },
        [this](const Status&) {
          {
            const std::lock_guard lock(mutex_);
            ++answered_;
          }
          Submit();
        });
  }

  Committer& committer_;
  SystemRandom random_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int64_t left_, submitted_ = 0, answered_ = 0;
};

void BM_JournalCalls(benchmark::State& state) {
  const TestDirectory directory;
  auto committer = std::move(*Committer::Start(OpenState(directory.Path("account.db"))));
  clockid_t clock{};
  if (!committer->Run([&](Transaction&) { pthread_getcpuclockid(pthread_self(), &clock); })) return;
  constexpr int64_t kCalls = 20'000;
  const double begin = ThreadSeconds(clock);
  for (auto _ : state) Load(*committer, state.range(0), kCalls * (state.range(0) == 1 ? 1 : 10) / 10);
  const double calls = static_cast<double>(committer->statistics().calls);
  state.counters["calls/s"] = benchmark::Counter(calls, benchmark::Counter::kIsRate);
  state.counters["cpu_us"] = (ThreadSeconds(clock) - begin) * 1e6 / calls;
  state.counters["group"] = calls / static_cast<double>(committer->statistics().groups);
}
BENCHMARK(BM_JournalCalls)->Arg(1)->Arg(64)->Arg(512)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(1);

}  // namespace
}  // namespace opentrail::store
