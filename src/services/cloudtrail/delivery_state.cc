#include "services/cloudtrail/delivery_state.h"

#include <algorithm>

#include <fmt/format.h>

namespace opentrail::services::cloudtrail {
namespace {

constexpr std::string_view kSpanColumns = "SELECT id, trail, position, until, batch_end FROM cloudtrail_span ";

std::optional<int64_t> OptionalInteger(const store::Rows& rows, int column) {
  return rows.IsNull(column) ? std::nullopt : std::optional(rows.Integer(column));
}

Span ReadSpan(const store::Rows& rows) {
  return {.id = rows.Integer(0),
          .trail = rows.Integer(1),
          .position = rows.Integer(2),
          .until = OptionalInteger(rows, 3),
          .batch_end = OptionalInteger(rows, 4)};
}

// Chains and the digests' ends are of whole seconds, and no two digests of a trail end in the same one.
Time ChainStart(const Trail& trail, Time now) {
  return std::max<Time>(std::chrono::floor<std::chrono::seconds>(now), trail.last_digest_end);
}

}  // namespace

std::vector<Span> AllSpans(store::Connection& state) {
  std::vector<Span> spans;
  for (store::Rows rows = state.Query(std::string(kSpanColumns) + "ORDER BY id"); rows.Next();) {
    spans.push_back(ReadSpan(rows));
  }
  return spans;
}

std::optional<Span> LoadSpan(store::Connection& state, int64_t id) {
  store::Rows rows = state.Query(std::string(kSpanColumns) + "WHERE id = ?", id);
  return rows.Next() ? std::optional(ReadSpan(rows)) : std::nullopt;
}

void OpenSpan(store::Transaction& transaction, const Trail& trail, Time now) {
  store::Connection& state = transaction.connection();
  state.Execute("INSERT INTO cloudtrail_span(trail, position) VALUES(?, ?)", trail.id, transaction.LastJournalEntry());
  if (trail.validation) BeginValidation(state, trail, now);
}

void CloseSpan(store::Transaction& transaction, const Trail& trail) {
  // The record of this very call comes next.
  transaction.connection().Execute("UPDATE cloudtrail_span SET until = ? WHERE trail = ? AND until IS NULL",
                                   transaction.LastJournalEntry() + 1, trail.id);
}

void RemoveSpan(store::Connection& state, int64_t span) {
  for (const std::string_view table : {"cloudtrail_batch_region", "cloudtrail_chain", "cloudtrail_file"}) {
    state.Execute(fmt::format("DELETE FROM {} WHERE span = ?", table), span);
  }
  state.Execute("DELETE FROM cloudtrail_span WHERE id = ?", span);
}

void RemoveIfDone(store::Connection& state, int64_t trail) {
  state.Execute(
      "DELETE FROM cloudtrail_trail WHERE id = ?1 AND deleted = 1 "
      "AND NOT EXISTS (SELECT 1 FROM cloudtrail_span WHERE trail = ?1)",
      trail);
}

void BeginValidation(store::Connection& state, const Trail& trail, Time now) {
  std::optional<int64_t> span;
  {
    store::Rows rows = state.Query("SELECT id FROM cloudtrail_span WHERE trail = ? AND until IS NULL", trail.id);
    if (rows.Next()) span = rows.Integer(0);
  }
  if (span) BeginChain(state, *span, trail.home_region, ChainStart(trail, now));
}

void EndValidation(store::Connection& state, const Trail& trail) {
  for (const std::string_view table : {"cloudtrail_chain", "cloudtrail_file"}) {
    state.Execute(fmt::format("DELETE FROM {} WHERE span IN (SELECT id FROM cloudtrail_span WHERE trail = ?)", table),
                  trail.id);
  }
}

std::vector<std::string> DeliveredRegions(store::Connection& state, int64_t span) {
  std::vector<std::string> regions;
  for (store::Rows rows = state.Query("SELECT region FROM cloudtrail_batch_region WHERE span = ?", span);
       rows.Next();) {
    regions.emplace_back(rows.Text(0));
  }
  return regions;
}

void NoteDelivered(store::Connection& state, const Span& span, int64_t batch_end, std::string_view region) {
  state.Execute("UPDATE cloudtrail_span SET batch_end = ? WHERE id = ?", batch_end, span.id);
  state.Execute("INSERT INTO cloudtrail_batch_region(span, region) VALUES(?, ?)", span.id, region);
}

void MovePosition(store::Connection& state, int64_t span, int64_t position) {
  state.Execute("DELETE FROM cloudtrail_batch_region WHERE span = ?", span);
  state.Execute("UPDATE cloudtrail_span SET position = ?, batch_end = NULL WHERE id = ?", position, span);
}

std::vector<Chain> ChainsOf(store::Connection& state, int64_t span) {
  std::vector<Chain> chains;
  store::Rows rows = state.Query(
      "SELECT region, start, previous_bucket, previous_object, previous_sha256, previous_signature "
      "FROM cloudtrail_chain WHERE span = ? ORDER BY region",
      span);
  while (rows.Next()) {
    Chain chain{.region = std::string(rows.Text(0)), .start = FromMilliseconds(rows.Integer(1)), .previous = {}};
    if (!rows.Text(3).empty()) {
      chain.previous = trail::DigestLink{.bucket = std::string(rows.Text(2)),
                                         .object = std::string(rows.Text(3)),
                                         .sha256 = std::string(rows.Text(4)),
                                         .signature = std::string(rows.Text(5))};
    }
    chains.push_back(std::move(chain));
  }
  return chains;
}

void BeginChain(store::Connection& state, int64_t span, std::string_view region, Time start) {
  state.Execute("INSERT OR IGNORE INTO cloudtrail_chain(span, region, start) VALUES(?, ?, ?)", span, region,
                Milliseconds(start));
}

void MoveChain(store::Connection& state, int64_t span, std::string_view region, Time start,
               const trail::DigestLink& previous) {
  state.Execute(
      "UPDATE cloudtrail_chain SET start = ?, previous_bucket = ?, previous_object = ?, previous_sha256 = ?, "
      "previous_signature = ? WHERE span = ? AND region = ?",
      Milliseconds(start), previous.bucket, previous.object, previous.sha256, previous.signature, span, region);
}

void AddFile(store::Connection& state, int64_t span, std::string_view region, Time delivered,
             const trail::DigestedFile& file) {
  state.Execute(
      "INSERT INTO cloudtrail_file(span, region, delivered, bucket, object, sha256, newest, oldest) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
      span, region, Milliseconds(delivered), file.bucket, file.object, file.sha256, file.newest_event_time,
      file.oldest_event_time);
}

std::vector<trail::DigestedFile> FilesBefore(store::Connection& state, int64_t span, std::string_view region,
                                             Time end) {
  std::vector<trail::DigestedFile> files;
  store::Rows rows = state.Query(
      "SELECT bucket, object, sha256, newest, oldest FROM cloudtrail_file "
      "WHERE span = ? AND region = ? AND delivered < ? ORDER BY id",
      span, region, Milliseconds(end));
  while (rows.Next()) {
    files.push_back({.bucket = std::string(rows.Text(0)),
                     .object = std::string(rows.Text(1)),
                     .sha256 = std::string(rows.Text(2)),
                     .newest_event_time = std::string(rows.Text(3)),
                     .oldest_event_time = std::string(rows.Text(4))});
  }
  return files;
}

void RemoveFilesBefore(store::Connection& state, int64_t span, std::string_view region, Time end) {
  state.Execute("DELETE FROM cloudtrail_file WHERE span = ? AND region = ? AND delivered < ?", span, region,
                Milliseconds(end));
}

void RemoveChain(store::Connection& state, int64_t span, std::string_view region) {
  state.Execute("DELETE FROM cloudtrail_chain WHERE span = ? AND region = ?", span, region);
}

void NoteDelivery(store::Connection& state, int64_t trail, Time now, std::string_view error) {
  const std::optional<int64_t> delivered = error.empty() ? std::optional(Milliseconds(now)) : std::nullopt;
  state.Execute(
      "UPDATE cloudtrail_trail SET delivery_attempted = ?, delivered = coalesce(?, delivered), delivery_error = ? "
      "WHERE id = ?",
      Milliseconds(now), delivered, error, trail);
}

void NoteDigest(store::Connection& state, int64_t trail, Time now, Time end) {
  state.Execute(
      "UPDATE cloudtrail_trail SET digest_delivered = ?, digest_error = '', "
      "last_digest_end = max(last_digest_end, ?) WHERE id = ?",
      Milliseconds(now), Milliseconds(end), trail);
}

void NoteDigestFault(store::Connection& state, int64_t trail, std::string_view error) {
  state.Execute("UPDATE cloudtrail_trail SET digest_error = ? WHERE id = ?", error, trail);
}

}  // namespace opentrail::services::cloudtrail
