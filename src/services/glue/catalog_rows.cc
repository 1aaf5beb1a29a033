#include "services/glue/catalog_rows.h"

#include "codec/json_value.h"
#include "services/glue/trino_catalog.h"
#include "sql/text.h"

namespace opentrail::services::glue {
namespace {

Time TimeOf(int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

}  // namespace

std::string CatalogName(const Value& name) { return sql::LowerCase(name.Text()); }

std::unexpected<AwsError> EntityNotFound(std::string message) {
  return std::unexpected(AwsError{"EntityNotFoundException", std::move(message)});
}

std::unexpected<AwsError> InvalidInput(std::string message) {
  return std::unexpected(AwsError{"InvalidInputException", std::move(message)});
}

AwsStatus CheckCatalog(const Call& call) {
  const std::string_view catalog = call.input["CatalogId"].Text(call.account_id);
  if (catalog == call.account_id) return {};
  const std::string_view operation = call.operation->name;
  const bool reads = operation.starts_with("Get") || operation.starts_with("BatchGet");
  if (reads && IsTrinoCatalog(call)) return {};
  return EntityNotFound(fmt::format("Catalog {} not found.", catalog));
}

Value ErrorDetail(const AwsError& error) {
  return Value::Object({{"ErrorCode", error.code}, {"ErrorMessage", error.message}});
}

AwsResult<TokenPage> ListPage(const Call& call, int64_t default_limit) {
  auto page = TokenPage::Of(call, default_limit);
  if (!page) return InvalidInput("Invalid NextToken");
  return *std::move(page);
}

bool HasDatabase(store::Connection& state, const Call& call, std::string_view name) {
  store::Rows rows =
      state.Query("SELECT is_deleted FROM glue_database WHERE region = ? AND name = ?", call.region, name);
  return rows.Next() ? !rows.Boolean(0) : name == kDefaultDatabase;
}

Value Table::Describe(const Call& call) const {
  Value table = input;
  table.Set("Name", name);
  table.Set("DatabaseName", database);
  table.Set("CreateTime", created);
  table.Set("UpdateTime", updated);
  table.Set("CreatedBy", created_by);
  table.Set("IsRegisteredWithLakeFormation", false);
  table.Set("CatalogId", call.account_id);
  table.Set("VersionId", std::to_string(version));
  return table;
}

Table ReadTable(const store::Rows& rows) {
  auto document = codec::ParseJsonValue(rows.Text(3));
  return {.id = rows.Integer(0),
          .database = std::string(rows.Text(1)),
          .name = std::string(rows.Text(2)),
          .input = document ? std::move(*document) : Value::Object(),
          .version = rows.Integer(4),
          .created = TimeOf(rows.Integer(5)),
          .updated = TimeOf(rows.Integer(6)),
          .created_by = std::string(rows.Text(7))};
}

std::optional<Table> FindTable(store::Connection& state, const Call& call, std::string_view database,
                               std::string_view name) {
  store::Rows rows = state.Query(
      fmt::format("SELECT {} FROM glue_table WHERE region = ? AND database_name = ? AND name = ?", kTableColumns),
      call.region, database, name);
  return rows.Next() ? std::optional(ReadTable(rows)) : std::nullopt;
}

AwsResult<Table> GetTableOf(store::Connection& state, const Call& call, std::string_view member) {
  if (AwsStatus status = CheckCatalog(call); !status) return std::unexpected(std::move(status.error()));
  const std::string database = CatalogName(call.input["DatabaseName"]);
  if (!HasDatabase(state, call, database)) return EntityNotFound(fmt::format("Database {} not found.", database));
  auto table = FindTable(state, call, database, StoredName(call, call.input[member].Text()));
  if (!table) return EntityNotFound("Entity Not Found");
  return *std::move(table);
}

}  // namespace opentrail::services::glue
