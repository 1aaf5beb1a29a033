#include "services/statement_runner.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace opentrail::services {
namespace {

// So long an engine waits for the next statement before it is closed: whoever asks one question soon asks another.
constexpr std::chrono::minutes kEngineIdle(1);

}  // namespace

struct StatementRunner::Impl {
  Impl(Clock& c, engine::EnginePool& e, Options o) : clock(c), engines(e), options(o) {}

  // Those of one principal that wait.
  struct Line {
    std::string principal;
    std::deque<Statement> statements;
  };

  // A statement that runs, and when it has had its time, by a clock that nobody sets.
  struct Running {
    RunningQuery query;
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  };

  void Loop();
  void Tend();
  std::chrono::steady_clock::time_point StopLate(std::chrono::steady_clock::time_point now);
  Statement TakeNext();

  Clock& clock;
  engine::EnginePool& engines;
  const Options options;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable wake_timer;
  bool stopping = false;
  std::list<Line> lines;  // the next to be served in front; none is empty
  std::map<std::string, std::unique_ptr<Running>, std::less<>> running;
  std::vector<std::thread> threads;
};

// Takes from the front line, which goes to the end. Under the lock.
StatementRunner::Statement StatementRunner::Impl::TakeNext() {
  Line& line = lines.front();
  Statement statement = std::move(line.statements.front());
  line.statements.pop_front();
  if (line.statements.empty()) {
    lines.pop_front();
  } else {
    lines.splice(lines.end(), lines, lines.begin());
  }
  return statement;
}

void StatementRunner::Impl::Loop() {
  std::unique_lock lock(mutex);
  for (;;) {
    wake.wait(lock, [&] { return stopping || !lines.empty(); });
    if (stopping) return;
    Statement statement = TakeNext();
    Running& entry = *running.emplace(statement.id, std::make_unique<Running>()).first->second;
    entry.query.started = clock.Now();
    if (options.timeout.count() > 0) entry.deadline = std::chrono::steady_clock::now() + options.timeout;
    wake_timer.notify_one();
    lock.unlock();
    statement.run(entry.query);
    lock.lock();
    running.erase(statement.id);
  }
}

// Stops what has had its time; when the next one has. Under the lock.
std::chrono::steady_clock::time_point StatementRunner::Impl::StopLate(std::chrono::steady_clock::time_point now) {
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
void StatementRunner::Impl::Tend() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    lock.unlock();
    const auto idle_since = engines.CloseIdle(std::chrono::steady_clock::now() - kEngineIdle);
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

StatementRunner::StatementRunner(Clock& clock, engine::EnginePool& engines, Options options)
    : impl_(std::make_unique<Impl>(clock, engines, options)) {
  impl_->threads.emplace_back([impl = impl_.get()] { impl->Tend(); });
  for (int i = 0; i < options.concurrent; ++i) {
    impl_->threads.emplace_back([impl = impl_.get()] { impl->Loop(); });
  }
}

StatementRunner::~StatementRunner() { Shutdown(); }

void StatementRunner::Shutdown() {
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

void StatementRunner::Enqueue(Statement statement) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) return;
    auto line = std::ranges::find(impl_->lines, statement.principal, &Impl::Line::principal);
    if (line == impl_->lines.end()) {
      line = impl_->lines.insert(line, {.principal = statement.principal, .statements = {}});
    }
    line->statements.push_back(std::move(statement));
  }
  impl_->wake.notify_one();
}

void StatementRunner::Stop(const std::string& id) {
  const std::lock_guard lock(impl_->mutex);
  if (const auto found = impl_->running.find(id); found != impl_->running.end()) found->second->query.cancel.Cancel();
  for (auto line = impl_->lines.begin(); line != impl_->lines.end();) {
    std::erase_if(line->statements, [&](const Statement& statement) { return statement.id == id; });
    line = line->statements.empty() ? impl_->lines.erase(line) : std::next(line);
  }
}

std::optional<StatementRunner::Progress> StatementRunner::Find(const std::string& id) const {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->running.find(id);
  if (found == impl_->running.end()) return std::nullopt;
  const RunningQuery& query = found->second->query;
  return Progress{query.started, static_cast<int64_t>(query.scanned_bytes)};
}

}  // namespace opentrail::services
