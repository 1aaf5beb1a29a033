#include "services/cloudtrail/lake_job.h"

#include <algorithm>
#include <memory>

#include "codec/json.h"
#include "services/cloudtrail/lake_statement.h"
#include "sql/text.h"

namespace opentrail::services::cloudtrail {
namespace {

constexpr size_t kPieceBytes = 256 << 10;
// As DescribeQuery may tell it.
constexpr size_t kMaxErrorBytes = 1000;

// Event data stores as tables over the journal: a name is an id, or an ARN, which ends with it.
class LakeTables final : public engine::TableSource {
 public:
  LakeTables(const LakeParts& parts, const LakeTicket& ticket, trail::JournalCounters& counters)
      : parts_(parts), ticket_(ticket), counters_(counters) {}

  bool HasDatabase(std::string_view database) override { return database == "default"; }
  std::optional<engine::BoundTable> FindTable(std::string_view database, std::string_view name) override {
    const auto store = ticket_.stores.find(sql::LowerCase(name.substr(name.rfind('/') + 1)));
    if (store == ticket_.stores.end()) return std::nullopt;
    engine::BoundTable bound;
    bound.table = LakeTable(database, name);
    bound.source.store =
        std::make_shared<trail::JournalStore>(parts_.state_path, store->second.spans, store->second.oldest, counters_);
    bound.source.strict = true;
    return bound;
  }

 private:
  const LakeParts& parts_;
  const LakeTicket& ticket_;
  trail::JournalCounters& counters_;
};

// ["a",null] and a line feed.
void AppendRow(const engine::Row& row, std::string& out) {
  char separator = '[';
  for (const auto& value : row) {
    out += separator;
    separator = ',';
    if (value) {
      codec::AppendJsonString(out, *value);
    } else {
      out += "null";
    }
  }
  out += "]\n";
}

}  // namespace

LakeJob::LakeJob(const LakeParts& parts, engine::EnginePool& engines, LakeTicket ticket, RunningQuery& running)
    : parts_(parts), engines_(engines), running_(running), ticket_(std::move(ticket)) {}

void LakeJob::Run() {
  const Status status = RunStatement();
  const bool is_cancelled = running_.cancel.IsCancelled() && !running_.is_timed_out;
  // Whoever stopped it has said so in its row; where the server stops, the next start does.
  if (!is_cancelled) {
    SetEnd(status);
    Commit();
  }
  if (content_) parts_.objects.Drop(*content_);
}

Status LakeJob::RunStatement() {
  LakeTables tables(parts_, ticket_, counters_);
  auto engine = engines_.Take();
  if (!engine) return std::unexpected(engine.error());
  (*engine)->SetTableSource(&tables);
  sql::Session session = LakeSession(ticket_.query.created);
  session.user = ticket_.user;
  auto result = (*engine)->Query(ticket_.query.statement, session, running_.cancel);
  if (!result) return std::unexpected(result.error());
  return WriteRows(**result);
}

Status LakeJob::WriteRows(engine::QueryResult& result) {
  LakeQuery& query = ticket_.query;
  for (const sql::OutputColumn& column : result.Columns()) query.columns.push_back(column.name);
  auto writer = parts_.objects.Create(ticket_.key);
  if (!writer) return std::unexpected(writer.error());
  std::string text;
  for (bool more = true; more;) {
    const auto rows = result.Next();
    if (!rows) return std::unexpected(rows.error());
    more = !rows->empty();
    for (const engine::Row& row : *rows) AppendRow(row, text);
    query.events_matched += static_cast<int64_t>(rows->size());
    if (more && text.size() < kPieceBytes) continue;
    query.content_bytes += static_cast<int64_t>(text.size());
    if (query.content_bytes > parts_.max_result_bytes) {
      return MakeError(ErrorCode::kLimitExceeded, "The query results have more than {} bytes", parts_.max_result_bytes);
    }
    if (Status written = (*writer)->Write(text); !written) return written;
    text.clear();
  }
  auto staged = (*writer)->Finish();
  if (!staged) return std::unexpected(staged.error());
  content_ = *std::move(staged);
  return {};
}

void LakeJob::SetEnd(const Status& status) {
  LakeQuery& query = ticket_.query;
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(parts_.clock.Now() - running_.started);
  query.milliseconds = std::max<int64_t>(passed.count(), 0);
  query.events_scanned = static_cast<int64_t>(counters_.events);
  query.bytes_scanned = static_cast<int64_t>(counters_.bytes);
  query.status = kQueryFinished;
  if (status) return;
  query.status = running_.is_timed_out ? kQueryTimedOut : kQueryFailed;
  query.error = status.error().message.substr(0, kMaxErrorBytes);
  if (running_.is_timed_out) query.error = "The query ran for longer than it may.";
  query.events_matched = 0;
  query.content_bytes = 0;
  query.columns.clear();
}

void LakeJob::Commit() {
  bool is_adopted = false;
  // Where the disk refuses, the query is what the next start makes of it.
  const Status committed = parts_.committer.Run([&](store::Transaction& transaction) {
    const auto current =
        FindLakeQuery(transaction.connection(), ticket_.query.region, ticket_.query.id, ticket_.query.created);
    if (!current || current->status != kQueryQueued) return;
    if (content_ && ticket_.query.status == kQueryFinished) {
      ticket_.query.content = parts_.objects.Adopt(transaction, *content_);
      is_adopted = true;
    }
    FinishLakeQuery(transaction.connection(), ticket_.query);
  });
  if (committed && is_adopted) content_.reset();
  if (parts_.committed) parts_.committed();
}

}  // namespace opentrail::services::cloudtrail
