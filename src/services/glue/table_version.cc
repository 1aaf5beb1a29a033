#include <charconv>

#include "codec/json_value.h"
#include "services/glue/catalog_rows.h"
#include "services/glue/handlers.h"

// https://docs.aws.amazon.com/glue/latest/webapi/API_TableVersion.html
namespace opentrail::services::glue {
namespace {

// The table as it was.
Table AsOf(const Table& table, int64_t version, std::string_view document, int64_t updated) {
  Table old = table;
  auto input = codec::ParseJsonValue(document);
  old.input = input ? std::move(*input) : Value::Object();
  old.version = version;
  old.updated = Time(std::chrono::milliseconds(updated));
  return old;
}

Value Describe(const Call& call, const Table& table) {
  return Value::Object({{"Table", table.Describe(call)}, {"VersionId", std::to_string(table.version)}});
}

std::optional<int64_t> ReadVersion(std::string_view text) {
  int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(version) : std::nullopt;
}

}  // namespace

AwsResult<Reply> GetTableVersion(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  const std::string_view wanted = call.input["VersionId"].Text();
  const auto version = wanted.empty() ? std::optional(table->version) : ReadVersion(wanted);
  if (version == table->version) return Reply{.output = Value::Object({{"TableVersion", Describe(call, *table)}})};
  store::Rows rows = state.Query("SELECT document, updated FROM glue_table_version WHERE table_id = ? AND version = ?",
                                 table->id, version);
  if (!rows.Next()) return EntityNotFound("Entity Not Found");
  return Reply{.output = Value::Object(
                   {{"TableVersion", Describe(call, AsOf(*table, *version, rows.Text(0), rows.Integer(1)))}})};
}

// The newest first.
AwsResult<Reply> GetTableVersions(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  auto page = ListPage(call);
  if (!page) return std::unexpected(std::move(page.error()));
  const auto before = ReadVersion(page->after());
  bool has_room = before.has_value() || page->Add(Describe(call, *table), std::to_string(table->version));
  store::Rows rows = state.Query(
      "SELECT version, document, updated FROM glue_table_version WHERE table_id = ? AND version < ? ORDER BY version "
      "DESC LIMIT ?",
      table->id, before.value_or(table->version), page->rows());
  while (has_room && rows.Next()) {
    has_room = page->Add(Describe(call, AsOf(*table, rows.Integer(0), rows.Text(1), rows.Integer(2))),
                         std::to_string(rows.Integer(0)));
  }
  return Reply{.output = page->Finish("TableVersions")};
}

AwsResult<Reply> DeleteTableVersion(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  const int64_t removed = state.Execute("DELETE FROM glue_table_version WHERE table_id = ? AND version = ?", table->id,
                                        ReadVersion(call.input["VersionId"].Text()));
  if (removed == 0) return EntityNotFound("Entity Not Found");
  return Reply{};
}

}  // namespace opentrail::services::glue
