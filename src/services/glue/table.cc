#include <exception>
#include <optional>

#include "codec/json_value.h"
#include "engine/functions/regexp_pattern.h"
#include "services/glue/catalog_rows.h"
#include "services/glue/handlers.h"
#include "services/glue/trino_catalog.h"

// https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html
namespace opentrail::services::glue {
namespace {

constexpr int64_t kMaxTables = 200'000;

// Expression of GetTables: a regular expression for the whole name.
class NameFilter {
 public:
  static AwsResult<NameFilter> Of(const Value& expression) {
    NameFilter filter;
    if (!expression.IsString()) return filter;
    try {
      filter.pattern_ = std::make_unique<engine::RegexpPattern>(fmt::format("^(?:{})$", expression.Text()));
    } catch (const std::exception&) {
      return InvalidInput(fmt::format("Invalid expression {}", expression.Text()));
    }
    return filter;
  }
  // Also false where the pattern needs more steps than it is given.
  [[nodiscard]] bool Matches(std::string_view name) {
    try {
      return !pattern_ || pattern_->Search(name, 0);
    } catch (const std::exception&) {
      return false;
    }
  }

 private:
  std::unique_ptr<engine::RegexpPattern> pattern_;
};

AwsResult<std::string> GetDatabaseName(store::Connection& state, const Call& call) {
  if (AwsStatus status = CheckCatalog(call); !status) return std::unexpected(std::move(status.error()));
  std::string database = CatalogName(call.input["DatabaseName"]);
  if (!HasDatabase(state, call, database)) return EntityNotFound(fmt::format("Database {} not found.", database));
  return database;
}

}  // namespace

AwsResult<Reply> CreateTable(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto database = GetDatabaseName(state, call);
  if (!database) return std::unexpected(database.error());
  const Value& input = call.input["TableInput"];
  if (!input.IsObject()) return InvalidInput("TableInput is missing");
  const std::string name = CatalogName(input["Name"]);
  if (FindTable(state, call, *database, name)) return AwsFailure("AlreadyExistsException", "Table already exists.");
  store::Rows count =
      state.Query("SELECT count(*) FROM glue_table WHERE region = ? AND database_name = ?", call.region, *database);
  if (count.Next() && count.Integer(0) >= kMaxTables) {
    return AwsFailure("ResourceNumberLimitExceededException", "Number of tables has reached {}", kMaxTables);
  }
  const int64_t now = call.now.time_since_epoch().count();
  state.Execute(
      "INSERT INTO glue_table(region, database_name, name, document, version, created, updated, created_by) VALUES(?, "
      "?, ?, ?, 0, ?, ?, ?)",
      call.region, *database, name, codec::WriteJson(input), now, now, call.principal.arn);
  return Reply{};
}

AwsResult<Reply> GetTable(Call& call, store::Transaction& transaction) {
  const auto table = GetTableOf(transaction.connection(), call, "Name");
  if (!table) return std::unexpected(table.error());
  auto offered = OfferedTable(call, *table, call.input["Name"].Text());
  if (!offered) return EntityNotFound("Entity Not Found");
  return Reply{.output = Value::Object({{"Table", *std::move(offered)}})};
}

AwsResult<Reply> GetTables(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto database = GetDatabaseName(state, call);
  if (!database) return std::unexpected(database.error());
  auto filter = NameFilter::Of(call.input["Expression"]);
  if (!filter) return std::unexpected(std::move(filter.error()));
  auto page = ListPage(call);
  if (!page) return std::unexpected(std::move(page.error()));
  store::Rows rows = state.Query(
      fmt::format("SELECT {} FROM glue_table WHERE region = ? AND database_name = ? AND name > ? ORDER BY name",
                  kTableColumns),
      call.region, *database, page->after());
  while (rows.Next()) {
    if (!filter->Matches(rows.Text(2))) continue;
    if (!page->Add(OfferedTable(call, ReadTable(rows), rows.Text(2)).value_or(Value()), rows.Text(2))) break;
  }
  return Reply{.output = page->Finish("TableList")};
}

// What was before is kept as a version, unless it is not wanted.
AwsResult<Reply> UpdateTable(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto database = GetDatabaseName(state, call);
  if (!database) return std::unexpected(database.error());
  const Value& input = call.input["TableInput"];
  const std::string name = CatalogName(call.input.Has("Name") ? call.input["Name"] : input["Name"]);
  const auto table = FindTable(state, call, *database, name);
  if (!table) return EntityNotFound(fmt::format("Table {} not found.", name));
  if (const std::string_view version = call.input["VersionId"].Text();
      !version.empty() && version != std::to_string(table->version)) {
    return AwsFailure("ConcurrentModificationException", "Update table failed due to concurrent modifications.");
  }
  const std::string new_name = CatalogName(input["Name"]);
  if (new_name != name && FindTable(state, call, *database, new_name)) {
    return AwsFailure("AlreadyExistsException", "Table already exists.");
  }
  if (!call.input["SkipArchive"].Boolean()) {
    state.Execute("INSERT INTO glue_table_version(table_id, version, document, updated) VALUES(?, ?, ?, ?)", table->id,
                  table->version, codec::WriteJson(table->input), table->updated.time_since_epoch().count());
  }
  state.Execute("UPDATE glue_table SET name = ?, document = ?, version = version + 1, updated = ? WHERE id = ?",
                new_name, codec::WriteJson(input), call.now.time_since_epoch().count(), table->id);
  return Reply{};
}

AwsResult<Reply> DeleteTable(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call, "Name");
  if (!table) return std::unexpected(table.error());
  state.Execute("DELETE FROM glue_table WHERE id = ?", table->id);
  return Reply{};
}

AwsResult<Reply> BatchDeleteTable(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto database = GetDatabaseName(state, call);
  if (!database) return std::unexpected(database.error());
  Value errors = Value::List();
  for (const Value& name : call.input["TablesToDelete"].elements()) {
    const auto table = FindTable(state, call, *database, CatalogName(name));
    if (table) {
      state.Execute("DELETE FROM glue_table WHERE id = ?", table->id);
    } else {
      errors.Append(Value::Object(
          {{"TableName", name}, {"ErrorDetail", ErrorDetail(EntityNotFound("Table not found").error())}}));
    }
  }
  return Reply{.output = Value::Object({{"Errors", std::move(errors)}})};
}

}  // namespace opentrail::services::glue
