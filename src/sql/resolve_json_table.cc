#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/json_path.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// JSON_TABLE: a path gives the rows, a path a column reads each; NESTED paths give further rows below each, those of
// siblings one after the other, and one of NULLs where there are none.
namespace opentrail::sql {

// The items that a path gives, on their way to rows.
struct Resolver::JsonTableLevel {
  std::string items;      // a list of JSON texts
  std::string variables;  // PASSING
  bool error_on_error = false;
  const ExpressionContext* context = nullptr;

  // What a column reads from an item.
  [[nodiscard]] Result<TypedSql> ColumnSql(Resolver& resolver, const JsonColumn& column, const std::string& item) const;
};

namespace {

std::string ItemsSql(std::string_view input, std::string_view path, const std::string& variables, bool error) {
  return fmt::format("trino_json_items({}, {}, {}, {})", input, TextLiteral(path).sql, variables,
                     error ? "'error'" : "''");
}

// The columns of a NESTED path among those of the level that has it.
struct NestedColumns {
  size_t first = 0;
  std::string sql;  // a SELECT of them, "c0" and on
  std::vector<Type> types;
};

// The rows of all NESTED paths of a level, one path's after the other's, each with NULLs for the others' columns.
std::string SiblingsSql(const std::vector<NestedColumns>& nested, const std::string& alias) {
  std::string siblings;
  for (size_t own = 0; own < nested.size(); ++own) {
    std::string list;
    size_t at = 0;
    for (size_t other = 0; other < nested.size(); ++other) {
      for (size_t i = 0; i < nested[other].types.size(); ++i, ++at) {
        const std::string sql =
            other == own ? ColumnSql(alias, i) : fmt::format("CAST(NULL AS {})", nested[other].types[i].EngineName());
        list += fmt::format("{}{} AS {}", list.empty() ? "" : ", ", sql, ColumnName(at));
      }
    }
    siblings += fmt::format("{}SELECT {} FROM ({}) AS {}", own == 0 ? "" : " UNION ALL ", list, nested[own].sql,
                            QuoteIdentifier(alias));
  }
  return siblings;
}

// Where a column says no path, the member of its name.
std::string PathOf(const JsonColumn& column) {
  if (column.path) return *column.path;
  std::string name = column.name.quoted ? column.name.text : UpperCase(column.name.text);
  for (size_t at = 0; (at = name.find_first_of("\"\\", at)) != std::string::npos; at += 2) name.insert(at, "\\");
  return fmt::format("lax $.\"{}\"", name);
}

}  // namespace

Result<ResolvedRelation> Resolver::ResolveJsonTable(const JsonTableRelation& node, Position, const Scope* outer,
                                                    const Scope* lateral) {
  Scope alone;
  alone.outer = outer;
  const ExpressionContext context{lateral != nullptr ? lateral : &alone};
  const Resolved input = SQL_TRY(ResolveJsonInput(*node.input, node.input_format, context));
  const Resolved variables = SQL_TRY(ResolveJsonPassing(node.passing, context));
  SQL_CHECK(CheckJsonPath(node.path, node.path_position));
  const JsonTableLevel level{ItemsSql(input.sql, node.path, variables.sql, node.error_on_error), variables.sql,
                             node.error_on_error, &context};
  ResolvedRelation relation;
  const std::string sql = SQL_TRY(JsonTableSql(node.columns, level, relation.fields));
  const std::string alias = NewAlias("r");
  relation.sql = fmt::format("{}({}) AS {}", lateral != nullptr ? "LATERAL " : "", sql, QuoteIdentifier(alias));
  for (size_t i = 0; i < relation.fields.size(); ++i) relation.fields[i].sql = ColumnSql(alias, i);
  return relation;
}

// A SELECT whose columns are named "c0" and on, in the order in which the columns are declared.
Result<std::string> Resolver::JsonTableSql(const std::vector<JsonColumn>& columns, const JsonTableLevel& level,
                                           std::vector<Field>& fields) {
  const std::string rows = QuoteIdentifier(NewAlias("j"));
  const std::string item = rows + ".\"item\"";
  std::string from = fmt::format(
      "(SELECT unnest({0}) AS \"item\", unnest(range(1, len({0}) + 1)) AS \"number\") AS {1}", level.items, rows);
  std::vector<std::string> values;
  std::vector<NestedColumns> nested;
  for (const JsonColumn& column : columns) {
    if (column.kind == JsonColumnKind::kNested) {
      SQL_CHECK(CheckJsonPath(*column.path, column.path_position));
      const JsonTableLevel below{ItemsSql(item, *column.path, level.variables, level.error_on_error), level.variables,
                                 level.error_on_error, level.context};
      NestedColumns part{values.size(), "", {}};
      const size_t begin = fields.size();
      part.sql = SQL_TRY(JsonTableSql(column.columns, below, fields));
      for (size_t i = begin; i < fields.size(); ++i) part.types.push_back(fields[i].type);
      values.resize(values.size() + part.types.size());
      nested.push_back(std::move(part));
      continue;
    }
    Field field;
    field.name = LowerCase(column.name.text);
    field.label = column.name.text;
    const TypedSql value = column.kind == JsonColumnKind::kOrdinality
                               ? TypedSql{Type(TypeKind::kBigint), rows + ".\"number\""}
                               : SQL_TRY(level.ColumnSql(*this, column, item));
    field.type = value.type;
    fields.push_back(std::move(field));
    values.push_back(value.sql);
  }
  if (!nested.empty()) {
    const std::string joined = NewAlias("j");
    from += fmt::format(" LEFT JOIN LATERAL ({}) AS {} ON true", SiblingsSql(nested, NewAlias("j")),
                        QuoteIdentifier(joined));
    size_t at = 0;
    for (const NestedColumns& part : nested) {
      for (size_t i = 0; i < part.types.size(); ++i) values[part.first + i] = sql::ColumnSql(joined, at++);
    }
  }
  std::string list;
  for (size_t i = 0; i < values.size(); ++i) {
    list += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", values[i], ColumnName(i));
  }
  return fmt::format("SELECT {} FROM {}", list, from);
}

Result<TypedSql> Resolver::JsonTableLevel::ColumnSql(Resolver& resolver, const JsonColumn& column,
                                                     const std::string& item) const {
  auto type = ParseType(column.type.text);
  if (!type) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, column.position, fmt::format("Unknown type: {}", column.type.text)});
  }
  if (column.path) SQL_CHECK(CheckJsonPath(*column.path, column.path_position));
  const Resolved input = From({Type::Varchar(), item}, nullptr);
  const std::string_view on_error =
      column.on_error.empty() && error_on_error ? std::string_view("error") : column.on_error;
  JsonRead read;
  read.input = &input;
  read.path = TextLiteral(PathOf(column)).sql;
  read.variables = variables;
  read.returned = *type;
  read.wrapper = column.wrapper;
  read.quotes = column.quotes;
  read.on_empty = column.on_empty;
  read.on_error = on_error;
  read.default_on_empty = &column.default_on_empty;
  read.default_on_error = &column.default_on_error;
  read.position = column.position;
  const Resolved value = SQL_TRY(column.kind == JsonColumnKind::kValue ? resolver.ReadJsonValue(read, *context)
                                                                       : resolver.ReadJsonQuery(read));
  return TypedSql{*std::move(type), value.sql};
}

}  // namespace opentrail::sql
