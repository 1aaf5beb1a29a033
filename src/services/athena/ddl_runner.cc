#include "services/athena/ddl_runner.h"

#include <algorithm>

#include "services/athena/ddl_text.h"
#include "services/athena/glue_table.h"
#include "services/athena/result_file.h"

namespace opentrail::services::athena {
namespace {

// https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
constexpr int kCategory = 1;
constexpr int kDdlTask = 1003;
constexpr int kTableMissing = 1110;
constexpr const char* kDdlTaskError =
    "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. ";

std::unexpected<Failure> Failed(std::string message, int type = kDdlTask) {
  return std::unexpected(Failure{std::move(message), kCategory, type});
}

std::unexpected<Failure> TaskFailed(const AwsError& error) {
  const std::string kind = error.code == "AlreadyExistsException" || error.code == "EntityNotFoundException"
                               ? error.code
                               : std::string("MetaException");
  return Failed(fmt::format("{}{}(message:{})", kDdlTaskError, kind, error.message));
}

std::unexpected<Failure> NotSupported(std::string_view what) {
  return std::unexpected(Failure{fmt::format("NOT_SUPPORTED: {} is not supported yet", what), 2, 1200});
}

// Runs statements one after the other against Glue. One for each execution.
class Runner {
 public:
  Runner(CallerCalls& calls, const std::string& database, Time now) : calls_(calls), database_(database), now_(now) {}

  TextOutcome operator()(const sql::CreateDatabase& create);
  TextOutcome operator()(const sql::DropDatabase& drop);
  TextOutcome operator()(const sql::AlterDatabase& alter);
  TextOutcome operator()(const sql::CreateTable& create);
  TextOutcome operator()(const sql::DropTable& drop);
  TextOutcome operator()(const sql::SetLocation& set);
  TextOutcome operator()(const sql::AddColumns& add);
  TextOutcome operator()(const sql::ReplaceColumns& replace);
  TextOutcome operator()(const sql::SetTableProperties& set);
  TextOutcome operator()(const sql::AddPartitions& add);
  TextOutcome operator()(const sql::ShowDatabases& show);
  TextOutcome operator()(const sql::ShowTables& show);
  TextOutcome operator()(const sql::ShowColumns& show);
  TextOutcome operator()(const sql::ShowPartitions& show);
  TextOutcome operator()(const sql::ShowTableProperties& show);
  TextOutcome operator()(const sql::ShowCreate& show);
  TextOutcome operator()(const sql::Describe& describe);
  TextOutcome operator()(const sql::DropPartitions&) { return NotSupported("ALTER TABLE DROP PARTITION"); }
  TextOutcome operator()(const sql::RenamePartition&) { return NotSupported("ALTER TABLE RENAME PARTITION"); }
  TextOutcome operator()(const sql::ChangeColumn&) { return NotSupported("ALTER TABLE CHANGE COLUMN"); }
  TextOutcome operator()(const sql::RepairTable&) { return NotSupported("MSCK REPAIR TABLE"); }

 private:
  using TableOutcome = std::expected<Value, Failure>;

  AwsResult<Reply> Glue(std::string_view operation, Value input) {
    return calls_.Invoke("glue", operation, std::move(input));
  }
  [[nodiscard]] const std::string& DatabaseOf(const sql::TableName& table) const {
    return table.database ? *table.database : database_;
  }
  // Changes what Glue has by its answer to one call; nothing to tell.
  TextOutcome Change(std::string_view operation, Value input);
  // The table as Glue has it.
  TableOutcome FindTable(const sql::TableName& name);
  template <typename Edit>
  TextOutcome EditTable(const sql::TableName& name, Edit&& edit);
  // Every entry of a list of Glue's, page by page.
  AwsResult<Value> ListAll(std::string_view operation, std::string_view member, Value input);

