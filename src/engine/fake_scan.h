#pragma once

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/scan_context.h"
#include "logs/scan.h"

// For tests of the engine only: events given as fields, delivered as the logs deliver them.
namespace opentrail::engine {

using FakeEvent = std::map<std::string, std::string>;  // a field that is not there is NULL

struct FakeLogs {
  std::vector<FakeEvent> events;
  size_t batch_rows = logs::kBatchRows;
  bool dictionaries = false;
  std::optional<Error> error;  // given behind the events
  logs::ScanRequest request;   // of the last scan
  std::atomic<size_t> batches_given{0};
};

class FakeScan final : public logs::Scan {
 public:
  FakeScan(FakeLogs& fake, logs::ScanRequest request, logs::ScanStatistics& statistics, const CancelToken& cancel)
      : fake_(fake), request_(std::move(request)), statistics_(statistics), cancel_(cancel) {}

  [[nodiscard]] std::unique_ptr<Reader> NewReader() override { return std::make_unique<FakeReader>(*this); }
  [[nodiscard]] uint64_t EstimatedRows() const override { return fake_.events.size(); }
  [[nodiscard]] uint32_t MaxThreads() const override { return 2; }

 private:
  // What a batch points into.
  struct Owner {
    std::list<std::string> texts;
    std::vector<std::vector<std::string_view>> dictionaries;
  };

  class FakeReader final : public Reader {
   public:
    explicit FakeReader(FakeScan& scan) : scan_(scan) {}
    Result<logs::ColumnBatch> Next() override { return scan_.Take(); }

   private:
    FakeScan& scan_;
  };

  Result<logs::ColumnBatch> Take() {
    if (cancel_.IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled");
    const size_t begin = std::min(next_.fetch_add(fake_.batch_rows), fake_.events.size());
    const size_t end = std::min(begin + fake_.batch_rows, fake_.events.size());
    if (begin == end) {
      if (fake_.error) return std::unexpected(*fake_.error);
      return logs::ColumnBatch{};
    }
    fake_.batches_given++;
    statistics_.events += end - begin;
    return MakeBatch(begin, end);
  }

  logs::ColumnBatch MakeBatch(size_t begin, size_t end) {
    auto owner = std::make_shared<Owner>();
    logs::ColumnBatch batch{end - begin, {}, nullptr};
    for (const std::string& field : request_.fields) {
      logs::ColumnVector column;
      for (size_t row = begin; row < end; ++row) {
        const auto found = fake_.events[row].find(field);
        const bool is_null = found == fake_.events[row].end();
        column.values.push_back(is_null ? std::string_view() : owner->texts.emplace_back(found->second));
      }
      if (fake_.dictionaries) MakeDictionary(column, *owner);
      batch.columns.push_back(std::move(column));
    }
    for (size_t i = 0; i < batch.columns.size() && fake_.dictionaries; ++i) {
      batch.columns[i].dictionary = owner->dictionaries[i];
    }
    batch.owner = std::move(owner);
    return batch;
  }

  static void MakeDictionary(logs::ColumnVector& column, Owner& owner) {
    static std::atomic<uint64_t> last_id{0};
    auto& dictionary = owner.dictionaries.emplace_back();
    for (const std::string_view value : column.values) {
      const auto same = std::ranges::find_if(dictionary, [&](std::string_view v) {
        return v == value && (v.data() == nullptr) == (value.data() == nullptr);
      });
      column.codes.push_back(static_cast<uint32_t>(same - dictionary.begin()));
      if (same == dictionary.end()) dictionary.push_back(value);
    }
    column.values.clear();
    column.dictionary_id = ++last_id;
  }

  FakeLogs& fake_;
  logs::ScanRequest request_;
  logs::ScanStatistics& statistics_;
  const CancelToken& cancel_;
  std::atomic<size_t> next_{0};
};

inline ScanOpener OpenerOf(FakeLogs& fake) {
  return [&fake](const logs::LogSource&, const logs::ScanRequest& request, logs::ScanStatistics& statistics,
                 const CancelToken& cancel) -> Result<std::unique_ptr<logs::Scan>> {
    fake.request = request;
    return std::make_unique<FakeScan>(fake, request, statistics, cancel);
  };
}

}  // namespace opentrail::engine
