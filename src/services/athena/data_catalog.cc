#include "services/athena/caller_calls.h"
#include "services/athena/errors.h"
#include "services/athena/handlers.h"
#include "services/athena/workgroup.h"
#include "sql/text.h"

// The one catalog, AWS Glue's, as Athena shows it.
// https://docs.aws.amazon.com/athena/latest/ug/understanding-tables-databases-and-the-data-catalog.html
namespace opentrail::services::athena {
namespace {

constexpr std::string_view kCatalog = "AwsDataCatalog";

AwsStatus CheckCatalog(const Call& call, std::string_view member) {
  const std::string_view name = call.input[member].Text();
  if (sql::LowerCase(name) == sql::LowerCase(kCatalog)) return {};
  return InvalidRequest(kInvalidInput, "Catalog {} was not found", name);
}

// A call of Glue for the caller; what Glue refuses is a MetadataException.
AwsResult<Reply> AskGlue(AthenaService& service, const Call& call, store::Transaction& transaction,
                         std::string_view operation, Value input) {
  if (AwsStatus status = CheckCatalog(call, "CatalogName"); !status) return std::unexpected(std::move(status.error()));
  const Caller caller{call.account_id, call.region, call.principal};
  auto reply = service.environment().inside.Invoke(transaction, CallAs(caller, "glue", operation, std::move(input)));
  if (!reply) return MetadataFailure(reply.error(), call.request_id);
  return reply;
}

Value Page(const Call& call, Value input) {
  input.SetIfPresent("MaxResults", call.input["MaxResults"]);
  input.SetIfPresent("NextToken", call.input["NextToken"]);
  return input;
}

Value DatabaseOf(const Value& glue) {
  Value database = Value::Object({{"Name", glue["Name"]}});
  database.SetIfPresent("Description", glue["Description"]);
  database.SetIfPresent("Parameters", glue["Parameters"]);
  return database;
}

Value ColumnsOf(const Value& glue) {
  Value columns = Value::List();
  for (const Value& column : glue.elements()) {
    Value& added = columns.Append(Value::Object({{"Name", column["Name"]}})).mutable_elements().back();
    added.SetIfPresent("Type", column["Type"]);
    added.SetIfPresent("Comment", column["Comment"]);
  }
  return columns;
}

// Athena tells what Glue keeps of the storage as parameters.
Value ParametersOf(const Value& table) {
  Value parameters = table["Parameters"].IsNull() ? Value::Object() : table["Parameters"];
  const Value& storage = table["StorageDescriptor"];
  parameters.SetIfPresent("inputformat", storage["InputFormat"]);
  parameters.SetIfPresent("location", storage["Location"]);
  parameters.SetIfPresent("outputformat", storage["OutputFormat"]);
  for (const Value::Member& each : storage["SerdeInfo"]["Parameters"].members()) {
    parameters.Set("serde.param." + each.name, each.value);
  }
  parameters.SetIfPresent("serde.serialization.lib", storage["SerdeInfo"]["SerializationLibrary"]);
  return parameters;
}

Value TableOf(const Value& glue) {
  Value table = Value::Object({{"Name", glue["Name"]}});
  table.SetIfPresent("CreateTime", glue["CreateTime"]);
  table.SetIfPresent("LastAccessTime", glue["LastAccessTime"]);
  table.SetIfPresent("TableType", glue["TableType"]);
  table.Set("Columns", ColumnsOf(glue["StorageDescriptor"]["Columns"]));
  table.Set("PartitionKeys", ColumnsOf(glue["PartitionKeys"]));
  table.Set("Parameters", ParametersOf(glue));
  return table;
}

}  // namespace

AwsResult<Reply> ListDataCatalogs(AthenaService& /*service*/, Call& /*call*/, store::Transaction& /*transaction*/) {
  return Reply{
      .output = Value::Object(
          {{"DataCatalogsSummary", Value::List({Value::Object({{"CatalogName", kCatalog}, {"Type", "GLUE"}})})}})};
}

AwsResult<Reply> GetDataCatalog(AthenaService& /*service*/, Call& call, store::Transaction& /*transaction*/) {
  if (AwsStatus status = CheckCatalog(call, "Name"); !status) return std::unexpected(std::move(status.error()));
  return Reply{
      .output = Value::Object(
          {{"DataCatalog", Value::Object({{"Name", kCatalog},
                                          {"Type", "GLUE"},
                                          {"Parameters", Value::Object({{"catalog-id", call.account_id}})}})}})};
}

AwsResult<Reply> ListDatabases(AthenaService& service, Call& call, store::Transaction& transaction) {
  auto reply = AskGlue(service, call, transaction, "GetDatabases", Page(call, Value::Object()));
  if (!reply) return reply;
  Value databases = Value::List();
  for (const Value& database : reply->output["DatabaseList"].elements()) databases.Append(DatabaseOf(database));
  Reply listed{.output = Value::Object({{"DatabaseList", std::move(databases)}})};
  listed.output.SetIfPresent("NextToken", reply->output["NextToken"]);
  return listed;
}

AwsResult<Reply> GetDatabase(AthenaService& service, Call& call, store::Transaction& transaction) {
  auto reply =
      AskGlue(service, call, transaction, "GetDatabase", Value::Object({{"Name", call.input["DatabaseName"]}}));
  if (!reply) return reply;
  return Reply{.output = Value::Object({{"Database", DatabaseOf(reply->output["Database"])}})};
}

AwsResult<Reply> ListTableMetadata(AthenaService& service, Call& call, store::Transaction& transaction) {
  Value input = Page(call, Value::Object({{"DatabaseName", call.input["DatabaseName"]}}));
  input.SetIfPresent("Expression", call.input["Expression"]);
  auto reply = AskGlue(service, call, transaction, "GetTables", std::move(input));
  if (!reply) return reply;
  Value tables = Value::List();
  for (const Value& table : reply->output["TableList"].elements()) tables.Append(TableOf(table));
  Reply listed{.output = Value::Object({{"TableMetadataList", std::move(tables)}})};
  listed.output.SetIfPresent("NextToken", reply->output["NextToken"]);
  return listed;
}

AwsResult<Reply> GetTableMetadata(AthenaService& service, Call& call, store::Transaction& transaction) {
  auto reply =
      AskGlue(service, call, transaction, "GetTable",
              Value::Object({{"DatabaseName", call.input["DatabaseName"]}, {"Name", call.input["TableName"]}}));
  if (!reply) return reply;
  return Reply{.output = Value::Object({{"TableMetadata", TableOf(reply->output["Table"])}})};
}

AwsResult<Reply> ListEngineVersions(AthenaService& /*service*/, Call& /*call*/, store::Transaction& /*transaction*/) {
  Value versions = Value::List();
  for (const std::string_view selected : {std::string_view("AUTO"), kEngineVersion}) {
    versions.Append(Value::Object({{"SelectedEngineVersion", selected}, {"EffectiveEngineVersion", kEngineVersion}}));
  }
  return Reply{.output = Value::Object({{"EngineVersions", std::move(versions)}})};
}

}  // namespace opentrail::services::athena
