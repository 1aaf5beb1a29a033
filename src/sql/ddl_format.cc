#include "sql/ddl_format.h"

#include <fmt/format.h>

#include "sql/ddl_storage.h"

namespace opentrail::sql {
namespace {

std::string Name(std::string_view name) {
  std::string quoted = "`";
  for (const char c : name) quoted.append(c == '`' ? 2 : 1, c);
  return quoted + "`";
}

std::string Name(const TableName& table) {
  std::string name;
  if (table.catalog) name += Name(*table.catalog) + ".";
  if (table.database) name += Name(*table.database) + ".";
  return name + Name(table.name);
}

std::string Text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    const auto byte = static_cast<unsigned char>(c);
    quoted += byte < 0x20 || byte == 0x7F ? fmt::format("\\{:03o}", byte) : std::string(1, c);
  }
  return quoted + "'";
}

template <typename Items, typename Write>
std::string List(const Items& items, Write write) {
  std::string list;
  for (const auto& item : items) list += (list.empty() ? "" : ", ") + write(item);
  return "(" + list + ")";
}

std::string Pairs(const Properties& properties) {
  return List(properties, [](const auto& pair) { return Text(pair.first) + "=" + Text(pair.second); });
}

std::string Partition(const PartitionValues& values) {
  return "PARTITION " + List(values, [](const auto& pair) { return Name(pair.first) + "=" + Text(pair.second); });
}

// " clause", or nothing.
std::string Optional(std::string_view clause, const std::optional<std::string>& text) {
  return text ? fmt::format(" {} {}", clause, Text(*text)) : "";
}

std::string OptionalPartition(const PartitionValues& values) { return values.empty() ? "" : " " + Partition(values); }

// A struct's fields may need backquotes: what stands between < or , and a colon.
std::string Type(std::string_view type) {
  std::string text;
  size_t start = 0;
  for (size_t at = 0; at < type.size(); ++at) {
    const char c = type[at];
    if (c == ':') {
      text += Name(type.substr(start, at - start)) + ":";
    } else if (c == '<' || c == ',') {
      text += type.substr(start, at + 1 - start);
    } else {
      continue;
    }
    start = at + 1;
  }
  return text += type.substr(start);
}

std::string Column(const HiveColumn& column) {
  return Name(column.name) + " " + Type(column.type) + Optional("COMMENT", column.comment);
}

std::string Columns(const std::vector<HiveColumn>& columns) { return List(columns, Column); }

std::string IfExists(bool given) { return given ? "IF EXISTS " : ""; }
std::string IfNotExists(bool given) { return given ? "IF NOT EXISTS " : ""; }

