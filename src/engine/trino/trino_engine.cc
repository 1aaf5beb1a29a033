#include "engine/trino/trino_engine.h"

#include <optional>

#include <fmt/format.h>

#include "engine/trino/statement_client.h"
#include "engine/trino/trino_value.h"
#include "sql/trino_text.h"

namespace opentrail::engine {
namespace {

using codec::JsonValue;

// The rows of a statement, in the blocks in which the cluster gives them.
class TrinoResult final : public QueryResult {
 public:
  // `statistics` and `reads` outlive the result.
  TrinoResult(std::unique_ptr<StatementClient> client, ForeignReads& reads, logs::ScanStatistics& statistics)
      : client_(std::move(client)), reads_(reads), statistics_(statistics) {}

  // Runs until the columns are known. They are called as `named` has it, where that is as many: Trino's own names are
  // in lower case.
  Status Begin(const std::vector<sql::OutputColumn>& named);

  [[nodiscard]] const std::vector<sql::OutputColumn>& Columns() const override { return columns_; }
  Result<std::vector<Row>> Next() override;

 private:
  Status ReadColumns(const std::vector<sql::OutputColumn>& named);
  Status TakeStatistics();
  [[nodiscard]] std::vector<Row> TakeRows();

  std::unique_ptr<StatementClient> client_;
  ForeignReads& reads_;
  logs::ScanStatistics& statistics_;
  std::vector<sql::OutputColumn> columns_;
  bool is_fresh_ = true;  // the client's answer was not looked at for rows yet
};

Status TrinoResult::Begin(const std::vector<sql::OutputColumn>& named) {
  for (;;) {
    if (Status status = TakeStatistics(); !status) return status;
    if (client_->answer()["columns"].IsArray()) return ReadColumns(named);
    const auto more = client_->Next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return MakeError(ErrorCode::kIo, "GENERIC_INTERNAL_ERROR: the Trino cluster's answer has no columns");
  }
}

Status TrinoResult::ReadColumns(const std::vector<sql::OutputColumn>& named) {
  std::optional<Error> refusal;
  client_->answer()["columns"].ForEachElement([&](JsonValue column) {
    const std::string_view name = column["type"].String().value_or("");
    auto type = sql::ParseType(name);
    if (!type) refusal = Error{ErrorCode::kUnsupported, fmt::format("NOT_SUPPORTED: Unsupported type: {}", name)};
    columns_.push_back({std::string(column["name"].String().value_or("")), type ? *std::move(type) : sql::Type()});
  });
  if (refusal) return std::unexpected(*std::move(refusal));
  for (size_t i = 0; i < columns_.size() && named.size() == columns_.size(); ++i) columns_[i].name = named[i].name;
  return {};
}

Status TrinoResult::TakeStatistics() {
  statistics_.events = client_->Statistic("processedRows");
  const uint64_t read = client_->Statistic("physicalInputBytes");
  const uint64_t before = statistics_.bytes_done.exchange(read);
  if (read <= before || reads_.Count(read - before)) return {};
  return MakeError(ErrorCode::kLimitExceeded, "Bytes scanned limit was exceeded");
}

std::vector<Row> TrinoResult::TakeRows() {
  std::vector<Row> rows;
  client_->answer()["data"].ForEachElement([&](JsonValue values) {
    Row row(columns_.size());
    size_t i = 0;
    values.ForEachElement([&](JsonValue value) {
      if (i >= row.size()) return;
      std::string text;
      if (AppendTrinoValue(columns_[i].type, value, text)) row[i] = std::move(text);
      ++i;
    });
    rows.push_back(std::move(row));
  });
  return rows;
}

Result<std::vector<Row>> TrinoResult::Next() {
  for (;;) {
    if (!std::exchange(is_fresh_, false)) {
      const auto more = client_->Next();
      if (!more) return std::unexpected(more.error());
      if (!*more) return std::vector<Row>();
      if (Status status = TakeStatistics(); !status) return std::unexpected(status.error());
    }
    if (auto rows = TakeRows(); !rows.empty()) return rows;
  }
}

class TrinoEngine final : public Engine {
 public:
  TrinoEngine(std::string url, std::unique_ptr<Engine> embedded, ForeignReads& reads)
      : url_(std::move(url)), embedded_(std::move(embedded)), reads_(reads) {}

  Status AddTable(BoundTable table) override { return embedded_->AddTable(std::move(table)); }
  void SetTableSource(TableSource* source) override { embedded_->SetTableSource(source); }
  [[nodiscard]] const catalog::Catalog& Catalog() const override { return embedded_->Catalog(); }
  [[nodiscard]] const logs::ScanStatistics& Statistics() const override {
    return is_foreign_ ? statistics_ : embedded_->Statistics();
  }

