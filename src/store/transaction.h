#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "store/connection.h"

namespace opentrail::store {

// One audit record on its way into the journal.
struct JournalEntry {
  std::string event_id;    // lower-case UUID: the journal holds each once
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
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  [[nodiscard]] Connection& connection() { return connection_; }

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
  // Runs after the commit is durable and before any answer leaves, on a thread of the committer's beside the work of
  // later calls; not after a rollback. For what mirrors state outside the database: caches, packet filters, files to
  // delete.
  void OnCommit(std::function<void()> action) { on_commit_.push_back(std::move(action)); }

 private:
  friend class Committer;
  void WriteJournal();

  Connection& connection_;
  std::vector<JournalEntry> journal_;
  std::vector<std::function<void()>> on_commit_;
};

}  // namespace opentrail::store
