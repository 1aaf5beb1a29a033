#include "services/cloudtrail/lake_query_rows.h"

#include <fmt/format.h>

#include "codec/json_value.h"
#include "services/cloudtrail/trail_rows.h"

namespace opentrail::services::cloudtrail {
namespace {

// Removed in one transaction.
constexpr int64_t kMaxRemoved = 100;

constexpr std::string_view kColumns =
    "SELECT number, id, region, stores, statement, status, error, created, journal_end, events_matched, "
    "events_scanned, bytes_scanned, milliseconds, columns, content, content_bytes, content_key, key_store ";
constexpr std::string_view kFrom = "FROM cloudtrail_query ";

std::string TextOf(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.Append(text);
  return codec::WriteJson(list);
}

std::vector<std::string> TextsOf(std::string_view json) {
  std::vector<std::string> texts;
  if (json.empty()) return texts;  // of a query that has not ended
  const auto list = codec::ParseJsonValue(json);
  if (!list) return texts;
  for (const Value& text : list->elements()) texts.emplace_back(text.Text());
  return texts;
}

LakeQuery ReadRow(const store::Rows& rows) {
  return {.number = rows.Integer(0),
          .id = std::string(rows.Text(1)),
          .region = std::string(rows.Text(2)),
          .stores = TextsOf(rows.Text(3)),
          .statement = std::string(rows.Text(4)),
          .status = std::string(rows.Text(5)),
          .error = std::string(rows.Text(6)),
          .created = FromMilliseconds(rows.Integer(7)),
          .journal_end = rows.Integer(8),
          .events_matched = rows.Integer(9),
          .events_scanned = rows.Integer(10),
          .bytes_scanned = rows.Integer(11),
          .milliseconds = rows.Integer(12),
          .columns = TextsOf(rows.Text(13)),
          .content = rows.IsNull(14) ? std::nullopt : std::optional(rows.Integer(14)),
          .content_bytes = rows.Integer(15),
          .content_key = std::string(rows.Text(16)),
          .key_store = std::string(rows.Text(17))};
}

std::vector<LakeQuery> ReadAll(store::Rows rows) {
  std::vector<LakeQuery> queries;
  while (rows.Next()) queries.push_back(ReadRow(rows));
  return queries;
}

}  // namespace

std::optional<LakeQuery> FindLakeQuery(store::Connection& state, std::string_view region, std::string_view id,
                                       Time now) {
  store::Rows rows = state.Query(fmt::format("{}{}WHERE id = ? AND region = ? AND created >= ?", kColumns, kFrom), id,
                                 region, Milliseconds(now - kQueryKept));
  return rows.Next() ? std::optional(ReadRow(rows)) : std::nullopt;
}

int64_t CountActiveLakeQueries(store::Connection& state, std::string_view region) {
  store::Rows rows =
      state.Query("SELECT count(*) FROM cloudtrail_query WHERE region = ? AND status = 'QUEUED'", region);
  return rows.Next() ? rows.Integer(0) : 0;
}

void InsertLakeQuery(store::Connection& state, LakeQuery& query) {
  state.Execute(
      "INSERT INTO cloudtrail_query(id, region, stores, statement, status, created, journal_end, content_key, "
      "key_store) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
      query.id, query.region, TextOf(query.stores), query.statement, query.status, Milliseconds(query.created),
      query.journal_end, store::Blob{query.content_key}, query.key_store);
  query.number = state.LastInsertRowId();
  for (const std::string& store : query.stores) {
    state.Execute("INSERT INTO cloudtrail_query_store(store, query) VALUES(?, ?)", store, query.number);
  }
}

bool FinishLakeQuery(store::Connection& state, const LakeQuery& query) {
  return state.Execute(
             "UPDATE cloudtrail_query SET status = ?, error = ?, events_matched = ?, events_scanned = ?, "
             "bytes_scanned = ?, milliseconds = ?, columns = ?, content = ?, content_bytes = ? "
             "WHERE id = ? AND status = 'QUEUED'",
             query.status, query.error, query.events_matched, query.events_scanned, query.bytes_scanned,
             query.milliseconds, TextOf(query.columns), query.content, query.content_bytes, query.id) > 0;
}

void RemoveOldLakeQueries(store::Transaction& transaction, store::ObjectStore& objects, Time now) {
  store::Connection& state = transaction.connection();
  const std::vector<LakeQuery> old =
      ReadAll(state.Query(fmt::format("{}{}WHERE created < ? AND status <> 'QUEUED' LIMIT ?", kColumns, kFrom),
                          Milliseconds(now - kQueryKept), kMaxRemoved));
  for (const LakeQuery& query : old) {
    if (query.content) objects.Release(transaction, *query.content);
    state.Execute("DELETE FROM cloudtrail_query WHERE number = ?", query.number);
  }
}

std::vector<LakeQuery> UnfinishedLakeQueries(store::Connection& state) {
  return ReadAll(state.Query(fmt::format("{}{}WHERE status = 'QUEUED'", kColumns, kFrom)));
}

// By the index that has a store's queries in their order: CROSS JOIN keeps SQLite to it.
std::vector<LakeQuery> ListLakeQueries(store::Connection& state, const LakeQueryFilter& filter) {
  return ReadAll(
      state.Query(fmt::format("{}FROM cloudtrail_query_store CROSS JOIN cloudtrail_query ON number = query "
                              "WHERE store = ? AND query < ? AND created BETWEEN ? AND ? AND (? = '' OR status = ?) "
                              "ORDER BY query DESC LIMIT ?",
                              kColumns),
                  filter.store, filter.before, Milliseconds(filter.start), Milliseconds(filter.end), filter.status,
                  filter.status, filter.limit));
}

}  // namespace opentrail::services::cloudtrail