  CallerCalls& calls_;
  const std::string& database_;
  Time now_;
};

TextResult Rows(std::string_view column, std::string text) {
  return {.columns = Value::List({HiveColumnInfo(column)}), .text = std::move(text)};
}

TextOutcome Runner::Change(std::string_view operation, Value input) {
  const auto reply = Glue(operation, std::move(input));
  if (!reply) return TaskFailed(reply.error());
  return TextResult{};
}

Runner::TableOutcome Runner::FindTable(const sql::TableName& name) {
  const auto reply = Glue("GetTable", Value::Object({{"DatabaseName", DatabaseOf(name)}, {"Name", name.name}}));
  if (reply) return reply->output["Table"];
  if (reply.error().code != "EntityNotFoundException") return TaskFailed(reply.error());
  return Failed(
      fmt::format("FAILED: SemanticException [Error 10001]: Table not found {}.{}", DatabaseOf(name), name.name),
      kTableMissing);
}

template <typename Edit>
TextOutcome Runner::EditTable(const sql::TableName& name, Edit&& edit) {
  auto table = FindTable(name);
  if (!table) return std::unexpected(std::move(table.error()));
  Value input = GlueTableInput(*table);
  edit(input);
  return Change("UpdateTable", Value::Object({{"DatabaseName", DatabaseOf(name)}, {"TableInput", std::move(input)}}));
}

AwsResult<Value> Runner::ListAll(std::string_view operation, std::string_view member, Value input) {
  Value all = Value::List();
  for (;;) {
    auto page = Glue(operation, input);
    if (!page) return std::unexpected(std::move(page.error()));
    for (const Value& entry : page->output[member].elements()) all.Append(entry);
    if (!page->output.Has("NextToken")) return all;
    input.Set("NextToken", page->output["NextToken"]);
  }
}

TextOutcome Runner::operator()(const sql::CreateDatabase& create) {
  Value database = Value::Object({{"Name", create.name}});
  if (create.comment) database.Set("Description", *create.comment);
  if (create.location) database.Set("LocationUri", *create.location);
  if (!create.properties.empty()) database.Set("Parameters", GlueProperties(create.properties));
  const auto reply = Glue("CreateDatabase", Value::Object({{"DatabaseInput", std::move(database)}}));
  if (reply) return TextResult{};
  if (reply.error().code != "AlreadyExistsException") return TaskFailed(reply.error());
  if (create.if_not_exists) return TextResult{};
  return Failed(fmt::format("{}Database {} already exists", kDdlTaskError, create.name));
}

TextOutcome Runner::operator()(const sql::DropDatabase& drop) {
  const auto missing = [&]() -> TextOutcome {
    if (drop.if_exists) return TextResult{};
    return Failed(fmt::format("FAILED: SemanticException [Error 10072]: Database does not exist: {}", drop.name));
  };
  if (!drop.cascade) {
    const auto tables = Glue("GetTables", Value::Object({{"DatabaseName", drop.name}, {"MaxResults", 1}}));
    if (!tables && tables.error().code == "EntityNotFoundException") return missing();
    if (!tables) return TaskFailed(tables.error());
    if (!tables->output["TableList"].elements().empty()) {
      return Failed(
          fmt::format("{}InvalidOperationException(message:Database {} is not empty. One or more tables "
                      "exist.)",
                      kDdlTaskError, drop.name));
    }
  }
  const auto reply = Glue("DeleteDatabase", Value::Object({{"Name", drop.name}}));
  if (reply) return TextResult{};
  return reply.error().code == "EntityNotFoundException" ? missing() : TaskFailed(reply.error());
}

TextOutcome Runner::operator()(const sql::AlterDatabase& alter) {
  const auto found = Glue("GetDatabase", Value::Object({{"Name", alter.name}}));
  if (!found) return TaskFailed(found.error());
  const Value& database = found->output["Database"];
  Value input = Value::Object({{"Name", alter.name}});
  for (const std::string_view member : {"Description", "LocationUri", "Parameters"}) {
    input.SetIfPresent(member, database[member]);
  }
  for (const auto& [name, value] : alter.properties) input.At("Parameters").Set(name, value);
  return Change("UpdateDatabase", Value::Object({{"Name", alter.name}, {"DatabaseInput", std::move(input)}}));
}

TextOutcome Runner::operator()(const sql::CreateTable& create) {
  const auto reply =
      Glue("CreateTable",
           Value::Object({{"DatabaseName", DatabaseOf(create.table)}, {"TableInput", GlueTable(create, now_)}}));
  if (reply) return TextResult{};
  if (reply.error().code == "EntityNotFoundException") {
    return Failed(
        fmt::format("FAILED: SemanticException [Error 10072]: Database does not exist: {}", DatabaseOf(create.table)));
  }
  if (reply.error().code != "AlreadyExistsException") return TaskFailed(reply.error());
  if (create.if_not_exists) return TextResult{};
  return Failed(
      fmt::format("{}AlreadyExistsException(message:Table {} already exists.)", kDdlTaskError, create.table.name));
}

TextOutcome Runner::operator()(const sql::DropTable& drop) {
  const auto table = FindTable(drop.table);
  if (!table) {
    if (drop.if_exists && table.error().type == kTableMissing) return TextResult{};
    return std::unexpected(table.error());
  }
  const bool is_view = (*table)["TableType"].Text() == "VIRTUAL_VIEW";
  if (is_view != drop.is_view) {
    return Failed(fmt::format("FAILED: SemanticException [Error 10001]: {} {}.{} is a {}",
                              drop.is_view ? "View" : "Table", DatabaseOf(drop.table), drop.table.name,
                              is_view ? "view" : "table"));
  }
  return Change("DeleteTable", Value::Object({{"DatabaseName", DatabaseOf(drop.table)}, {"Name", drop.table.name}}));
}

TextOutcome Runner::operator()(const sql::SetLocation& set) {
  if (!set.partition.empty()) return NotSupported("ALTER TABLE PARTITION SET LOCATION");
  return EditTable(set.table, [&](Value& input) { input.At("StorageDescriptor").Set("Location", set.location); });
}

TextOutcome Runner::operator()(const sql::AddColumns& add) {
  return EditTable(add.table, [&](Value& input) {
    for (Value& column : GlueColumns(add.columns).mutable_elements()) {
      input.At("StorageDescriptor").At("Columns").Append(std::move(column));
    }
  });
}

TextOutcome Runner::operator()(const sql::ReplaceColumns& replace) {
  return EditTable(replace.table,
                   [&](Value& input) { input.At("StorageDescriptor").Set("Columns", GlueColumns(replace.columns)); });
}

TextOutcome Runner::operator()(const sql::SetTableProperties& set) {
  return EditTable(set.table, [&](Value& input) {
    for (const auto& [name, value] : set.properties) input.At("Parameters").Set(name, value);
  });
}

TextOutcome Runner::operator()(const sql::AddPartitions& /*add*/) { return NotSupported("ALTER TABLE ADD PARTITION"); }

TextOutcome Runner::operator()(const sql::ShowDatabases& show) {
  const auto databases = ListAll("GetDatabases", "DatabaseList", Value::Object());
  if (!databases) return TaskFailed(databases.error());
  return Rows("database_name", NamesText(*databases, show.pattern));
}

TextOutcome Runner::operator()(const sql::ShowTables& show) {
  const std::string& database = show.database ? *show.database : database_;
  auto tables = ListAll("GetTables", "TableList", Value::Object({{"DatabaseName", database}}));
  if (!tables && tables.error().code == "EntityNotFoundException") {
    return Failed(fmt::format("FAILED: SemanticException [Error 10072]: Database does not exist: {}", database));
  }
  if (!tables) return TaskFailed(tables.error());
  if (show.is_views) {
    std::erase_if(tables->mutable_elements(),
                  [](const Value& table) { return table["TableType"].Text() != "VIRTUAL_VIEW"; });
  }
  return Rows(show.is_views ? "views" : "tab_name", NamesText(*tables, show.pattern));
}

TextOutcome Runner::operator()(const sql::ShowColumns& show) {
  const auto table = FindTable(show.table);
  if (!table) return std::unexpected(table.error());
  return Rows("field", ColumnNamesText(*table));
}

TextOutcome Runner::operator()(const sql::ShowPartitions& show) {
  const auto table = FindTable(show.table);
  if (!table) return std::unexpected(table.error());
  const auto partitions =
      ListAll("GetPartitions", "Partitions",
              Value::Object({{"DatabaseName", DatabaseOf(show.table)}, {"TableName", show.table.name}}));
  if (!partitions) return TaskFailed(partitions.error());
  return Rows("partition", PartitionsText(*table, *partitions));
}

TextOutcome Runner::operator()(const sql::ShowTableProperties& show) {
  const auto table = FindTable(show.table);
  if (!table) return std::unexpected(table.error());
  TextResult result{.text = PropertiesText((*table)["Parameters"], show.key)};
  result.columns = Value::List({HiveColumnInfo("prpt_name"), HiveColumnInfo("prpt_value")});
  return result;
}

TextOutcome Runner::operator()(const sql::ShowCreate& show) {
  if (show.is_view) return NotSupported("SHOW CREATE VIEW");
  const auto table = FindTable(show.table);
  if (!table) return std::unexpected(table.error());
  return Rows("createtab_stmt", CreateTableText(*table));
}

TextOutcome Runner::operator()(const sql::Describe& describe) {
  const auto table = FindTable(describe.table);
  if (!table) return std::unexpected(table.error());
  TextResult result{.text = DescribeText(*table)};
  result.columns = Value::List({HiveColumnInfo("col_name"), HiveColumnInfo("data_type"), HiveColumnInfo("comment")});
  return result;
}

}  // namespace

TextOutcome RunDdl(const sql::DdlStatement& statement, CallerCalls& calls, const std::string& database, Time now) {
  return std::visit(Runner(calls, database, now), statement);
}

}  // namespace opentrail::services::athena
