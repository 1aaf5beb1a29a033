#include "services/athena/statement.h"

#include "services/athena/errors.h"
#include "sql/parser.h"

namespace opentrail::services::athena {
namespace {

constexpr std::string_view kDdl = "DDL";
constexpr std::string_view kUtility = "UTILITY";

struct Names {
  std::string_view type, substatement;
};

Names NamesOf(const sql::CreateDatabase&) { return {kDdl, "CREATE_DATABASE"}; }
Names NamesOf(const sql::DropDatabase&) { return {kDdl, "DROP_DATABASE"}; }
Names NamesOf(const sql::AlterDatabase&) { return {kDdl, "ALTER_DATABASE"}; }
Names NamesOf(const sql::CreateTable&) { return {kDdl, "CREATE_TABLE"}; }
Names NamesOf(const sql::DropTable& drop) { return {kDdl, drop.is_view ? "DROP_VIEW" : "DROP_TABLE"}; }
Names NamesOf(const sql::AddPartitions&) { return {kDdl, "ALTER_TABLE_ADD_PARTITION"}; }
Names NamesOf(const sql::DropPartitions&) { return {kDdl, "ALTER_TABLE_DROP_PARTITION"}; }
Names NamesOf(const sql::RenamePartition&) { return {kDdl, "ALTER_TABLE_RENAME_PARTITION"}; }
Names NamesOf(const sql::SetLocation&) { return {kDdl, "ALTER_TABLE_SET_LOCATION"}; }
Names NamesOf(const sql::AddColumns&) { return {kDdl, "ALTER_TABLE_ADD_COLUMNS"}; }
Names NamesOf(const sql::ReplaceColumns&) { return {kDdl, "ALTER_TABLE_REPLACE_COLUMNS"}; }
Names NamesOf(const sql::ChangeColumn&) { return {kDdl, "ALTER_TABLE_CHANGE_COLUMN"}; }
Names NamesOf(const sql::SetTableProperties&) { return {kDdl, "ALTER_TABLE_SET_PROPERTIES"}; }
Names NamesOf(const sql::RepairTable&) { return {kDdl, "MSCK_REPAIR"}; }
Names NamesOf(const sql::ShowDatabases&) { return {kUtility, "SHOW_DATABASES"}; }
Names NamesOf(const sql::ShowTables& show) { return {kUtility, show.is_views ? "SHOW_VIEWS" : "SHOW_TABLES"}; }
Names NamesOf(const sql::ShowColumns&) { return {kUtility, "SHOW_COLUMNS"}; }
Names NamesOf(const sql::ShowPartitions&) { return {kUtility, "SHOW_PARTITIONS"}; }
Names NamesOf(const sql::ShowTableProperties&) { return {kUtility, "SHOW_TABLE_PROPERTIES"}; }
Names NamesOf(const sql::ShowCreate& show) {
  return {kUtility, show.is_view ? "SHOW_CREATE_VIEW" : "SHOW_CREATE_TABLE"};
}
Names NamesOf(const sql::Describe&) { return {kUtility, "DESCRIBE_TABLE"}; }

std::string Refusal(const sql::Error& error) {
  if (error.code != sql::ErrorCode::kSyntaxError || error.message.starts_with("FAILED")) return error.message;
  return "FAILED: ParseException " + error.message;
}

}  // namespace

AwsResult<ParsedStatement> ParseAthenaStatement(std::string_view query) {
  if (sql::IsDdl(query)) {
    auto ddl = sql::ParseDdl(query);
    if (!ddl) return ParsedStatement{kDdl, "", ".txt", std::nullopt, Refusal(ddl.error())};
    const Names names = std::visit([](const auto& node) { return NamesOf(node); }, *ddl);
    return ParsedStatement{names.type, names.substatement, ".txt", *std::move(ddl), ""};
  }
  if (const auto parsed = sql::ParseStatement(query); !parsed) {
    return InvalidRequest(kMalformedQuery, "{}", parsed.error().Text());
  }
  return ParsedStatement{"DML", "SELECT", ".csv", std::nullopt, ""};
}

}  // namespace opentrail::services::athena
