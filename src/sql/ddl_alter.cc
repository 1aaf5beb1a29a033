#include "sql/ddl_parser_impl.h"

namespace opentrail::sql {

using enum TokenKind;

DdlStatement DdlParser::ParseAlterTable() {
  const Where where(*this, "alter table statement");
  RequireWords({"ALTER", "TABLE"});
  TableName table = ParseTableName();
  PartitionValues partition = ParseOptionalPartition();
  if (AtWord("SET")) return ParseAlterSet(std::move(table), std::move(partition));
  if (AtWord("RENAME")) return ParseRename(std::move(table), std::move(partition));
  const bool columns = AtWord("COLUMNS", 1);
  if (partition.empty() && AtWord("ADD") && !columns) return ParseAddPartitions(std::move(table));
  if (partition.empty() && AtWord("DROP")) return ParseDropPartitions(std::move(table));
  if (AtWord("CHANGE")) {
    if (!partition.empty()) Unsupported("ALTER TABLE PARTITION CHANGE COLUMN");
    return ParseChangeColumn(std::move(table));
  }
  return ParseAlterColumns(std::move(table), std::move(partition));
}

DdlStatement DdlParser::ParseAlterColumns(TableName table, PartitionValues partition) {
  const bool add = AcceptWord("ADD");
  if (!add && !AcceptWord("REPLACE")) {
    if (AtWord("UNSET")) Unsupported("ALTER TABLE UNSET TBLPROPERTIES");
    FailNear();
  }
  RequireWord("COLUMNS");
  std::vector<HiveColumn> columns = ParseColumns();
  if (!AcceptWord("CASCADE")) AcceptWord("RESTRICT");
  if (add) return AddColumns{std::move(table), std::move(partition), std::move(columns)};
  return ReplaceColumns{std::move(table), std::move(partition), std::move(columns)};
}

DdlStatement DdlParser::ParseAlterSet(TableName table, PartitionValues partition) {
  RequireWord("SET");
  if (AcceptWord("LOCATION")) return SetLocation{std::move(table), std::move(partition), ParseLocation()};
  for (const std::string_view other : {"SERDE", "SERDEPROPERTIES", "FILEFORMAT"}) {
    if (AtWord(other)) Unsupported("ALTER TABLE SET " + std::string(other));
  }
  if (!partition.empty()) FailExpecting("LOCATION");
  RequireWord("TBLPROPERTIES");
  return SetTableProperties{std::move(table), ParseProperties()};
}

DdlStatement DdlParser::ParseRename(TableName table, PartitionValues partition) {
  RequireWords({"RENAME", "TO"});
  if (partition.empty()) Unsupported("ALTER TABLE RENAME TO");
  RequireWord("PARTITION");
  return RenamePartition{std::move(table), std::move(partition), ParsePartitionValues()};
}

AddPartitions DdlParser::ParseAddPartitions(TableName table) {
  AddPartitions add;
  add.table = std::move(table);
  RequireWord("ADD");
  add.if_not_exists = AcceptIfNotExists();
  do {
    RequireWord("PARTITION");
    AddPartitions::Partition partition;
    partition.values = ParsePartitionValues();
    if (AcceptWord("LOCATION")) partition.location = ParseLocation();
    add.partitions.push_back(std::move(partition));
  } while (AtWord("PARTITION"));
  return add;
}

DropPartitions DdlParser::ParseDropPartitions(TableName table) {
  DropPartitions drop;
  drop.table = std::move(table);
  RequireWord("DROP");
  drop.if_exists = AcceptIfExists();
  do {
    RequireWord("PARTITION");
    drop.partitions.push_back(ParseConditions());
  } while (Accept(kComma));
  return drop;
}

std::vector<DropPartitions::Condition> DdlParser::ParseConditions() {
  const Where where(*this, "drop partition statement");
  std::vector<DropPartitions::Condition> conditions;
  Require(kLeftParenthesis);
  do {
    DropPartitions::Condition condition;
    condition.key = ParseIdentifier();
    condition.comparison = ParseComparison();
    condition.value = ParseConstant();
    conditions.push_back(std::move(condition));
  } while (Accept(kComma));
  Require(kRightParenthesis);
  return conditions;
}

std::string DdlParser::ParseComparison() {
  if (Accept(kNotEqual)) return "<>";
  if (cursor_.At(kEqual) || (cursor_.At(kLess) || cursor_.At(kLessOrEqual)) || cursor_.At(kGreater) ||
      cursor_.At(kGreaterOrEqual)) {
    return std::string(Take().text);
  }
  FailNear();
  return {};
}

// CHANGE [COLUMN] a b int [COMMENT '…'] [FIRST | AFTER c] [CASCADE | RESTRICT].
ChangeColumn DdlParser::ParseChangeColumn(TableName table) {
  ChangeColumn change;
  change.table = std::move(table);
  RequireWord("CHANGE");
  AcceptWord("COLUMN");
  change.name = ParseIdentifier();
  change.to = ParseColumn();
  if (AcceptWord("FIRST")) {
    change.after = "";
  } else if (AcceptWord("AFTER")) {
    change.after = ParseIdentifier();
  }
  if (!AcceptWord("CASCADE")) AcceptWord("RESTRICT");
  return change;
}

}  // namespace opentrail::sql
