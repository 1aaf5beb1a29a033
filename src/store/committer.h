#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "store/connection.h"
#include "store/transaction.h"

namespace opentrail::store {

// The one writer of account.db. Work from any number of threads is run one after another on one thread, each piece
// under a savepoint, as many as came while the disk was at the last group in one SQLite transaction; one fsync makes
// them all durable; only then is any `done` called (group commit). Thread-safe. Destruction finishes what was
// submitted.
class Committer {
 public:
  // Bounds on one group: what is waiting past them goes into the next.
  static constexpr size_t kMaxGroup = 512;

  // Work reads and writes through the transaction. It may not block on anything that waits for this committer.
  using Work = std::move_only_function<void(Transaction&)>;
  // Told once, on the committer's thread, and to be quick: ok means durable. An error means that nothing of this work
  // remains; where the disk failed to sync the log, that nobody knows, and every later call fails too.
  using Done = std::move_only_function<void(const Status&)>;

  // Takes the connection over; `account.db`'s schema stands (Migrate).
  static Result<std::unique_ptr<Committer>> Start(Connection connection);
  ~Committer();

  void Submit(Work work, Done done);
  // Submit, and wait for it. Never from the committer's own thread.
  Status Run(Work work);

  struct Statistics {
    uint64_t groups = 0;
    uint64_t calls = 0;
  };
  [[nodiscard]] Statistics statistics() const;

 private:
  struct Impl;
  explicit Committer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::store
