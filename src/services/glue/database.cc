#include "codec/json_value.h"
#include "services/glue/catalog_rows.h"
#include "services/glue/handlers.h"
#include "services/iam/account.h"

// https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-databases.html
namespace opentrail::services::glue {
namespace {

constexpr int64_t kMaxDatabases = 10'000;

Value DescribeDatabase(const Call& call, std::string_view name, std::string_view document, int64_t created) {
  auto input = codec::ParseJsonValue(document);
  Value database = input ? std::move(*input) : Value::Object();
  database.Set("Name", name);
  database.Set("CreateTime", Time(std::chrono::milliseconds(created)));
  database.Set("CatalogId", call.account_id);
  if (!database.Has("CreateTableDefaultPermissions")) {
    database.Set("CreateTableDefaultPermissions",
                 Value::List({Value::Object(
                     {{"Principal", Value::Object({{"DataLakePrincipalIdentifier", "IAM_ALLOWED_PRINCIPALS"}})},
                      {"Permissions", Value::List({"ALL"})}})}));
  }
  return database;
}

// What stands in a region before anyone made it.
Value DescribeDefault(const Call& call, store::Connection& state) {
  return DescribeDatabase(call, kDefaultDatabase, "{}", iam::AccountCreated(state).time_since_epoch().count());
}

std::unexpected<AwsError> NoSuchDatabase(std::string_view name) {
  return EntityNotFound(fmt::format("Database {} not found.", name));
}

void WriteDatabase(store::Connection& state, const Call& call, std::string_view name, const Value& input) {
  state.Execute(
      "INSERT INTO glue_database(region, name, document, created) VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
      "document = excluded.document, created = iif(is_deleted, excluded.created, created), is_deleted = 0",
      call.region, name, codec::WriteJson(input), call.now.time_since_epoch().count());
}

}  // namespace

AwsResult<Reply> CreateDatabase(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (AwsStatus status = CheckCatalog(call); !status) return std::unexpected(std::move(status.error()));
  const Value& input = call.input["DatabaseInput"];
  const std::string name = CatalogName(input["Name"]);
  if (HasDatabase(state, call, name)) return AwsFailure("AlreadyExistsException", "Database already exists.");
  store::Rows count = state.Query("SELECT count(*) FROM glue_database WHERE region = ?", call.region);
  if (count.Next() && count.Integer(0) >= kMaxDatabases) {
    return AwsFailure("ResourceNumberLimitExceededException", "Number of databases has reached {}", kMaxDatabases);
  }
  WriteDatabase(state, call, name, input);
  return Reply{};
}

AwsResult<Reply> UpdateDatabase(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (AwsStatus status = CheckCatalog(call); !status) return std::unexpected(std::move(status.error()));
  const std::string name = CatalogName(call.input["Name"]);
  if (!HasDatabase(state, call, name)) return NoSuchDatabase(name);
  if (CatalogName(call.input["DatabaseInput"]["Name"]) != name) {
    return InvalidInput("A database cannot be renamed");
  }
  WriteDatabase(state, call, name, call.input["DatabaseInput"]);
  return Reply{};
}

AwsResult<Reply> GetDatabase(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (AwsStatus status = CheckCatalog(call); !status) return std::unexpected(std::move(status.error()));
  const std::string name = CatalogName(call.input["Name"]);
  if (!HasDatabase(state, call, name)) return NoSuchDatabase(name);
  store::Rows rows =
      state.Query("SELECT document, created FROM glue_database WHERE region = ? AND name = ?", call.region, name);
  Value database =
      rows.Next() ? DescribeDatabase(call, name, rows.Text(0), rows.Integer(1)) : DescribeDefault(call, state);
  return Reply{.output = Value::Object({{"Database", std::move(database)}})};
}

AwsResult<Reply> GetDatabases(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (AwsStatus status = CheckCatalog(call); !status) return std::unexpected(std::move(status.error()));
  auto page = ListPage(call);
  if (!page) return std::unexpected(std::move(page.error()));
  const bool has_row =
      state.Query("SELECT 1 FROM glue_database WHERE region = ? AND name = ?", call.region, kDefaultDatabase).Next();
  bool default_due = !has_row && page->after() < kDefaultDatabase;
  bool has_room = true;
  store::Rows rows = state.Query(
      "SELECT name, document, created FROM glue_database WHERE region = ? AND name > ? AND NOT is_deleted ORDER BY "
      "name "
      "LIMIT ?",
      call.region, page->after(), page->rows());
  while (has_room && rows.Next()) {
    if (default_due && kDefaultDatabase < rows.Text(0)) {
      default_due = false;
      has_room = page->Add(DescribeDefault(call, state), kDefaultDatabase);
    }
    if (has_room) {
      has_room = page->Add(DescribeDatabase(call, rows.Text(0), rows.Text(1), rows.Integer(2)), rows.Text(0));
    }
  }
  if (has_room && default_due) (void)page->Add(DescribeDefault(call, state), kDefaultDatabase);
  return Reply{.output = page->Finish("DatabaseList")};
}

AwsResult<Reply> DeleteDatabase(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (AwsStatus status = CheckCatalog(call); !status) return std::unexpected(std::move(status.error()));
  const std::string name = CatalogName(call.input["Name"]);
  if (!HasDatabase(state, call, name)) return NoSuchDatabase(name);
  state.Execute("DELETE FROM glue_table WHERE region = ? AND database_name = ?", call.region, name);
  if (name == kDefaultDatabase) {
    state.Execute(
        "INSERT INTO glue_database(region, name, document, created, is_deleted) VALUES(?, ?, '{}', 0, 1) ON CONFLICT "
        "DO UPDATE SET is_deleted = 1",
        call.region, name);
  } else {
    state.Execute("DELETE FROM glue_database WHERE region = ? AND name = ?", call.region, name);
  }
  return Reply{};
}

}  // namespace opentrail::services::glue
