#include <algorithm>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// TABLE(sequence(…)) and TABLE(exclude_columns(…)), the table functions that Trino brings itself.
namespace opentrail::sql {

namespace {

Error InvalidArguments(std::string message) {
  return {ErrorCode::kInvalidFunctionArgument, std::nullopt, std::move(message)};
}

// The arguments in the order of the declared names; nullptr where one is left out.
Result<std::vector<const TableArgument*>> ArgumentsByName(const TableFunctionRelation& node,
                                                          const std::vector<std::string_view>& names,
                                                          Position position) {
  if (node.arguments.size() > names.size()) {
    return std::unexpected(Error{ErrorCode::kInvalidArguments, position,
                                 fmt::format("Too many arguments. Expected at most {} arguments, got {} arguments",
                                             names.size(), node.arguments.size())});
  }
  std::vector<const TableArgument*> found(names.size());
  const bool named = !node.arguments.empty() && node.arguments[0].name.has_value();
  for (size_t i = 0; i < node.arguments.size(); ++i) {
    const TableArgument& argument = node.arguments[i];
    if (argument.name.has_value() != named) {
      return std::unexpected(Error{ErrorCode::kInvalidArguments, position,
                                   "All arguments must be passed by name or all must be passed positionally"});
    }
    size_t index = i;
    if (named) {
      const std::string name = argument.name->quoted ? argument.name->text : UpperCase(argument.name->text);
      index = static_cast<size_t>(std::ranges::find(names, std::string_view(name)) - names.begin());
      if (index == names.size()) {
        return std::unexpected(
            Error{ErrorCode::kInvalidArguments, argument.position, fmt::format("Unexpected argument name: {}", name)});
      }
      if (found[index] != nullptr) {
        return std::unexpected(
            Error{ErrorCode::kInvalidArguments, argument.position, fmt::format("Duplicate argument name: {}", name)});
      }
    }
    found[index] = &argument;
  }
  return found;
}

Error MissingArgument(std::string_view name, Position position) {
  return {ErrorCode::kMissingArgument, position, fmt::format("Missing argument: {}", name)};
}

}  // namespace

Result<ResolvedRelation> Resolver::ResolveTableFunction(const TableFunctionRelation& node, Position,
                                                        const Scope* outer) {
  const std::string name = LowerCase(node.name.parts.back().text);
  if (name == "sequence") return ResolveSequence(node, node.name.position, outer);
  if (name == "exclude_columns") return ResolveExcludeColumns(node, node.name.position, outer);
  return std::unexpected(
      Error{ErrorCode::kFunctionNotFound, node.name.position, fmt::format("Table function '{}' not registered", name)});
}

Result<ResolvedRelation> Resolver::ResolveSequence(const TableFunctionRelation& node, Position position,
                                                   const Scope* outer) {
  const auto arguments = SQL_TRY(ArgumentsByName(node, {"START", "STOP", "STEP"}, position));
  Scope scope;
  scope.outer = outer;
  const ExpressionContext context{&scope};
  std::vector<std::string> numbers = {"CAST(0 AS BIGINT)", "", "CAST(1 AS BIGINT)"};
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == nullptr) continue;
    if (!arguments[i]->value) {
      return std::unexpected(
          Error{ErrorCode::kInvalidArguments, arguments[i]->position, "Invalid argument. Expected expression"});
    }
    const Resolved value = SQL_TRY(ResolveRoot(*arguments[i]->value, context));
    const Type bigint(TypeKind::kBigint);
    if (!CanCoerce(value.type, bigint)) {
      return std::unexpected(Error{ErrorCode::kTypeMismatch, arguments[i]->position,
                                   fmt::format("Cannot cast {} to bigint", value.type.Name())});
    }
    numbers[i] = CoerceSql(value, bigint);
  }
  if (arguments[1] == nullptr) return std::unexpected(MissingArgument("STOP", position));
  const std::string alias = NewAlias("r");
  ResolvedRelation relation;
  relation.alias = alias;
  relation.sql = fmt::format("generate_series({0}, {1}, trino_sequence_step({0}, {1}, {2})) AS {3}({4})", numbers[0],
                             numbers[1], numbers[2], QuoteIdentifier(alias), ColumnName(0));
  Field field;
  field.name = field.label = "sequential_number";
  field.type = Type(TypeKind::kBigint);
  field.sql = ColumnSql(alias, 0);
  relation.fields.push_back(std::move(field));
  return relation;
}

Result<ResolvedRelation> Resolver::ResolveExcludeColumns(const TableFunctionRelation& node, Position position,
                                                         const Scope* outer) {
  const auto arguments = SQL_TRY(ArgumentsByName(node, {"INPUT", "COLUMNS"}, position));
  if (arguments[0] == nullptr) return std::unexpected(MissingArgument("INPUT", position));
  if (arguments[1] == nullptr) return std::unexpected(MissingArgument("COLUMNS", position));
  if (!arguments[0]->table) {
    return std::unexpected(Error{ErrorCode::kInvalidArguments, arguments[0]->position,
                                 "Invalid argument INPUT. Expected table, got expression"});
  }
  if (!arguments[1]->descriptor) {
    return std::unexpected(Error{ErrorCode::kInvalidArguments, arguments[1]->position,
                                 "Invalid argument COLUMNS. Expected descriptor, got expression"});
  }
  ResolvedRelation relation = SQL_TRY(ResolveRelation(*arguments[0]->table, outer, nullptr));
  std::erase_if(relation.fields, [](const Field& field) { return field.hidden; });
  std::vector<std::string> missing;
  for (const Identifier& column : *arguments[1]->descriptor) {
    const std::string name = LowerCase(column.text);
    if (std::ranges::find(relation.fields, name, &Field::name) == relation.fields.end()) missing.push_back(name);
  }
  if (!missing.empty()) {
    return std::unexpected(
        InvalidArguments(fmt::format("Excluded columns: [{}] not present in the table", fmt::join(missing, ", "))));
  }
  for (const Identifier& column : *arguments[1]->descriptor) {
    std::erase_if(relation.fields, [&](const Field& field) { return field.name == LowerCase(column.text); });
  }
  if (relation.fields.empty()) {
    return std::unexpected(InvalidArguments("All columns are excluded"));
  }
  for (Field& field : relation.fields) field.qualifier.clear();
  return relation;
}

}  // namespace opentrail::sql
