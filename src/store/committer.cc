#include "store/committer.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "base/thread.h"
#include "store/checkpointer.h"
#include "store/journal.h"
#include "store/write_ahead_log.h"

namespace opentrail::store {
namespace {

// A defect in one call's work must not end the others: it becomes that call's error.
Status RunWork(Committer::Work& work, Transaction& transaction) {
  try {
    work(transaction);
    return {};
  } catch (const std::exception& defect) {
    return MakeError(ErrorCode::kInternal, "the call's work failed: {}", defect.what());
  }
}

}  // namespace

struct Committer::Impl {
  struct Item {
    Work work;
    Done done;
    Status result;
    std::vector<std::function<void()>> on_commit;
  };

  explicit Impl(Connection c)
      : connection(std::move(c)), journal(connection), checkpointer(connection), log(connection.path()) {
    connection.Execute("PRAGMA synchronous=NORMAL");  // the log's task
  }

  using Group = std::deque<Item>;
  void Loop();
  Group Take();
  void RunGroup(Group& group);
  void RunItem(Item& item);
  static void Finish(Group& group, const Status& outcome);

  Connection connection;
  JournalWriter journal;
  Checkpointer checkpointer;
  WriteAheadLog log;
  Status durable;  // of the last group
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Item> queue;
  bool stopping = false;
  std::atomic<uint64_t> groups = 0;
  std::atomic<uint64_t> calls = 0;
  std::thread thread;
};

void Transaction::RollBackState() {
  on_commit_.clear();
  // Where SQLite gave up the whole transaction (a full disk), the status stays as it is: the group has failed.
  if (!connection_.InTransaction()) return;
  connection_.ClearStatus();
  if (connection_.HasOpenedDeferred()) connection_.Execute("ROLLBACK TO call");
}

void Committer::Impl::Loop() {
  DescribeThread("committer");
  for (Group group = Take(); !group.empty(); group = Take()) {
    if (durable) {
      RunGroup(group);
    } else {
      Finish(group, durable);
    }
  }
}

// What waits, once there is something; empty at the end. What comes while the group runs is left to the next one: with
// all calls in one group nobody would prepare the next while the disk works.
Committer::Impl::Group Committer::Impl::Take() {
  std::unique_lock lock(mutex);
  wake.wait(lock, [this] { return stopping || !queue.empty(); });
  Group group;
  if (queue.size() <= kMaxGroup) return std::exchange(queue, {});
  for (size_t i = 0; i < kMaxGroup; ++i) {
    group.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  return group;
}

// A call whose SQL fails is undone alone; where the commit itself fails, every call of the group has failed.
void Committer::Impl::RunGroup(Group& group) {
  connection.ClearStatus();
  connection.Execute("BEGIN IMMEDIATE");
  for (Item& item : group) RunItem(item);
  journal.Flush();
  connection.Execute("COMMIT");
  const Status committed = connection.status();
  if (committed) {
    journal.Committed();
  } else {
    connection.ClearStatus();
    connection.Execute("ROLLBACK");
    connection.ClearStatus();
    journal.RolledBack();
  }
  checkpointer.Committed(connection);
  groups += 1;
  calls += group.size();
  durable = log.Sync();
  Finish(group, committed ? durable : committed);
}

void Committer::Impl::Finish(Group& group, const Status& outcome) {
  for (Item& item : group) {
    if (!outcome || !item.result) continue;
    for (const auto& action : item.on_commit) action();
  }
  for (Item& item : group) item.done(outcome ? item.result : outcome);
}

void Committer::Impl::RunItem(Item& item) {
  if (!connection.status()) return;  // the group has failed: told at the end
  Transaction transaction(connection, journal.last());
  connection.DeferSavepoint();
  const Status worked = RunWork(item.work, transaction);
  item.result = worked ? connection.status() : worked;
  if (!item.result) transaction.RollBackState();
  if (connection.EndDeferral()) connection.Execute("RELEASE call");
  // Outside the savepoint: the records of the group are written together. Where one cannot be written, the group fails
  // as a whole: no state stays without its record.
  if (item.result) {
    for (const JournalEntry& entry : transaction.journal_) {
      journal.Append(
          {.time = entry.time, .management = entry.management, .region = entry.region, .record = entry.record});
    }
  }
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
    if (impl_->queue.size() > 1) return;  // the writer is awake, or has been told
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