  Result<std::unique_ptr<QueryResult>> Query(std::string_view statement, const sql::Session& session,
                                             const CancelToken& cancel) override;
  Result<std::string> Explain(std::string_view statement, const sql::Session& session, const ExplainOptions& options,
                              const CancelToken& cancel) override;
  Result<uint64_t> Write(const sql::Translation& translation, const TableOutput& output, OutputFolder& folder,
                         const CancelToken& cancel) override {
    is_foreign_ = false;
    return embedded_->Write(translation, output, folder, cancel);
  }
  Result<uint64_t> QueryToParquet(std::string_view statement, const sql::Session& session,
                                  const std::filesystem::path& file, const CancelToken& cancel) override {
    is_foreign_ = false;
    return embedded_->QueryToParquet(statement, session, file, cancel);
  }

 private:
  // Resolves the statement and runs it, with such words in front of it. nullptr: the engine inside is to run it.
  Result<std::unique_ptr<QueryResult>> Run(std::string_view before, std::string_view statement,
                                           const sql::Session& session, const CancelToken& cancel);

  const std::string url_;
  const std::unique_ptr<Engine> embedded_;
  ForeignReads& reads_;
  logs::ScanStatistics statistics_;
  bool is_foreign_ = true;  // whether the last statement ran on the cluster
};

Result<std::unique_ptr<QueryResult>> TrinoEngine::Run(std::string_view before, std::string_view statement,
                                                      const sql::Session& session, const CancelToken& cancel) {
  is_foreign_ = true;
  statistics_.events = 0;
  statistics_.bytes_done = 0;
  const auto translation = sql::Translate(statement, Catalog(), session);
  if (!translation) return MakeError(ErrorCode::kInvalidArgument, "{}", translation.error().Text());
  const auto allowed = reads_.Allow();
  if (!allowed) return std::unexpected(allowed.error());
  if (!*allowed) return nullptr;
  const auto decimals =
      session.decimal_literals_as_double ? sql::DecimalLiterals::kDouble : sql::DecimalLiterals::kDecimal;
  const std::string text = std::string(before) + sql::TrinoText(statement, translation->row_unnests, decimals);
  auto client =
      std::make_unique<StatementClient>(url_, TrinoSession{session.user, session.catalog, session.database}, cancel);
  if (Status started = client->Start(text); !started) return std::unexpected(started.error());
  auto result = std::make_unique<TrinoResult>(std::move(client), reads_, statistics_);
  const bool is_query = before.empty();
  if (Status begun = result->Begin(is_query ? translation->columns : std::vector<sql::OutputColumn>()); !begun) {
    return std::unexpected(begun.error());
  }
  return result;
}

Result<std::unique_ptr<QueryResult>> TrinoEngine::Query(std::string_view statement, const sql::Session& session,
                                                        const CancelToken& cancel) {
  auto result = Run({}, statement, session, cancel);
  is_foreign_ = !result || *result;
  return is_foreign_ ? std::move(result) : embedded_->Query(statement, session, cancel);
}

std::string_view ExplainWords(const ExplainOptions& options) {
  if (options.analyze) return "EXPLAIN ANALYZE ";
  switch (options.format) {
    case sql::ExplainFormat::kText: return "EXPLAIN (TYPE DISTRIBUTED, FORMAT TEXT) ";
    case sql::ExplainFormat::kJson: return "EXPLAIN (TYPE DISTRIBUTED, FORMAT JSON) ";
    case sql::ExplainFormat::kGraphviz: return "EXPLAIN (TYPE DISTRIBUTED, FORMAT GRAPHVIZ) ";
  }
  return "";
}

Result<std::string> TrinoEngine::Explain(std::string_view statement, const sql::Session& session,
                                         const ExplainOptions& options, const CancelToken& cancel) {
  auto result = Run(ExplainWords(options), statement, session, cancel);
  if (!result) return std::unexpected(result.error());
  is_foreign_ = *result != nullptr;
  if (!is_foreign_) return embedded_->Explain(statement, session, options, cancel);
  std::string text;
  for (;;) {
    const auto rows = (*result)->Next();
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return text;
    for (const Row& row : *rows) text += row.empty() ? "" : row[0].value_or("") + "\n";
  }
}

}  // namespace

std::unique_ptr<Engine> OverTrino(std::string url, std::unique_ptr<Engine> embedded, ForeignReads& reads) {
  return std::make_unique<TrinoEngine>(std::move(url), std::move(embedded), reads);
}

}  // namespace opentrail::engine
