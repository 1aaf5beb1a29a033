#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// JSON_EXISTS, JSON_VALUE and JSON_QUERY, whose engine functions take the clauses as text
// (engine/functions/json_sql.h).
namespace opentrail::sql {

namespace {

bool IsJsonInput(const Type& type) {
  return type.kind() == TypeKind::kVarchar || type.kind() == TypeKind::kChar || type.kind() == TypeKind::kJson ||
         type.kind() == TypeKind::kUnknown;
}

Result<Type> ReturnedType(const SqlJson& node, Position position) {
  if (!node.returning) return Type::Varchar();
  auto type = ParseType(node.returning->text);
  if (type) return *std::move(type);
  return std::unexpected(
      Error{ErrorCode::kTypeMismatch, position, fmt::format("Unknown type: {}", node.returning->text)});
}

bool IsText(const Type& type) { return type.kind() == TypeKind::kVarchar || type.kind() == TypeKind::kChar; }

}  // namespace

Result<Resolved> Resolver::ResolveSqlJson(const SqlJson& node, Position position, const ExpressionContext& context) {
  Resolved input = SQL_TRY(Resolve(*node.input, context));
  if (!IsJsonInput(input.type)) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, node.input->position,
              fmt::format("Cannot read input of type {} as JSON using formatting JSON", input.type.Name())});
  }
  if (input.type.kind() == TypeKind::kUnknown) input.sql = CoerceTo(input, Type::Varchar());
  if (node.function == "json_value") return ResolveJsonValue(node, input, position, context);
  const std::string path = TextLiteral(node.path).sql;
  if (node.function == "json_exists") {
    return From({Type(TypeKind::kBoolean),
                 fmt::format("trino_json_exists({}, {}, {})", input.sql, path, QuoteLiteral(node.on_error))},
                input.violates);
  }
  const Type returned = SQL_TRY(ReturnedType(node, position));
  if (!IsText(returned)) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, position,
                                 fmt::format("Cannot output JSON value as {} using formatting JSON", returned.Name())});
  }
  const TypedSql text{Type::Varchar(), fmt::format("trino_json_query({}, {}, {}, {}, {}, {})", input.sql, path,
                                                   QuoteLiteral(node.wrapper), QuoteLiteral(node.quotes),
                                                   QuoteLiteral(node.on_empty), QuoteLiteral(node.on_error))};
  if (returned == text.type) return From(text, input.violates);
  return From(SQL_TRY(ApplyCast(text, returned, CastMode::kCast, position)), input.violates);
}

// The value comes as text and is cast; where that fails it is an error, which is NULL unless ON ERROR says otherwise.
Result<Resolved> Resolver::ResolveJsonValue(const SqlJson& node, const Resolved& input, Position position,
                                            const ExpressionContext& context) {
  const Type returned = SQL_TRY(ReturnedType(node, position));
  const Resolved on_empty = SQL_TRY(ResolveJsonDefault(node.default_on_empty, returned, context));
  const Resolved on_error = SQL_TRY(ResolveJsonDefault(node.default_on_error, returned, context));
  const TypedSql text{Type::Varchar(), fmt::format("trino_json_value({}, {}, {}, {}, {}, {})", input.sql,
                                                   TextLiteral(node.path).sql, QuoteLiteral(node.on_empty),
                                                   on_empty.sql, QuoteLiteral(node.on_error), on_error.sql)};
  const Scope* const violates = Violation({input, on_empty, on_error});
  if (returned == text.type) return From(text, violates);
  const CastMode mode = node.on_error == "error" ? CastMode::kCast : CastMode::kTryCast;
  return From(SQL_TRY(ApplyCast(text, returned, mode, position)), violates);
}

Result<Resolved> Resolver::ResolveJsonDefault(const ExpressionPointer& expression, const Type& returning,
                                              const ExpressionContext& context) {
  const Type varchar = Type::Varchar();
  if (!expression) return From({varchar, "CAST(NULL AS VARCHAR)"}, nullptr);
  const Resolved value = SQL_TRY(Resolve(*expression, context));
  if (!CanCoerce(value.type, returning)) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, expression->position,
              fmt::format("Default value of type {} cannot be coerced to {}", value.type.Name(), returning.Name())});
  }
  const TypedSql coerced{returning, CoerceTo(value, returning)};
  if (IsText(returning)) return From(coerced, value.violates);
  return From(SQL_TRY(ApplyCast(coerced, varchar, CastMode::kCast, expression->position)), value.violates);
}

}  // namespace opentrail::sql
