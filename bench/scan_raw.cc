// How fast a tree of logs becomes columns, beside the limit: inflating alone. No engine is in it.
//   bench_scan_raw FOLDER [THREADS [ROUNDS [NEEDLE]]]
// All questions are asked in turn, ROUNDS times, so that a machine whose speed drifts is fair to each. Each line gives
// medians: wall seconds, CPU seconds, and both as ratios to the limit of the same round. Each question is asked without
// a cache, then with an empty one that keeps what is parsed, then again.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "codec/gzip.h"
#include "logs/discovery.h"
#include "logs/file_text.h"
#include "logs/scan.h"
#include "logs/text_buffer.h"

namespace {

using opentrail::CancelToken;
namespace logs = opentrail::logs;

const std::vector<std::string> kAllColumns = {"eventversion",
                                              "useridentity",
                                              "eventtime",
                                              "eventsource",
                                              "eventname",
                                              "awsregion",
                                              "sourceipaddress",
                                              "useragent",
                                              "errorcode",
                                              "errormessage",
                                              "requestparameters",
                                              "responseelements",
                                              "additionaleventdata",
                                              "requestid",
                                              "eventid",
                                              "readonly",
                                              "resources",
                                              "eventtype",
                                              "apiversion",
                                              "recipientaccountid",
                                              "serviceeventdetails",
                                              "sharedeventid",
                                              "vpcendpointid",
                                              "eventcategory",
                                              "sessioncredentialfromconsole",
                                              "tlsdetails"};

struct Cost {
  double wall = 0;
  double cpu = 0;
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Cost Measure(const std::function<void()>& work) {
  auto start = std::chrono::steady_clock::now();
  double cpu = CpuSeconds();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), CpuSeconds() - cpu};
}

void RunThreads(unsigned threads, const std::function<void()>& work) {
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < threads; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
}

// Lists, reads and inflates each file, as a scan does; nothing else.
size_t InflateOnly(const std::filesystem::path& folder, unsigned threads) {
  CancelToken cancel;
  auto listing = logs::ListLogFiles(std::span(&folder, 1), cancel);
  if (!listing) std::exit(1);
  std::ranges::sort(listing->files, std::greater<>(), &logs::LogFile::size);
  std::atomic<size_t> next{0};
  std::atomic<size_t> bytes{0};
  RunThreads(threads, [&] {
    logs::ReadLimits limits;
    logs::TextRoom room(std::make_shared<logs::TextBufferPool>());
    logs::FileText text(limits, room);
    for (size_t at = next++; at < listing->files.size(); at = next++) {
      if (!text.Open(listing->files[at])) continue;
      for (auto part = text.Next(0); part.data != nullptr; part = text.Next(part.size)) bytes += part.size;
    }
  });
  return bytes;
}

struct Question {
  std::string name;
  logs::ScanRequest request;
};

// `cache` empty: none.
uint64_t Ask(const std::filesystem::path& folder, const Question& question, unsigned threads,
             const std::filesystem::path& cache) {
  logs::LogSource source;
  source.roots = {folder};
  source.cache.folder = cache;
  logs::ScanStatistics statistics;
  CancelToken cancel;
  auto scan = logs::Scan::Open(source, question.request, statistics, cancel);
  if (!scan) std::exit(1);
  RunThreads(threads, [&] {
    auto reader = (*scan)->NewReader();
    for (auto batch = reader->Next(); batch && batch->rows > 0; batch = reader->Next()) {
    }
  });
  return statistics.events;
}

double Median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

void Print(const std::string& name, uint64_t rows, const std::vector<Cost>& costs, const std::vector<Cost>& limits) {
  std::vector<double> wall, cpu, wall_ratio, cpu_ratio;
  for (size_t i = 0; i < costs.size(); ++i) {
    wall.push_back(costs[i].wall);
    cpu.push_back(costs[i].cpu);
    wall_ratio.push_back(costs[i].wall / limits[i].wall);
    cpu_ratio.push_back(costs[i].cpu / limits[i].cpu);
  }
  std::printf("%-28s %10lu rows  %7.3f s wall %7.3f s CPU   x limit: %5.2f wall %5.2f CPU\n", name.c_str(), rows,
              Median(wall), Median(cpu), Median(wall_ratio), Median(cpu_ratio));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_scan_raw FOLDER [THREADS [ROUNDS [NEEDLE]]]\n");
    return 2;
  }
  std::filesystem::path folder = argv[1];
  unsigned threads = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : std::thread::hardware_concurrency();
  size_t rounds = argc > 3 ? static_cast<size_t>(std::atoi(argv[3])) : 5;
  std::string needle = argc > 4 ? argv[4] : "AKIANEEDLEINHAYSTACK";
  std::vector<Question> questions = {
      {"eventname", {.fields = {"eventname"}}},
      {"eventsource", {.fields = {"eventsource"}}},
      {"rare needle",
       {.fields = {"eventtime", "eventname", "useridentity.accesskeyid"},
        .predicates = {{"useridentity.accesskeyid", logs::PredicateKind::kEquals, {needle}}}}},
      {"all 26 columns", {.fields = kAllColumns}},
  };
  std::filesystem::path cache = std::filesystem::temp_directory_path() / ("bench_scan_raw_" + std::to_string(getpid()));
  constexpr const char* kWays[] = {"", ", kept", ", again"};
  std::vector<Cost> limits;
  std::vector<std::vector<Cost>> costs(questions.size() * std::size(kWays));
  std::vector<uint64_t> rows(questions.size());
  size_t inflated = InflateOnly(folder, threads);  // warms the page cache
  for (size_t round = 0; round < rounds; ++round) {
    limits.push_back(Measure([&] { InflateOnly(folder, threads); }));
    for (size_t i = 0; i < questions.size(); ++i) {
      for (size_t way = 0; way < std::size(kWays); ++way) {
        if (way == 1) std::filesystem::remove_all(cache);
        std::vector<Cost>& cost = costs[i * std::size(kWays) + way];
        cost.push_back(
            Measure([&] { rows[i] = Ask(folder, questions[i], threads, way == 0 ? std::filesystem::path() : cache); }));
      }
    }
  }
  std::filesystem::remove_all(cache);
  Print("inflate only", inflated, limits, limits);
  for (size_t i = 0; i < costs.size(); ++i) {
    size_t question = i / std::size(kWays);
    Print(questions[question].name + kWays[i % std::size(kWays)], rows[question], costs[i], limits);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory %.0f MiB\n", static_cast<double>(usage.ru_maxrss) / 1024);
}
