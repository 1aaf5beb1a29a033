#include "store/journal.h"

#include <algorithm>

namespace opentrail::store {
namespace {

constexpr std::string_view kBlocksAfter = "SELECT last, entries, block FROM journal_block WHERE last > ? ORDER BY last";

int64_t FirstOf(const Rows& rows) { return rows.Integer(0) - rows.Integer(1) + 1; }

void Refuse(Connection& connection, const Rows& rows, const Error& error) {
  connection.Refuse({error.code, fmt::format("{}: journal entries {} to {}: {}", connection.path(), FirstOf(rows),
                                             rows.Integer(0), error.message)});
}

// Of a row of kBlocksAfter.
bool OpenBlock(Connection& connection, const Rows& rows, JournalBlock& block) {
  const Status opened = block.Open(rows.Text(2), FirstOf(rows), rows.Integer(0));
  if (!opened) Refuse(connection, rows, opened.error());
  return opened.has_value();
}

}  // namespace

int64_t LastJournalEntry(Connection& connection) {
  Rows rows = connection.Query("SELECT max(last) FROM journal_block");
  return rows.Next() ? rows.Integer(0) : 0;
}

JournalWriter::JournalWriter(Connection& connection)
    : connection_(connection), last_(LastJournalEntry(connection)), committed_(last_) {}

void JournalWriter::Append(JournalRecord entry) {
  if (!block_.Add(entry)) {
    connection_.Refuse(
        {ErrorCode::kLimitExceeded, fmt::format("{}: a record of {} bytes is longer than a block of the journal takes",
                                                connection_.path(), entry.record.size())});
    return;
  }
  ++last_;
  if (block_.IsFull()) Flush();
}

void JournalWriter::Flush() {
  if (block_.entries() == 0) return;
  const size_t entries = block_.entries();
  connection_.Execute("INSERT INTO journal_block(last, entries, block) VALUES(?, ?, ?)", last_, entries,
                      Blob{block_.Take()});
}

void JournalWriter::RolledBack() {
  block_.Clear();
  last_ = committed_;
}

JournalRows::JournalRows(Connection& connection, int64_t after, int64_t until)
    : connection_(connection),
      rows_(connection.Query(kBlocksAfter, after)),
      after_(std::max<int64_t>(after, 0)),
      until_(until) {}

bool JournalRows::Next() {
  while (after_ < until_) {
    if (!block_.Next(entry_)) {
      if (!NextBlock()) return false;
    } else if (entry_.seq > after_) {
      after_ = entry_.seq;
      return true;
    }
  }
  return false;
}

bool JournalRows::NextBlock() {
  // Of the block that has ended here: of the row that the statement is still at.
  if (const Status& status = block_.status(); !status) Refuse(connection_, rows_, status.error());
  if (!rows_.Next()) return false;
  if (FirstOf(rows_) > after_ + 1) {
    connection_.Refuse({ErrorCode::kCorrupt, fmt::format("{}: journal entries {} to {} are missing", connection_.path(),
                                                         after_ + 1, FirstOf(rows_) - 1)});
    return false;
  }
  return OpenBlock(connection_, rows_, block_);
}

std::optional<JournalRecord> JournalLookup::Find(Connection& connection, int64_t seq) {
  if (seq < 1) return std::nullopt;
  if (seq < first_ || seq > last_) {
    last_ = first_ - 1;  // until another is there
    Rows rows = connection.Query(kBlocksAfter, seq - 1);
    if (!rows.Next() || seq < FirstOf(rows) || !OpenBlock(connection, rows, block_)) return std::nullopt;
    first_ = FirstOf(rows);
    last_ = rows.Integer(0);
  }
  block_.Rewind();
  for (JournalRecord entry; block_.Next(entry);) {
    if (entry.seq == seq) return entry;
  }
  last_ = first_ - 1;
  connection.Refuse({block_.status().error().code,
                     fmt::format("{}: journal entry {}: {}", connection.path(), seq, block_.status().error().message)});
  return std::nullopt;
}

}  // namespace opentrail::store
