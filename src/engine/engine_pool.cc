#include "engine/engine_pool.h"

#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/duck_engine.h"

namespace opentrail::engine {

// Where databases wait, those that came first in front.
class EnginePool::Shelf {
 public:
  explicit Shelf(size_t kept) : kept_(kept) {}

  // The last that came: the others may grow old. nullptr: none waits. Each, or one that is opened instead, comes back.
  std::unique_ptr<Database> Take() {
    const std::lock_guard lock(mutex_);
    ++at_work_;
    if (waiting_.empty()) return nullptr;
    auto database = std::move(waiting_.back().database);
    waiting_.pop_back();
    return database;
  }

  // nullptr: it could not be opened.
  void GiveBack(std::unique_ptr<Database> database) {
    if (database != nullptr && !database->Reset()) database.reset();
    bool is_last = false;
    {
      const std::lock_guard lock(mutex_);
      is_last = --at_work_ == 0;
      if (database != nullptr && waiting_.size() < kept_) {
        waiting_.push_back({std::move(database), std::chrono::steady_clock::now()});
      }
    }
    database.reset();
    if (is_last) Database::ReturnMemory();
  }

  std::optional<Time> CloseIdle(Time time) {
    std::vector<std::unique_ptr<Database>> closed;  // without the lock
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && waiting_.front().since <= time) {
      closed.push_back(std::move(waiting_.front().database));
      waiting_.pop_front();
    }
    return waiting_.empty() ? std::nullopt : std::optional(waiting_.front().since);
  }

  [[nodiscard]] size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  struct Waiting {
    std::unique_ptr<Database> database;
    Time since;
  };

  const size_t kept_;
  mutable std::mutex mutex_;
  std::deque<Waiting> waiting_;
  size_t at_work_ = 0;
};

EnginePool::EnginePool(EngineOptions options, size_t kept)
    : options_(std::move(options)), shelf_(std::make_shared<Shelf>(kept)) {}

EnginePool::~EnginePool() = default;

Result<std::unique_ptr<Engine>> EnginePool::Take() {
  auto database = shelf_->Take();
  if (database == nullptr) {
    auto opened = Database::Open(options_);
    if (!opened) {
      shelf_->GiveBack(nullptr);
      return std::unexpected(opened.error());
    }
    database = *std::move(opened);
  }
  return std::make_unique<DuckEngine>(
      std::move(database), [shelf = shelf_](std::unique_ptr<Database> used) { shelf->GiveBack(std::move(used)); });
}

std::optional<EnginePool::Time> EnginePool::CloseIdle(Time time) { return shelf_->CloseIdle(time); }

size_t EnginePool::waiting() const { return shelf_->waiting(); }

}  // namespace opentrail::engine