struct Formatter {
  std::string operator()(const CreateDatabase& create) const {
    std::string text = "CREATE DATABASE " + IfNotExists(create.if_not_exists) + Name(create.name) +
                       Optional("COMMENT", create.comment) + Optional("LOCATION", create.location);
    return create.properties.empty() ? text : text + " WITH DBPROPERTIES " + Pairs(create.properties);
  }
  std::string operator()(const DropDatabase& drop) const {
    return "DROP DATABASE " + IfExists(drop.if_exists) + Name(drop.name) + (drop.cascade ? " CASCADE" : "");
  }
  std::string operator()(const AlterDatabase& alter) const {
    return "ALTER DATABASE " + Name(alter.name) + " SET DBPROPERTIES " + Pairs(alter.properties);
  }
  std::string operator()(const CreateTable& create) const {
    std::string text = "CREATE EXTERNAL TABLE " + IfNotExists(create.if_not_exists) + Name(create.table) + " " +
                       Columns(create.columns) + Optional("COMMENT", create.comment);
    if (!create.partition_keys.empty()) text += " PARTITIONED BY " + Columns(create.partition_keys);
    if (!create.bucket_columns.empty()) {
      const auto name = [](const std::string& column) { return Name(column); };
      text += fmt::format(" CLUSTERED BY {} INTO {} BUCKETS", List(create.bucket_columns, name), create.buckets);
    }
    const StorageFormat& format = create.format;
    text += " ROW FORMAT SERDE " + Text(format.serde) + " WITH SERDEPROPERTIES " + Pairs(format.serde_properties) +
            " STORED AS INPUTFORMAT " + Text(format.input_format) + " OUTPUTFORMAT " + Text(format.output_format) +
            " LOCATION " + Text(create.location);
    return create.properties.empty() ? text : text + " TBLPROPERTIES " + Pairs(create.properties);
  }
  std::string operator()(const DropTable& drop) const {
    return (drop.is_view ? "DROP VIEW " : "DROP TABLE ") + IfExists(drop.if_exists) + Name(drop.table);
  }
  std::string operator()(const AddPartitions& add) const {
    std::string text = Alter(add.table) + " ADD " + IfNotExists(add.if_not_exists);
    for (const AddPartitions::Partition& partition : add.partitions) {
      if (&partition != &add.partitions.front()) text += " ";
      text += Partition(partition.values) + Optional("LOCATION", partition.location);
    }
    return text;
  }
  std::string operator()(const DropPartitions& drop) const {
    std::string text = Alter(drop.table) + " DROP " + IfExists(drop.if_exists);
    for (const auto& conditions : drop.partitions) {
      if (&conditions != &drop.partitions.front()) text += ", ";
      text += "PARTITION " + List(conditions, [](const DropPartitions::Condition& condition) {
                return Name(condition.key) + condition.comparison + Text(condition.value);
              });
    }
    return text;
  }
  std::string operator()(const RenamePartition& rename) const {
    return Alter(rename.table) + " " + Partition(rename.from) + " RENAME TO " + Partition(rename.to);
  }
  std::string operator()(const SetLocation& set) const {
    return Alter(set.table) + OptionalPartition(set.partition) + " SET LOCATION " + Text(set.location);
  }
  std::string operator()(const AddColumns& add) const {
    return Alter(add.table) + OptionalPartition(add.partition) + " ADD COLUMNS " + Columns(add.columns);
  }
  std::string operator()(const ReplaceColumns& replace) const {
    return Alter(replace.table) + OptionalPartition(replace.partition) + " REPLACE COLUMNS " + Columns(replace.columns);
  }
  std::string operator()(const ChangeColumn& change) const {
    std::string text = Alter(change.table) + " CHANGE COLUMN " + Name(change.name) + " " + Column(change.to);
    if (!change.after) return text;
    return text + (change.after->empty() ? " FIRST" : " AFTER " + Name(*change.after));
  }
  std::string operator()(const SetTableProperties& set) const {
    return Alter(set.table) + " SET TBLPROPERTIES " + Pairs(set.properties);
  }
  std::string operator()(const RepairTable& repair) const { return "MSCK REPAIR TABLE " + Name(repair.table); }
  std::string operator()(const ShowDatabases& show) const { return "SHOW DATABASES" + Optional("LIKE", show.pattern); }
  std::string operator()(const ShowTables& show) const {
    const std::string database = show.database ? " IN " + Name(*show.database) : "";
    return (show.is_views ? "SHOW VIEWS" : "SHOW TABLES") + database + Optional("LIKE", show.pattern);
  }
  std::string operator()(const ShowColumns& show) const { return "SHOW COLUMNS IN " + Name(show.table); }
  std::string operator()(const ShowPartitions& show) const { return "SHOW PARTITIONS " + Name(show.table); }
  std::string operator()(const ShowTableProperties& show) const {
    return "SHOW TBLPROPERTIES " + Name(show.table) + (show.key ? "(" + Text(*show.key) + ")" : "");
  }
  std::string operator()(const ShowCreate& show) const {
    return (show.is_view ? "SHOW CREATE VIEW " : "SHOW CREATE TABLE ") + Name(show.table);
  }
  std::string operator()(const Describe& describe) const {
    std::string text = "DESCRIBE ";
    switch (describe.form) {
      case Describe::Form::kPlain: break;
      case Describe::Form::kExtended: text += "EXTENDED "; break;
      case Describe::Form::kFormatted: text += "FORMATTED "; break;
    }
    text += Name(describe.table) + OptionalPartition(describe.partition);
    return describe.column ? text + " " + Name(*describe.column) : text;
  }

 private:
  static std::string Alter(const TableName& table) { return "ALTER TABLE " + Name(table); }
};

}  // namespace

std::string FormatDdl(const DdlStatement& statement) { return std::visit(Formatter{}, statement); }

}  // namespace opentrail::sql
