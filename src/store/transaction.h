#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "store/connection.h"
#include "store/journal.h"

namespace opentrail::store {

// One audit record on its way into the journal.
struct JournalEntry {
  std::string region;      // awsRegion of the record: delivery and event history go by it
  Time time;               // eventTime
  bool management = true;  // eventCategory Management: shown by LookupEvents
  std::string record;      // the whole record, compact JSON
};

// A part of account.db's one open write transaction: one call's changes, under a savepoint of its own that its first
// change opens. Used on the committer's thread, while the work that it was handed to runs.
// Changes and journal entries become durable together, or not at all: after a crash too, a call's change and its record
// are both there, or neither is.
class Transaction {
 public:
  // `last_entry`: of the journal, where the connection's table does not have all entries yet.
  explicit Transaction(Connection& connection, std::optional<int64_t> last_entry = std::nullopt)
      : connection_(connection), last_entry_(last_entry) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  [[nodiscard]] Connection& connection() { return connection_; }
  // The journal's last entry before those of this call. 0: it is empty.
  [[nodiscard]] int64_t LastJournalEntry() { return last_entry_ ? *last_entry_ : store::LastJournalEntry(connection_); }

  // The record is written with the changes, whatever becomes of the changes (RollBackState).
  void Append(JournalEntry entry) { journal_.push_back(std::move(entry)); }
  // Runs part of the work under a savepoint of its own: what it changed is undone where it gives an error (anything
  // that is false), and only that. Gives what it gave.
  template <typename Part>
  auto Try(Part&& part) {
    const size_t actions = on_commit_.size();
    connection_.OpenDeferredSavepoint();  // around this one
    connection_.Execute("SAVEPOINT part");
    auto result = part();
    if (!result) {
      connection_.Execute("ROLLBACK TO part");
      on_commit_.resize(actions);
    }
    connection_.Execute("RELEASE part");
    return result;
  }
  // Undoes every change of state so far made through this transaction, a statement that failed among them; what was
  // appended stays.
  void RollBackState();
  // Runs after the commit is durable and before any answer leaves, on the committer's thread; not after a rollback. For
  // what mirrors state outside the database: caches, packet filters, files to delete.
  void OnCommit(std::function<void()> action) { on_commit_.push_back(std::move(action)); }

 private:
  friend class Committer;

  Connection& connection_;
  std::optional<int64_t> last_entry_;
  std::vector<JournalEntry> journal_;
  std::vector<std::function<void()>> on_commit_;
};

}  // namespace opentrail::store
