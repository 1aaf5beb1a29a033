#include "services/athena/ddl_runner.h"

#include <algorithm>

#include "services/athena/ddl_context.h"
#include "services/athena/glue_table.h"
#include "sql/text.h"

namespace opentrail::services::athena {
namespace {

// The columns of a partition can differ from its table's in Hive; Athena reads all by the table's.
std::optional<Failure> RefusePartition(const sql::PartitionValues& partition) {
  if (partition.empty()) return std::nullopt;
  return Failure{"NOT_SUPPORTED: Columns of a single partition cannot be changed", 2, 1200};
}

TextOutcome RequireEmpty(DdlContext& context, const std::string& database) {
  const auto tables = context.Glue("GetTables", Value::Object({{"DatabaseName", database}, {"MaxResults", 1}}));
  if (!tables && tables.error().code == "EntityNotFoundException") return TextResult{};
  if (!tables) return DdlTaskFailed(tables.error());
  if (tables->output["TableList"].elements().empty()) return TextResult{};
  return DdlFailed(
      fmt::format("{}InvalidOperationException(message:Database {} is not empty. One or more tables "
                  "exist.)",
                  kDdlTaskError, database));
}

}  // namespace

TextOutcome Run(DdlContext& context, const sql::CreateDatabase& create) {
  Value database = Value::Object({{"Name", create.name}});
  if (create.comment) database.Set("Description", *create.comment);
  if (create.location) database.Set("LocationUri", *create.location);
  if (!create.properties.empty()) database.Set("Parameters", GlueProperties(create.properties));
  const auto reply = context.Glue("CreateDatabase", Value::Object({{"DatabaseInput", std::move(database)}}));
  if (reply) return TextResult{};
  if (reply.error().code != "AlreadyExistsException") return DdlTaskFailed(reply.error());
  if (create.if_not_exists) return TextResult{};
  return DdlFailed(fmt::format("{}Database {} already exists", kDdlTaskError, create.name));
}

TextOutcome Run(DdlContext& context, const sql::DropDatabase& drop) {
  if (!drop.cascade) {
    if (auto empty = RequireEmpty(context, drop.name); !empty) return empty;
  }
  const auto reply = context.Glue("DeleteDatabase", Value::Object({{"Name", drop.name}}));
  if (reply) return TextResult{};
  if (reply.error().code != "EntityNotFoundException") return DdlTaskFailed(reply.error());
  if (drop.if_exists) return TextResult{};
  return NoSuchDatabase(drop.name);
}

TextOutcome Run(DdlContext& context, const sql::AlterDatabase& alter) {
  const auto found = context.Glue("GetDatabase", Value::Object({{"Name", alter.name}}));
  if (!found && found.error().code == "EntityNotFoundException") return NoSuchDatabase(alter.name);
  if (!found) return DdlTaskFailed(found.error());
  const Value& database = found->output["Database"];
  Value input = Value::Object({{"Name", alter.name}});
  for (const std::string_view member : {"Description", "LocationUri", "Parameters"}) {
    input.SetIfPresent(member, database[member]);
  }
  for (const auto& [name, value] : alter.properties) input.At("Parameters").Set(name, value);
  return context.Change("UpdateDatabase", Value::Object({{"Name", alter.name}, {"DatabaseInput", std::move(input)}}));
}

TextOutcome Run(DdlContext& context, const sql::CreateTable& create) {
  const std::string& database = context.DatabaseOf(create.table);
  const auto reply = context.Glue(
      "CreateTable", Value::Object({{"DatabaseName", database}, {"TableInput", GlueTable(create, context.now())}}));
  if (reply) return TextResult{};
  if (reply.error().code == "EntityNotFoundException") return NoSuchDatabase(database);
  if (reply.error().code != "AlreadyExistsException") return DdlTaskFailed(reply.error());
  if (create.if_not_exists) return TextResult{};
  return DdlFailed(
      fmt::format("{}AlreadyExistsException(message:Table {} already exists.)", kDdlTaskError, create.table.name));
}

TextOutcome Run(DdlContext& context, const sql::DropTable& drop) {
  const auto table = context.FindTable(drop.table);
  if (!table) {
    if (drop.if_exists && table.error().type == kTableMissing) return TextResult{};
    return std::unexpected(table.error());
  }
  const bool is_view = IsView(*table);
  if (is_view != drop.is_view) {
    return DdlFailed(fmt::format("FAILED: SemanticException [Error 10001]: {} {}.{} is a {}",
                                 drop.is_view ? "View" : "Table", context.DatabaseOf(drop.table), drop.table.name,
                                 is_view ? "view" : "table"));
  }
  return context.Change("DeleteTable",
                        Value::Object({{"DatabaseName", context.DatabaseOf(drop.table)}, {"Name", drop.table.name}}));
}

TextOutcome Run(DdlContext& context, const sql::AddColumns& add) {
  return context.EditTable(add.table, [&](Value& input) -> std::optional<Failure> {
    if (auto refused = RefusePartition(add.partition)) return refused;
    Value& columns = input.At("StorageDescriptor").At("Columns");
    for (const sql::HiveColumn& column : add.columns) {
      const bool exists = std::ranges::any_of(
          columns.elements(), [&](const Value& each) { return sql::LowerCase(each["Name"].Text()) == column.name; });
      if (exists) {
        return DdlFailed(fmt::format("{}Duplicate column name: {}", kDdlTaskError, column.name)).error();
      }
    }
    Value added = GlueColumns(add.columns);
    for (Value& column : added.mutable_elements()) columns.Append(std::move(column));
    return std::nullopt;
  });
}

TextOutcome Run(DdlContext& context, const sql::ReplaceColumns& replace) {
  return context.EditTable(replace.table, [&](Value& input) -> std::optional<Failure> {
    if (auto refused = RefusePartition(replace.partition)) return refused;
    input.At("StorageDescriptor").Set("Columns", GlueColumns(replace.columns));
    return std::nullopt;
  });
}

TextOutcome Run(DdlContext& context, const sql::ChangeColumn& change) {
  return context.EditTable(change.table, [&](Value& input) -> std::optional<Failure> {
    auto& columns = input.At("StorageDescriptor").At("Columns").mutable_elements();
    const auto find = [&](std::string_view name) {
      return std::ranges::find_if(columns,
                                  [&](const Value& column) { return sql::LowerCase(column["Name"].Text()) == name; });
    };
    const auto missing = [&](std::string_view name) {
      return DdlFailed(fmt::format("{}Invalid column reference {}", kDdlTaskError, name)).error();
    };
    const auto found = find(change.name);
    if (found == columns.end()) return missing(change.name);
    Value column = std::move(GlueColumns({change.to}).mutable_elements().front());
    if (!change.to.comment) column.SetIfPresent("Comment", (*found)["Comment"]);
    if (!change.after) {
      *found = std::move(column);
      return std::nullopt;
    }
    columns.erase(found);
    const auto place = change.after->empty() ? columns.end() : find(*change.after);
    if (!change.after->empty() && place == columns.end()) return missing(*change.after);
    columns.insert(change.after->empty() ? columns.begin() : std::next(place), std::move(column));
    return std::nullopt;
  });
}

TextOutcome Run(DdlContext& context, const sql::SetTableProperties& set) {
  return context.EditTable(set.table, [&](Value& input) -> std::optional<Failure> {
    for (const auto& [name, value] : set.properties) input.At("Parameters").Set(name, value);
    return std::nullopt;
  });
}

TextOutcome RunDdl(const sql::DdlStatement& statement, CallerCalls& calls, const std::string& database, Time now) {
  DdlContext context(calls, database, now);
  return std::visit([&](const auto& node) { return Run(context, node); }, statement);
}

}  // namespace opentrail::services::athena
