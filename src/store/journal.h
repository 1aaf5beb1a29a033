#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "store/connection.h"
#include "store/journal_block.h"

// The audit journal: table journal_block of account.db, docs/formats/account-db.md. Entries are never changed.
namespace opentrail::store {

// The last entry that was committed, or written in this connection's open transaction. 0: there is none.
[[nodiscard]] int64_t LastJournalEntry(Connection& connection);

// Appends to the journal within the open transactions of one connection, one block for what each appends. Errors are
// the connection's. Not thread-safe.
class JournalWriter {
 public:
  // The connection outlives this, and nobody else writes to its journal.
  explicit JournalWriter(Connection& connection);

  // The last entry, those appended in the open transaction included.
  [[nodiscard]] int64_t last() const { return last_; }
  // The entry's seq is its place after the last one, whatever it says.
  void Append(JournalRecord entry);
  // Before the transaction's commit.
  void Flush();
  // After it: where the transaction came to nothing, what it appended did so too.
  void Committed() { committed_ = last_; }
  void RolledBack();

 private:
  Connection& connection_;
  JournalBlockWriter block_;
  int64_t last_, committed_;
};

// Entries in their order, as of the transaction that the connection is in, or of the first Next. Errors, a damaged
// block among them, are the connection's.
//   for (JournalRows rows(connection, after); rows.Next();) use(rows.entry().record);
class JournalRows {
 public:
  static constexpr int64_t kToTheEnd = std::numeric_limits<int64_t>::max();
  // Those after `after`, up to and with `until`.
  JournalRows(Connection& connection, int64_t after, int64_t until = kToTheEnd);

  // Moves on to the next entry; false at the end and after an error.
  [[nodiscard]] bool Next();
  // The views live until the next Next that gives an entry: in the end this is the last one.
  [[nodiscard]] const JournalRecord& entry() const { return entry_; }

 private:
  bool NextBlock();

  Connection& connection_;
  Rows rows_;
  JournalBlock block_;
  JournalRecord entry_;
  int64_t after_, until_;  // what is still to be given lies between
};

// Single entries; those of one block that are asked for one after another are unpacked once.
class JournalLookup {
 public:
  // nullopt where there is none, and after an error of the connection's. The views live until the next Find. All calls
  // are of the same journal.
  [[nodiscard]] std::optional<JournalRecord> Find(Connection& connection, int64_t seq);

 private:
  JournalBlock block_;
  int64_t first_ = 0, last_ = -1;  // of block_
};

}  // namespace opentrail::store
