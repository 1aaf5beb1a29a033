#include "services/athena/statement.h"

#include "services/athena/errors.h"
#include "sql/parameters.h"
#include "sql/parser.h"
#include "sql/write_statement.h"

namespace opentrail::services::athena {
namespace {

constexpr std::string_view kDdl = "DDL";
constexpr std::string_view kDml = "DML";
constexpr std::string_view kUtility = "UTILITY";
constexpr std::string_view kCsv = ".csv";
constexpr std::string_view kText = ".txt";

// What the kind of a statement alone says of it.
struct Shape {
  std::string_view type, substatement;
  std::string_view extension = kText;
};

ParsedStatement Make(const Shape& shape) {
  ParsedStatement statement;
  statement.type = shape.type;
  statement.substatement = shape.substatement;
  statement.extension = shape.extension;
  return statement;
}

Shape ShapeOf(const sql::CreateDatabase&) { return {kDdl, "CREATE_DATABASE"}; }
Shape ShapeOf(const sql::DropDatabase&) { return {kDdl, "DROP_DATABASE"}; }
Shape ShapeOf(const sql::AlterDatabase&) { return {kDdl, "ALTER_DATABASE"}; }
Shape ShapeOf(const sql::CreateTable&) { return {kDdl, "CREATE_TABLE"}; }
Shape ShapeOf(const sql::DropTable& drop) { return {kDdl, drop.is_view ? "DROP_VIEW" : "DROP_TABLE"}; }
Shape ShapeOf(const sql::AddPartitions&) { return {kDdl, "ALTER_TABLE_ADD_PARTITION"}; }
Shape ShapeOf(const sql::DropPartitions&) { return {kDdl, "ALTER_TABLE_DROP_PARTITION"}; }
Shape ShapeOf(const sql::RenamePartition&) { return {kDdl, "ALTER_TABLE_RENAME_PARTITION"}; }
Shape ShapeOf(const sql::SetLocation&) { return {kDdl, "ALTER_TABLE_SET_LOCATION"}; }
Shape ShapeOf(const sql::AddColumns&) { return {kDdl, "ALTER_TABLE_ADD_COLUMNS"}; }
Shape ShapeOf(const sql::ReplaceColumns&) { return {kDdl, "ALTER_TABLE_REPLACE_COLUMNS"}; }
Shape ShapeOf(const sql::ChangeColumn&) { return {kDdl, "ALTER_TABLE_CHANGE_COLUMN"}; }
Shape ShapeOf(const sql::SetTableProperties&) { return {kDdl, "ALTER_TABLE_SET_PROPERTIES"}; }
Shape ShapeOf(const sql::RepairTable&) { return {kDdl, "MSCK_REPAIR"}; }
Shape ShapeOf(const sql::ShowDatabases&) { return {kUtility, "SHOW_DATABASES"}; }
Shape ShapeOf(const sql::ShowTables& show) { return {kUtility, show.is_views ? "SHOW_VIEWS" : "SHOW_TABLES"}; }
Shape ShapeOf(const sql::ShowColumns&) { return {kUtility, "SHOW_COLUMNS"}; }
Shape ShapeOf(const sql::ShowPartitions&) { return {kUtility, "SHOW_PARTITIONS"}; }
Shape ShapeOf(const sql::ShowTableProperties&) { return {kUtility, "SHOW_TABLE_PROPERTIES"}; }
Shape ShapeOf(const sql::ShowCreate& show) {
  return {kUtility, show.is_view ? "SHOW_CREATE_VIEW" : "SHOW_CREATE_TABLE"};
}
Shape ShapeOf(const sql::Describe&) { return {kUtility, "DESCRIBE_TABLE"}; }

Shape ShapeOf(const sql::CreateView&) { return {kDdl, "CREATE_VIEW"}; }
Shape ShapeOf(const sql::Prepare&) { return {kDdl, "PREPARE"}; }
Shape ShapeOf(const sql::Deallocate&) { return {kDdl, "DEALLOCATE"}; }
Shape ShapeOf(const sql::Execute&) { return {kDml, "EXECUTE", kCsv}; }
Shape ShapeOf(const sql::Explain&) { return {kDml, "EXPLAIN"}; }
Shape ShapeOf(const sql::ShowFunctions&) { return {kUtility, "SHOW_FUNCTIONS", kCsv}; }
Shape ShapeOf(const sql::ModifyRows& modify) {
  switch (modify.kind) {
    case sql::ModifyRows::Kind::kDelete: return {kDml, "DELETE", kCsv};
    case sql::ModifyRows::Kind::kUpdate: return {kDml, "UPDATE", kCsv};
    case sql::ModifyRows::Kind::kMerge: break;
  }
  return {kDml, "MERGE", kCsv};
}

std::string Refusal(const sql::Error& error) {
  if (error.code != sql::ErrorCode::kSyntaxError || error.message.starts_with("FAILED")) return error.message;
  return "FAILED: ParseException " + error.message;
}

// What a command holds is refused at once, too.
AwsStatus CheckInner(const sql::CreateView& create) {
  const auto parsed = sql::ParseStatement(create.query);
  return parsed ? AwsStatus() : InvalidRequest(kMalformedQuery, "{}", parsed.error().Text());
}
AwsStatus CheckInnerText(const std::string& text) {
  const auto inner = ParseAthenaStatement(text);
  if (!inner) return std::unexpected(inner.error());
  if (inner->query.empty())
    return InvalidRequest(kMalformedQuery, "Statements of this kind cannot stand inside another");
  return {};
}
AwsStatus CheckInner(const sql::Prepare& prepare) { return CheckInnerText(prepare.statement); }
AwsStatus CheckInner(const sql::Explain& explain) { return CheckInnerText(explain.statement); }
template <typename Other>
AwsStatus CheckInner(const Other& /*other*/) {
  return {};
}

AwsResult<ParsedStatement> ParseAthenaCommand(std::string_view query) {
  auto command = sql::ParseCommand(query);
  if (!command) return InvalidRequest(kMalformedQuery, "{}", command.error().Text());
  AwsStatus inner = std::visit([](const auto& node) { return CheckInner(node); }, *command);
  if (!inner) return std::unexpected(std::move(inner.error()));
  ParsedStatement statement = Make(std::visit([](const auto& node) { return ShapeOf(node); }, *command));
  statement.command = *std::move(command);
  return statement;
}

Shape ShapeOf(const sql::CreateTableAs&) { return {kDdl, "CREATE_TABLE_AS_SELECT", ""}; }
Shape ShapeOf(const sql::InsertInto&) { return {kDml, "INSERT", ""}; }
Shape ShapeOf(const sql::Unload&) { return {kDml, "UNLOAD", ""}; }

AwsResult<ParsedStatement> ParseAthenaWrite(std::string_view query) {
  const auto parsed = sql::ParseWriteStatement(query);
  if (!parsed) return InvalidRequest(kMalformedQuery, "{}", parsed.error().Text());
  ParsedStatement statement = Make(std::visit([](const auto& node) { return ShapeOf(node); }, *parsed));
  statement.query = query;
  statement.is_write = true;
  return statement;
}

}  // namespace

AwsResult<ParsedStatement> ParseAthenaStatement(std::string_view query) {
  if (sql::IsDdl(query)) {
    auto ddl = sql::ParseDdl(query);
    ParsedStatement statement =
        Make(ddl ? std::visit([](const auto& node) { return ShapeOf(node); }, *ddl) : Shape{kDdl, ""});
    if (ddl) statement.ddl = *std::move(ddl);
    if (!ddl) statement.refusal = Refusal(ddl.error());
    return statement;
  }
  if (sql::IsCommand(query)) return ParseAthenaCommand(query);
  if (sql::IsWriteStatement(query)) return ParseAthenaWrite(query);
  if (const auto parsed = sql::ParseStatement(query); !parsed) {
    return InvalidRequest(kMalformedQuery, "{}", parsed.error().Text());
  }
  ParsedStatement statement = Make({kDml, "SELECT", kCsv});
  statement.query = query;
  return statement;
}

AwsResult<ParsedStatement> BindStatement(ParsedStatement statement, std::span<const std::string> values) {
  const bool keeps_parameters = statement.command && std::holds_alternative<sql::Prepare>(*statement.command);
  std::string* text = &statement.query;
  if (statement.command) {
    if (auto* explain = std::get_if<sql::Explain>(&*statement.command)) text = &explain->statement;
    if (auto* view = std::get_if<sql::CreateView>(&*statement.command)) text = &view->query;
  }
  if (keeps_parameters && values.empty()) return statement;
  auto bound = sql::BindParameters(*text, values);
  if (!bound) return InvalidRequest(kInvalidParameters, "{}", bound.error().message);
  *text = *std::move(bound);
  return statement;
}

}  // namespace opentrail::services::athena
