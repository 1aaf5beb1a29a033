#include "services/athena/ddl_context.h"
#include "services/athena/ddl_text.h"
#include "services/athena/glue_table.h"
#include "services/athena/result_file.h"
#include "services/glue/presto_view.h"

// https://docs.aws.amazon.com/athena/latest/ug/show-tables.html
namespace opentrail::services::athena {
namespace {

TextOutcome DescribeView(const Value& table) {
  const auto view = glue::ReadPrestoView(table);
  if (!view) return DdlFailed(fmt::format("INVALID_VIEW: {}", view.error().message));
  TextResult result;
  result.columns = Value::List({HiveColumnInfo("column"), HiveColumnInfo("type")});
  for (const catalog::ViewColumn& column : view->columns) {
    if (!result.text.empty()) result.text += '\n';
    result.text += fmt::format("{:<20}\t{}", column.name, column.type);
  }
  return result;
}

// The place of a column's or a field's type in a Hive type is told with the name as it was asked.
TextOutcome DescribeColumn(const Value& table, const std::string& path) {
  for (const Value* columns : {&table["StorageDescriptor"]["Columns"], &table["PartitionKeys"]}) {
    for (const Value& column : columns->elements()) {
      if (column["Name"].Text() != path) continue;
      return DdlRows("col_name", DescribeRow(path, column["Type"].Text(), column["Comment"].Text("from deserializer")));
    }
  }
  return DdlFailed(fmt::format("{}cannot find field {} from its table", kDdlTaskError, path));
}

}  // namespace

TextOutcome Run(DdlContext& context, const sql::ShowDatabases& show) {
  const auto databases = context.ListAll("GetDatabases", "DatabaseList", Value::Object());
  if (!databases) return DdlTaskFailed(databases.error());
  return DdlRows("database_name", NamesText(*databases, show.pattern));
}

TextOutcome Run(DdlContext& context, const sql::ShowTables& show) {
  const std::string& database = show.database ? *show.database : context.database();
  auto tables = context.ListAll("GetTables", "TableList", Value::Object({{"DatabaseName", database}}));
  if (!tables && tables.error().code == "EntityNotFoundException") return NoSuchDatabase(database);
  if (!tables) return DdlTaskFailed(tables.error());
  if (show.is_views) std::erase_if(tables->mutable_elements(), [](const Value& table) { return !IsView(table); });
  return DdlRows(show.is_views ? "views" : "tab_name", NamesText(*tables, show.pattern));
}

TextOutcome Run(DdlContext& context, const sql::ShowColumns& show) {
  const auto table = context.FindTable(show.table);
  if (!table) return std::unexpected(table.error());
  return DdlRows("field", ColumnNamesText(*table));
}

TextOutcome Run(DdlContext& context, const sql::ShowPartitions& show) {
  const auto table = context.FindTable(show.table);
  if (!table) return std::unexpected(table.error());
  if ((*table)["PartitionKeys"].elements().empty()) {
    return DdlFailed(fmt::format("{}Table {} is not a partitioned table", kDdlTaskError, show.table.name));
  }
  const auto partitions = context.ListAll("GetPartitions", "Partitions", context.KeyOf(show.table));
  if (!partitions) return DdlTaskFailed(partitions.error());
  return DdlRows("partition", PartitionsText(*table, *partitions));
}

TextOutcome Run(DdlContext& context, const sql::ShowTableProperties& show) {
  const auto table = context.FindTable(show.table);
  if (!table) return std::unexpected(table.error());
  TextResult result{.text = PropertiesText(*table, show.key)};
  result.columns = Value::List({HiveColumnInfo("prpt_name"), HiveColumnInfo("prpt_value")});
  return result;
}

TextOutcome Run(DdlContext& context, const sql::ShowCreate& show) {
  const auto table = context.FindTable(show.table);
  if (!table) return std::unexpected(table.error());
  if (IsView(*table) != show.is_view) {
    return DdlFailed(fmt::format("FAILED: SemanticException [Error 10001]: {} {}.{} is a {}",
                                 show.is_view ? "View" : "Table", context.DatabaseOf(show.table), show.table.name,
                                 show.is_view ? "table" : "view"));
  }
  if (!show.is_view) return DdlRows("createtab_stmt", CreateTableText(*table));
  const auto view = glue::ReadPrestoView(*table);
  if (!view) return DdlFailed(fmt::format("INVALID_VIEW: {}", view.error().message));
  TextResult result{
      .text = fmt::format("CREATE VIEW {}.{} AS \n{}", context.DatabaseOf(show.table), show.table.name, view->sql)};
  result.columns = Value::List({ColumnInfo("create view", sql::Type::Varchar())});
  return result;
}

TextOutcome Run(DdlContext& context, const sql::Describe& describe) {
  const auto table = context.FindTable(describe.table);
  if (!table) return std::unexpected(table.error());
  if (IsView(*table)) return DescribeView(*table);
  if (describe.column) return DescribeColumn(*table, *describe.column);
  TextResult result{.text = DescribeText(*table, describe.form)};
  result.columns = Value::List({HiveColumnInfo("col_name"), HiveColumnInfo("data_type"), HiveColumnInfo("comment")});
  return result;
}

}  // namespace opentrail::services::athena
