#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "logs/cache.h"
#include "logs/predicate.h"

// A scan without a parser, to test the cache by itself: a log file is lines of tab-separated fields.
namespace opentrail::logs {

inline constexpr std::string_view kTestFields[] = {"eventname", "eventtime", "eventid", "sourceipaddress",
                                                   "requestparameters"};
inline constexpr std::string_view kTestNull = "\\N";

// A folder that is removed at the end.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "opentrail_cache_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& Path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline int64_t RealNowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

inline constexpr int64_t kTestMtimeNs = 1'700'000'000'123'456'789;

inline void SetMtime(const std::filesystem::path& path, int64_t mtime_ns) {
  timespec time{mtime_ns / 1'000'000'000, mtime_ns % 1'000'000'000};
  timespec times[2] = {time, time};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

inline void WriteTestFile(const std::filesystem::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
  SetMtime(path, kTestMtimeNs);
}

inline std::string ReadTestFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::string TestTime(int second) {
  return fmt::format("2024-03-{:02}T{:02}:{:02}:{:02}Z", 1 + second / 86400, second / 3600 % 24, second / 60 % 60,
                     second % 60);
}

// A file of `rows` events that differ from those of any other `file`.
inline std::string TestContent(int file, int rows) {
  std::string text;
  for (int row = 0; row < rows; ++row) {
    int n = file * 1000 + row;
    text +=
        fmt::format("{}\t{}\t{:08x}-{:04x}\t{}\t{}\n", row % 7 == 3 ? kTestNull : fmt::format("Event{}", n % 13),
                    TestTime(file * 300 + row), n * 2654435761U, n % 65536, fmt::format("10.0.{}.{}", file % 5, n % 9),
                    row % 11 == 5 ? std::string() : fmt::format("{{\"n\":{}}}", n));
  }
  return text;
}

inline LogFile Stat(const std::filesystem::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  LogFile file;
  file.path = path.string();
  file.size = static_cast<uint64_t>(status.st_size);
  file.mtime_ns = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
  file.ctime_ns = status.st_ctim.tv_sec * 1'000'000'000LL + status.st_ctim.tv_nsec;
  file.inode = status.st_ino;
  return file;
}

inline std::optional<std::string> TestFileField(const LogFile& file, std::string_view field) {
  if (field == "$path") return file.path;
  return std::nullopt;
}

// The rows of a batch that pass the request's predicates, as texts.
inline void AddTestRows(const ColumnBatch& batch, const ScanRequest& request, std::vector<std::string>& rows) {
  for (size_t row = 0; row < batch.rows; ++row) {
    std::string text;
    bool passes = true;
    for (size_t i = 0; i < request.fields.size(); ++i) {
      const std::string_view value = batch.columns[i].At(row);
      for (const Predicate& predicate : request.predicates) {
        if (predicate.field == request.fields[i]) passes = passes && PassesPredicate(value, predicate);
      }
      text += value.data() == nullptr ? kTestNull : value;
      text += '\t';
    }
    if (passes) rows.push_back(std::move(text));
  }
}

struct TestAnswer {
  std::vector<std::string> rows;  // sorted
  size_t parsed = 0;              // files
  size_t empty = 0;               // files left out
  size_t batches = 0;             // from runs
  std::string cache_error;
};

// Asks over the files of a folder, as a scan with one reader would.
class TestScan {
 public:
  std::filesystem::path logs;
  CacheOptions cache;
  int64_t now_ns = RealNowNs() + 60'000'000'000;
  bool keeps = true;                             // writes what it parsed
  std::string faulty_name;                       // a file that cannot be read whole
  std::function<void()> between = [] {};         // called after the lookup
  std::map<std::string, uint64_t> counted = {};  // counters after the last question

  TestAnswer Ask(const ScanRequest& request) {
    TestAnswer answer;
    std::vector<LogFile> files;
    for (const auto& entry : std::filesystem::directory_iterator(logs)) files.push_back(Stat(entry.path()));
    std::ranges::sort(files, {}, &LogFile::path);
    CacheCounters counters;
    auto opened = ColumnCache::Open(cache, TestFileField, now_ns, counters);
    if (!opened) {
      answer.cache_error = opened.error().message;
      return answer;
    }
    ColumnCache& columns = **opened;
    {
      HeldBatches held = columns.Lookup(files, request);
      between();
      for (auto& run : held.runs) TakeRun(*run, held, request, answer);
      ParseRest(columns, files, held, request, answer);
    }
    std::ranges::sort(answer.rows);
    counted = {{"rejected", counters.segments_rejected}, {"written", counters.segments_written},
               {"failed", counters.writes_failed},       {"fresh", counters.files_too_fresh},
               {"large", counters.files_too_large},      {"wide", counters.readers_too_wide},
               {"opened", counters.segments_opened}};
    return answer;
  }

 private:
  static void TakeRun(BatchRun& run, HeldBatches& held, const ScanRequest& request, TestAnswer& answer) {
    std::vector<uint32_t> unusable;
    for (;;) {
      Result<ColumnBatch> batch = run.Next(unusable);
      ASSERT_TRUE(batch) << batch.error().message;
      if (batch->rows == 0) break;
      ASSERT_LE(batch->rows, kBatchRows);
      ++answer.batches;
      AddTestRows(*batch, request, answer.rows);
    }
    for (uint32_t file : unusable) held.answers[file] = HeldBatches::Answer::kParse;
  }

  void ParseRest(ColumnCache& columns, const std::vector<LogFile>& files, const HeldBatches& held,
                 const ScanRequest& request, TestAnswer& answer) const {
    SinkRows sink_rows = request.predicates.empty() ? SinkRows::kAll : SinkRows::kPassing;
    auto sink = keeps ? columns.NewSink(request, sink_rows) : nullptr;
    for (uint32_t i = 0; i < files.size(); ++i) {
      if (held.answers[i] == HeldBatches::Answer::kEmpty) ++answer.empty;
      if (held.answers[i] != HeldBatches::Answer::kParse) continue;
      ++answer.parsed;
      Parse(files[i], i, request, sink.get(), answer);
    }
  }

  void Parse(const LogFile& file, uint32_t index, const ScanRequest& request, FileColumnsSink* sink,
             TestAnswer& answer) const {
    std::string content = ReadTestFile(file.path);
    std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(content.data()), content.size());
    if (sink != nullptr) sink->Begin(index, file, bytes);
    ColumnBatch batch;
    batch.columns.resize(request.fields.size());
    auto give = [&] {
      if (sink != nullptr && batch.rows > 0) sink->Rows(batch, 0, batch.rows);
      AddTestRows(batch, request, answer.rows);
      batch.rows = 0;
      for (ColumnVector& column : batch.columns) column.values.clear();
    };
    std::string_view rest = content;
    if (rest.starts_with("\x1f\x8b")) rest.remove_prefix(rest.find('\n') + 1);
    while (!rest.empty()) {
      size_t end = rest.find('\n');
      ParseLine(rest.substr(0, end), file, request, batch);
      rest.remove_prefix(end + 1);
      if (batch.rows == kBatchRows) give();
    }
    give();
    bool is_faulty = !faulty_name.empty() && file.path.ends_with(faulty_name);
    if (sink != nullptr) sink->End(is_faulty ? FileColumnsSink::Outcome::kFaulty : FileColumnsSink::Outcome::kWhole);
  }

  static void ParseLine(std::string_view line, const LogFile& file, const ScanRequest& request, ColumnBatch& batch) {
    std::map<std::string_view, std::string_view> values{{"$path", file.path}};
    for (std::string_view field : kTestFields) {
      size_t end = std::min(line.find('\t'), line.size());
      if (line.substr(0, end) != kTestNull) values[field] = line.substr(0, end);
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    for (const Predicate& predicate : request.predicates) {
      if (!PassesPredicate(values[predicate.field], predicate)) return;
    }
    for (size_t i = 0; i < request.fields.size(); ++i) batch.columns[i].values.push_back(values[request.fields[i]]);
    ++batch.rows;
  }
};

}  // namespace opentrail::logs
