#include "trail/event_index.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/thread.h"
#include "store/connection.h"
#include "store/journal.h"
#include "trail/event_history.h"
#include "trail/history_database.h"

namespace opentrail::trail {
namespace {

using std::chrono::milliseconds;
using store::Connection;
using store::OpenMode;

// Between two batches, so that a busy account is indexed in large ones: each changes most of the index's pages. An
// event is found within about twice that; whoever looks something up waits no longer than the batch takes (hurried_).
constexpr milliseconds kPause{500};
// The writer looks by itself so often, should nobody wake it.
constexpr milliseconds kPoll{1000};
constexpr size_t kMaxReaders = 16;  // kept open

struct Reader {
  Connection history;
  Connection journal;
  store::JournalLookup entries;
  uint64_t generation;  // of history.db
};

class JournalEventIndex final : public EventIndex {
 public:
  JournalEventIndex(std::string history_path, std::string account_path, Connection journal, HistoryWriter writer)
      : history_path_(std::move(history_path)),
        account_path_(std::move(account_path)),
        journal_(std::move(journal)),
        writer_(std::move(writer)),
        indexed_(writer_->watermark()),
        thread_([this] { Loop(); }) {}

  ~JournalEventIndex() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void Wake() override {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(awake_, true)) return;
    }
    wake_.notify_one();
  }

  bool WaitUntilCurrent(milliseconds timeout) override {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    auto reader = TakeReader();
    if (!reader) return false;
    const int64_t last = store::LastJournalEntry(reader->journal);
    const bool known = reader->journal.status().has_value();
    GiveBack(std::move(*reader));
    std::unique_lock lock(mutex_);
    awake_ = hurried_ = true;
    wake_.notify_one();
    return known && followed_.wait_until(lock, deadline, [&] { return indexed_ >= last; });
  }

  Result<LookupPage> Lookup(const LookupQuery& query) override {
    auto reader = TakeReader();
    if (!reader) return std::unexpected(reader.error());
    reader->history.Execute("BEGIN");
    const auto places = FindPlaces(reader->history, query, query.max_results + 1);
    reader->history.Execute("COMMIT");
    LookupPage page = ReadRecords(*reader, query, places);
    if (const auto& status = reader->history.status(); !status) {
      if (status.error().code == ErrorCode::kCorrupt) Replace();
      return std::unexpected(status.error());
    }
    if (const auto& status = reader->journal.status(); !status) return std::unexpected(status.error());
    GiveBack(std::move(*reader));
    return page;
  }

 private:
  static LookupPage ReadRecords(Reader& reader, const LookupQuery& query, const std::vector<EventPlace>& places) {
    LookupPage page;
    const size_t count = std::min(places.size(), query.max_results);
    for (size_t i = 0; i < count; ++i) {
      const auto entry = reader.entries.Find(reader.journal, places[i].second);
      if (entry && IsAnswer(entry->record, query)) page.records.emplace_back(entry->record);
    }
    if (places.size() > count && count > 0) page.next = places[count - 1];
    return page;
  }

  // The index goes by hashes; the record itself decides.
  static bool IsAnswer(std::string_view record, const LookupQuery& query) {
    if (!query.attribute) return true;
    const auto event = DescribeRecord(record);
    return event && Matches(*event, {*query.attribute, query.value});
  }

  Result<Reader> TakeReader() {
    uint64_t generation = 0;
    {
      const std::lock_guard lock(mutex_);
      if (!readers_.empty()) {
        Reader reader = std::move(readers_.back());
        readers_.pop_back();
        return reader;
      }
      generation = generation_;
    }
    auto history = Connection::Open(history_path_, OpenMode::kReadOnly);
    if (!history) return std::unexpected(history.error());
    auto journal = Connection::Open(account_path_, OpenMode::kReadOnly);
    if (!journal) return std::unexpected(journal.error());
    return Reader{std::move(*history), std::move(*journal), {}, generation};
  }

  void GiveBack(Reader reader) {
    const std::lock_guard lock(mutex_);
    if (reader.generation == generation_ && readers_.size() < kMaxReaders) readers_.push_back(std::move(reader));
  }

  void Loop() {
    DescribeThread("event-history");
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      awake_ = hurried_ = false;
      lock.unlock();
      const bool more = Follow();
      lock.lock();
      if (writer_) indexed_ = writer_->watermark();
      followed_.notify_all();
      if (more) continue;
      wake_.wait_for(lock, kPause, [this] { return stopping_ || hurried_; });
      wake_.wait_for(lock, kPoll, [this] { return stopping_ || awake_; });
    }
  }

  void Replace() {
    {
      const std::lock_guard lock(mutex_);
      broken_ = true;
    }
    Wake();
  }

  // True where more waits. A damaged database is made anew, from the journal.
  bool Follow() {
    if (!Reopen()) return false;
    const auto count = writer_->Follow(journal_);
    if (count) return *count == HistoryWriter::kMaxBatch;
    if (count.error().code == ErrorCode::kCorrupt && journal_.status()) Replace();
    journal_.ClearStatus();
    writer_.reset();  // what it holds in memory may not be what was written
    return false;
  }

  bool Reopen() {
    bool replace = false;
    {
      const std::lock_guard lock(mutex_);
      replace = std::exchange(broken_, false);
      if (replace) {
        writer_.reset();
        readers_.clear();
        ++generation_;
      }
    }
    if (writer_) return true;
    using enum HistoryWriter::Existing;
    auto opened = HistoryWriter::Open(history_path_, journal_, replace ? kReplace : kKeep);
    journal_.ClearStatus();
    if (opened) writer_.emplace(std::move(*opened));
    return opened.has_value();
  }

  const std::string history_path_;
  const std::string account_path_;
  Connection journal_;                   // the writer thread's
  std::optional<HistoryWriter> writer_;  // the writer thread's

  std::mutex mutex_;
  std::condition_variable wake_, followed_;
  bool awake_ = false;    // something was committed
  bool hurried_ = false;  // somebody waits: no pause
  bool broken_ = false;   // history.db is to be made anew
  bool stopping_ = false;
  uint64_t generation_ = 0;
  int64_t indexed_;
  std::vector<Reader> readers_;  // idle ones
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<EventIndex>> EventIndex::Start(const std::string& history_path,
                                                      const std::string& account_path) {
  auto journal = Connection::Open(account_path, OpenMode::kReadOnly);
  if (!journal) return std::unexpected(journal.error());
  auto writer = HistoryWriter::Open(history_path, *journal, HistoryWriter::Existing::kKeep);
  if (!writer) return std::unexpected(writer.error());
  return std::make_unique<JournalEventIndex>(history_path, account_path, std::move(*journal), std::move(*writer));
}

}  // namespace opentrail::trail
