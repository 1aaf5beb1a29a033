#include "store/committer.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "codec/text.h"

namespace opentrail::store {
namespace {

// 16 bytes for a UUID's text.
std::string PackUuid(std::string_view uuid) {
  std::string digits;
  for (const char c : uuid) {
    if (c != '-') digits += c;
  }
  return codec::HexDecode(digits).value_or(std::string(uuid));
}

}  // namespace

struct Committer::Impl {
  struct Item {
    Work work;
    Done done;
    Status result;
    std::vector<std::function<void()>> on_commit;
  };

  explicit Impl(Connection c) : connection(std::move(c)) {}

  void Loop();
  std::deque<Item> TakeGroup();
  void RunGroup(std::deque<Item>& group);
  void RunItem(Item& item);

  Connection connection;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Item> queue;
  bool stopping = false;
  std::atomic<uint64_t> groups = 0;
  std::atomic<uint64_t> calls = 0;
  std::thread thread;
};

void Transaction::RollBackState() {
  connection_.ExecuteScript("ROLLBACK TO call");
  on_commit_.clear();
}

void Committer::Impl::Loop() {
  for (;;) {
    std::deque<Item> group = TakeGroup();
    if (group.empty()) return;
    RunGroup(group);
  }
}

std::deque<Committer::Impl::Item> Committer::Impl::TakeGroup() {
  std::unique_lock lock(mutex);
  wake.wait(lock, [this] { return stopping || !queue.empty(); });
  if (queue.size() <= kMaxGroup) return std::exchange(queue, {});
  std::deque<Item> group;
  for (size_t i = 0; i < kMaxGroup; ++i) {
    group.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  return group;
}

// A call whose SQL fails is undone alone; where the commit itself fails, every call of the group has failed.
void Committer::Impl::RunGroup(std::deque<Item>& group) {
  connection.ClearStatus();
  connection.Execute("BEGIN IMMEDIATE");
  for (Item& item : group) RunItem(item);
  connection.Execute("COMMIT");
  const Status committed = connection.status();
  if (!committed) {
    connection.ClearStatus();
    connection.Execute("ROLLBACK");
    connection.ClearStatus();
  }
  groups += 1;
  calls += group.size();
  for (Item& item : group) {
    if (!committed || !item.result) continue;
    for (const auto& action : item.on_commit) action();
  }
  for (Item& item : group) item.done(committed ? item.result : committed);
}

void Committer::Impl::RunItem(Item& item) {
  if (!connection.status()) return;  // BEGIN failed: told at the end
  connection.Execute("SAVEPOINT call");
  Transaction transaction(connection);
  item.work(transaction);
  for (const JournalEntry& entry : transaction.journal_) {
    connection.Execute("INSERT INTO journal(event_id, region, time, management, record) VALUES(?, ?, ?, ?, ?)",
                       Blob{PackUuid(entry.event_id)}, entry.region, entry.time.time_since_epoch().count(),
                       entry.management, Blob{entry.record});
  }
  item.result = connection.status();
  if (!item.result) {
    connection.ClearStatus();
    connection.Execute("ROLLBACK TO call");
  }
  connection.Execute("RELEASE call");
  item.on_commit = std::move(transaction.on_commit_);
}

Committer::Committer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->thread = std::thread([this] { impl_->Loop(); });
}

Result<std::unique_ptr<Committer>> Committer::Start(Connection connection) {
  if (!connection.status()) return std::unexpected(connection.status().error());
  return std::unique_ptr<Committer>(new Committer(std::make_unique<Impl>(std::move(connection))));
}

Committer::~Committer() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
}

void Committer::Submit(Work work, Done done) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->queue.push_back({std::move(work), std::move(done), {}, {}});
  }
  impl_->wake.notify_one();
}

Status Committer::Run(Work work) {
  std::promise<Status> promise;
  Submit(std::move(work), [&](const Status& status) { promise.set_value(status); });
  return promise.get_future().get();
}

Committer::Statistics Committer::statistics() const { return {impl_->groups, impl_->calls}; }

}  // namespace opentrail::store
