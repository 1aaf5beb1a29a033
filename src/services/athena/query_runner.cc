#include "services/athena/query_runner.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <thread>

namespace opentrail::services::athena {
namespace {

// https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
const Failure kInterrupted{"GENERIC_INTERNAL_ERROR: The service was stopped while the query was running", 1, 100};

// So long an engine waits for the next statement before it is closed: whoever asks one question soon asks another.
constexpr std::chrono::minutes kEngineIdle(1);

// What an earlier process left. Few: what ran or waited when it ended.
void FailUnfinished(store::Connection& state, Time now) {
  std::vector<std::pair<std::string, std::string>> unfinished;
  {
    store::Rows rows = state.Query("SELECT region, id FROM athena_execution WHERE state = 'QUEUED'");
    while (rows.Next()) unfinished.emplace_back(rows.Text(0), rows.Text(1));
  }
  for (const auto& [region, id] : unfinished) {
    auto execution = FindExecution(state, region, id);
    if (!execution) continue;
    SetFailed(*execution, now, kInterrupted);
    FinishExecution(state, *execution);
  }
}

}  // namespace

struct QueryRunner::Impl {
  Impl(RunnerParts p, Options o)
      : parts(std::move(p)), options(o), engines(parts.engine, parts.engines, static_cast<size_t>(o.concurrent)) {}

  // Those of one principal that wait.
  struct Line {
    std::string principal;
    std::deque<QueryTicket> tickets;
  };

  // A statement that runs, and when it has had its time, by a clock that nobody sets.
  struct Running {
    RunningQuery query;
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  };

  void Loop();
  void Tend();
  std::chrono::steady_clock::time_point StopLate(std::chrono::steady_clock::time_point now);
  QueryTicket TakeNext();

  const RunnerParts parts;
  const Options options;
  EngineSupply engines;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable wake_timer;
  bool stopping = false;
  std::list<Line> lines;  // the next to be served in front; none is empty
  std::map<std::string, std::unique_ptr<Running>, std::less<>> running;
  std::vector<std::thread> threads;
};

// Takes from the front line, which goes to the end. Under the lock.
QueryTicket QueryRunner::Impl::TakeNext() {
  Line& line = lines.front();
  QueryTicket ticket = std::move(line.tickets.front());
  line.tickets.pop_front();
  if (line.tickets.empty()) {
    lines.pop_front();
  } else {
    lines.splice(lines.end(), lines, lines.begin());
  }
  return ticket;
}

void QueryRunner::Impl::Loop() {
  std::unique_lock lock(mutex);
  for (;;) {
    wake.wait(lock, [&] { return stopping || !lines.empty(); });
    if (stopping) return;
    QueryTicket ticket = TakeNext();
    const std::string id = ticket.execution.id;
    Running& entry = *running.emplace(id, std::make_unique<Running>()).first->second;
    entry.query.started = parts.clock.Now();
    if (options.timeout.count() > 0) entry.deadline = std::chrono::steady_clock::now() + options.timeout;
    wake_timer.notify_one();
    lock.unlock();
    QueryJob(parts, engines, std::move(ticket), entry.query).Run();
    lock.lock();
    running.erase(id);
  }
}

// Stops what has had its time; when the next one has. Under the lock.
std::chrono::steady_clock::time_point QueryRunner::Impl::StopLate(std::chrono::steady_clock::time_point now) {
  auto next = std::chrono::steady_clock::time_point::max();
  for (auto& [id, entry] : running) {
    if (entry->query.is_timed_out) continue;
    if (entry->deadline > now) {
      next = std::min(next, entry->deadline);
      continue;
    }
    entry->query.is_timed_out = true;
    entry->query.cancel.Cancel();
  }
  return next;
}

// Sleeps until a statement is late, or nobody has wanted an engine for long.
void QueryRunner::Impl::Tend() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    lock.unlock();
    const auto idle_since = engines.pool().CloseIdle(std::chrono::steady_clock::now() - kEngineIdle);
    lock.lock();
    const auto now = std::chrono::steady_clock::now();
    auto next = StopLate(now);
    if (idle_since) next = std::min(next, *idle_since + kEngineIdle);
    if (!running.empty()) next = std::min(next, now + kEngineIdle);  // their engines will wait by then
    if (stopping) return;
    if (next == std::chrono::steady_clock::time_point::max()) {
      wake_timer.wait(lock);
    } else {
      wake_timer.wait_until(lock, next);
    }
  }
}

Result<std::shared_ptr<QueryRunner>> QueryRunner::Start(RunnerParts parts, Options options) {
  const Status cleaned = parts.committer.Run(
      [&](store::Transaction& transaction) { FailUnfinished(transaction.connection(), parts.clock.Now()); });
  if (!cleaned) return std::unexpected(cleaned.error());
  std::shared_ptr<QueryRunner> runner(new QueryRunner(std::make_unique<Impl>(std::move(parts), options)));
  runner->impl_->threads.emplace_back([impl = runner->impl_.get()] { impl->Tend(); });
  for (int i = 0; i < options.concurrent; ++i) {
    runner->impl_->threads.emplace_back([impl = runner->impl_.get()] { impl->Loop(); });
  }
  return runner;
}

QueryRunner::QueryRunner(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

QueryRunner::~QueryRunner() { Shutdown(); }

void QueryRunner::Shutdown() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    for (auto& [id, entry] : impl_->running) entry->query.cancel.Cancel();
  }
  impl_->wake.notify_all();
  impl_->wake_timer.notify_all();
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

void QueryRunner::Enqueue(QueryTicket ticket) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) return;
    const std::string& principal = ticket.principal.arn;
    auto line = std::ranges::find(impl_->lines, principal, &Impl::Line::principal);
    if (line == impl_->lines.end()) line = impl_->lines.insert(line, {.principal = principal, .tickets = {}});
    line->tickets.push_back(std::move(ticket));
  }
  impl_->wake.notify_one();
}

void QueryRunner::Stop(const std::string& execution_id) {
  const std::lock_guard lock(impl_->mutex);
  if (const auto found = impl_->running.find(execution_id); found != impl_->running.end())
    found->second->query.cancel.Cancel();
  for (auto line = impl_->lines.begin(); line != impl_->lines.end();) {
    std::erase_if(line->tickets, [&](const QueryTicket& ticket) { return ticket.execution.id == execution_id; });
    line = line->tickets.empty() ? impl_->lines.erase(line) : std::next(line);
  }
}

std::optional<QueryRunner::Progress> QueryRunner::Find(const std::string& execution_id) const {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->running.find(execution_id);
  if (found == impl_->running.end()) return std::nullopt;
  const RunningQuery& query = found->second->query;
  return Progress{query.started, static_cast<int64_t>(query.scanned_bytes)};
}

}  // namespace opentrail::services::athena
