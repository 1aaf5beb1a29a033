#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// FROM: tables, queries, aliases and samples; joins stand in resolve_join.cc, UNNEST in resolve_unnest.cc.
namespace opentrail::sql {

namespace {

// A table's name with the session's catalog and database where it does not say them.
struct TableName {
  std::string catalog;
  std::string database;
  std::string table;
};

TableName FullName(const QualifiedName& name, const Session& session) {
  TableName full{LowerCase(session.catalog), LowerCase(session.database), LowerCase(name.parts.back().text)};
  const size_t count = name.parts.size();
  if (count > 1) full.database = LowerCase(name.parts[count - 2].text);
  if (count > 2) full.catalog = LowerCase(name.parts[count - 3].text);
  return full;
}

// A column's table is known by as much of its name as FROM says.
void QualifyAsWritten(const QualifiedName& name, ResolvedRelation& relation) {
  std::vector<std::string> qualifier;
  for (const Identifier& part : name.parts) qualifier.push_back(LowerCase(part.text));
  for (Field& field : relation.fields) field.qualifier = qualifier;
}

}  // namespace

Result<ResolvedRelation> Resolver::ResolveRelation(const Relation& relation, const Scope* outer, const Scope* lateral) {
  const DepthGuard guard(depth_);
  SQL_CHECK(guard.Check(kMaxResolveDepth, relation.position));
  const auto& node = relation.node;
  if (const auto* table = std::get_if<TableReference>(&node)) return ResolveTable(*table, relation.position);
  if (const auto* subquery = std::get_if<SubqueryRelation>(&node))
    return ResolveDerived(*subquery->query, outer, false);
  if (const auto* query = std::get_if<LateralRelation>(&node)) {
    return ResolveDerived(*query->query, lateral != nullptr ? lateral : outer, lateral != nullptr);
  }
  if (const auto* unnest = std::get_if<UnnestRelation>(&node)) {
    return ResolveUnnest(*unnest, outer, lateral, EmptyArrays::kDropRow, nullptr);
  }
  if (const auto* aliased = std::get_if<AliasedRelation>(&node)) {
    return ResolveAliased(*aliased, relation.position, outer, lateral, EmptyArrays::kDropRow);
  }
  if (const auto* sampled = std::get_if<SampledRelation>(&node)) return ResolveSampled(*sampled, outer, lateral);
  if (const auto* table = std::get_if<JsonTableRelation>(&node)) {
    return ResolveJsonTable(*table, relation.position, outer, lateral);
  }
  if (const auto* function = std::get_if<TableFunctionRelation>(&node)) {
    return ResolveTableFunction(*function, relation.position, outer);
  }
  return ResolveJoin(std::get<JoinRelation>(node), relation.position, outer, lateral);
}

Result<ResolvedRelation> Resolver::ResolveTable(const TableReference& reference, Position position) {
  const QualifiedName& name = reference.name;
  if (name.parts.size() == 1) {
    if (CommonTable* common = FindCommonTable(LowerCase(name.parts[0].text))) return ReadCommonTable(*common);
  }
  const TableName full = FullName(name, session_);
  if (full.catalog != LowerCase(session_.catalog)) {
    return std::unexpected(
        Error{ErrorCode::kCatalogNotFound, position, fmt::format("Catalog '{}' does not exist", full.catalog)});
  }
  if (!catalog_.HasDatabase(full.database)) {
    return std::unexpected(
        Error{ErrorCode::kSchemaNotFound, position, fmt::format("Schema '{}' does not exist", full.database)});
  }
  if (const catalog::View* view = catalog_.FindView(full.database, full.table)) {
    auto relation = ResolveView(*view, {full.catalog, full.database, full.table}, position);
    if (relation) QualifyAsWritten(name, *relation);
    return relation;
  }
  const catalog::Table* const table = catalog_.FindTable(full.database, full.table);
  if (table == nullptr) {
    return std::unexpected(
        Error{ErrorCode::kTableNotFound, position,
              fmt::format("Table '{}.{}.{}' does not exist", full.catalog, full.database, full.table)});
  }
  auto relation = ScanTable(*table, position);
  if (relation) QualifyAsWritten(name, *relation);
  return relation;
}

Result<ResolvedRelation> Resolver::ScanTable(const catalog::Table& table, Position position) {
  const std::string alias = NewAlias("t");
  ResolvedRelation relation;
  relation.alias = alias;
  relation.sql = fmt::format("opentrail_scan({}, {}) AS {}", QuoteLiteral(table.database), QuoteLiteral(table.name),
                             QuoteIdentifier(alias));
  for (const catalog::Column& column : table.columns) {
    auto type = ParseHiveType(column.hive_type);
    if (!type) {
      return std::unexpected(Error{ErrorCode::kTypeNotFound, position,
                                   fmt::format("Column '{}' of table '{}.{}' has no known type: {}", column.name,
                                               table.database, table.name, column.hive_type)});
    }
    Field field;
    field.name = LowerCase(column.name);
    field.label = field.name;
    field.type = *std::move(type);
    field.sql = fmt::format("{}.{}", QuoteIdentifier(alias), QuoteIdentifier(field.name));
    field.scan_alias = alias;
    field.scan_path = field.name;
    field.hidden = column.hidden;
    relation.fields.push_back(std::move(field));
  }
  return relation;
}

CommonTable* Resolver::FindCommonTable(std::string_view name) {
  const auto found = std::find_if(common_tables_.rbegin(), common_tables_.rend(),
                                  [&](const CommonTable& table) { return table.name == name; });
  return found == common_tables_.rend() ? nullptr : &*found;
}

ResolvedRelation Resolver::ReadCommonTable(CommonTable& table) {
  ++table.references;
  const std::string alias = NewAlias("r");
  ResolvedRelation relation;
  relation.alias = alias;
  relation.sql = fmt::format("{} AS {}", QuoteIdentifier(table.engine_name), QuoteIdentifier(alias));
  relation.fields = DerivedFields(table.query.columns, alias);
  for (size_t i = 0; i < relation.fields.size(); ++i) {
    Field& field = relation.fields[i];
    field.qualifier = {table.name};
    field.used = &table.used;
    field.used_index = i;
  }
  return relation;
}

std::vector<Field> Resolver::DerivedFields(const std::vector<QueryColumn>& columns, const std::string& alias) {
  std::vector<Field> fields;
  for (size_t i = 0; i < columns.size(); ++i) {
    Field field;
    field.name = LowerCase(columns[i].label);
    field.label = columns[i].label;
    field.type = columns[i].type;
    field.sql = ColumnSql(alias, i);
    fields.push_back(std::move(field));
  }
  return fields;
}

Result<ResolvedRelation> Resolver::ResolveDerived(const Query& query, const Scope* outer, bool lateral) {
  const ResolvedQuery inner = SQL_TRY(lateral ? ResolveCorrelated(query, outer, SubqueryUse::kValue, query.position)
                                              : ResolveQuery(query, outer, OrderUse::kDropped));
  const std::string alias = NewAlias("r");
  ResolvedRelation relation;
  relation.sql = fmt::format("{}({}) AS {}", lateral ? "LATERAL " : "", inner.sql, QuoteIdentifier(alias));
  relation.fields = DerivedFields(inner.columns, alias);
  if (!lateral) relation.alias = alias;
  return relation;
}

Result<ResolvedRelation> Resolver::ResolveAliased(const AliasedRelation& node, Position position, const Scope* outer,
                                                  const Scope* lateral, EmptyArrays empty) {
  const std::vector<Identifier>& aliases = node.column_aliases;
  const auto* unnest = std::get_if<UnnestRelation>(&node.relation->node);
  const UnnestNames names{aliases, node.relation->position};
  ResolvedRelation relation = SQL_TRY(unnest != nullptr ? ResolveUnnest(*unnest, outer, lateral, empty, &names)
                                                        : ResolveRelation(*node.relation, outer, lateral));
  for (Field& field : relation.fields) field.qualifier = {LowerCase(node.alias.text)};
  if (aliases.empty()) return relation;
  std::erase_if(relation.fields, [](const Field& field) { return field.hidden; });
  if (relation.fields.size() != aliases.size()) {
    return std::unexpected(Error{ErrorCode::kMismatchedColumnAliases, position,
                                 fmt::format("Column alias list has {} entries but '{}' has {} columns available",
                                             aliases.size(), LowerCase(node.alias.text), relation.fields.size())});
  }
  for (size_t i = 0; i < aliases.size(); ++i) {
    relation.fields[i].name = LowerCase(aliases[i].text);
    relation.fields[i].label = aliases[i].text;
  }
  return relation;
}

// The same as a query of its own, which the engine can sample.
ResolvedRelation Resolver::AsDerived(ResolvedRelation relation) {
  const std::string alias = NewAlias("r");
  std::string columns;
  for (size_t i = 0; i < relation.fields.size(); ++i) {
    columns += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", relation.fields[i].sql, ColumnName(i));
    relation.fields[i].sql = ColumnSql(alias, i);
  }
  relation.sql = fmt::format("(SELECT {} FROM {}) AS {}", columns, relation.sql, QuoteIdentifier(alias));
  return relation;
}

// BERNOULLI takes each row by chance, SYSTEM blocks of rows: of a scan that has no blocks to tell apart, rows as well.
Result<ResolvedRelation> Resolver::ResolveSampled(const SampledRelation& node, const Scope* outer,
                                                  const Scope* lateral) {
  ResolvedRelation relation = SQL_TRY(ResolveRelation(*node.relation, outer, lateral));
  const auto* aliased = std::get_if<AliasedRelation>(&node.relation->node);
  const auto& sampled = aliased != nullptr ? aliased->relation->node : node.relation->node;
  const Position position = node.percentage->position;
  if (!std::holds_alternative<TableReference>(sampled) && !std::holds_alternative<SubqueryRelation>(sampled)) {
    if (lateral != nullptr) {
      return std::unexpected(Error{ErrorCode::kNotSupported, position,
                                   "TABLESAMPLE of what depends on another relation is not supported"});
    }
    relation = AsDerived(std::move(relation));
  }
  std::string text;
  if (const auto* number = std::get_if<LongLiteral>(&node.percentage->node)) text = number->digits;
  if (const auto* number = std::get_if<DecimalLiteral>(&node.percentage->node)) text = number->text;
  if (const auto* number = std::get_if<DoubleLiteral>(&node.percentage->node)) text = number->text;
  double percentage = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percentage);
  if (!text.empty() && error == std::errc() && percentage > 100) {
    return std::unexpected(
        Error{ErrorCode::kNumericValueOutOfRange, position, "Sample percentage must be less than or equal to 100"});
  }
  if (!text.empty() && error == std::errc() && percentage < 0) {
    return std::unexpected(
        Error{ErrorCode::kNumericValueOutOfRange, position, "Sample percentage must be greater than or equal to 0"});
  }
  if (text.empty() || error != std::errc() || !(percentage >= 0 && percentage <= 100)) {
    return std::unexpected(
        Error{ErrorCode::kInvalidArguments, position, "Sample percentage must be a number between 0 and 100"});
  }
  relation.sql += fmt::format(" TABLESAMPLE bernoulli({} PERCENT)", percentage);
  return relation;
}

}  // namespace opentrail::sql
