#include <algorithm>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/function_template.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// Function calls: the special forms, scalar functions, lambdas.
namespace opentrail::sql {

namespace {

Error NotRegistered(std::string_view name, Position position) {
  return {ErrorCode::kFunctionNotFound, position, fmt::format("Function '{}' not registered", name)};
}

// The name that the tables of functions have for what a call means.
std::string RegisteredName(const std::string& name, const FunctionCall& node, Dialect dialect) {
  if (node.listagg_overflow.starts_with("truncate")) return "listagg " + node.listagg_overflow;
  if (dialect == Dialect::kLake && name == "json_extract") return "json_extract all";
  return name;
}

bool HasWindow(const FunctionCall& node) { return node.window.has_value() || node.window_name.has_value(); }

// A scalar function takes none of what belongs to aggregates and windows.
Result<void> CheckScalarCall(std::string_view name, const FunctionCall& node, Position position, Position select) {
  const auto refuse = [&](ErrorCode code, std::string message) {
    return std::unexpected(Error{code, position, std::move(message)});
  };
  if (HasWindow(node)) {
    return std::unexpected(
        Error{ErrorCode::kFunctionNotWindow, select, fmt::format("Not a window function: {}", name)});
  }
  if (node.distinct) {
    return refuse(ErrorCode::kFunctionNotAggregate, "DISTINCT is not supported for non-aggregation functions");
  }
  if (node.filter) {
    return refuse(ErrorCode::kFunctionNotAggregate, "Filter is only valid for aggregation functions");
  }
  if (!node.order_by.empty()) {
    return refuse(ErrorCode::kFunctionNotAggregate,
                  fmt::format("ORDER BY is only valid for aggregation functions: {}", name));
  }
  if (node.star) return std::unexpected(NotRegistered(name, position));
  return {};
}

}  // namespace

Result<Resolved> Resolver::ResolveFunctionCall(const FunctionCall& node, Position position,
                                               const ExpressionContext& context) {
  const std::string name = LowerCase(node.name.parts.back().text);
  if (node.name.parts.size() > 1) {
    std::string full;
    for (const Identifier& part : node.name.parts) full += (full.empty() ? "" : ".") + LowerCase(part.text);
    return std::unexpected(NotRegistered(full, position));
  }
  if (auto special = SQL_TRY(ResolveSpecialForm(name, node, position, context))) return *std::move(special);
  const auto* const signatures = functions_.Find(RegisteredName(name, node, session_.dialect));
  if (signatures == nullptr) {  // what is wrong with the arguments is told before
    for (const ExpressionPointer& argument : node.arguments) {
      if (!std::holds_alternative<Lambda>(argument->node)) SQL_CHECK(Resolve(*argument, context));
    }
    return std::unexpected(NotRegistered(name, position));
  }
  const FunctionKind kind = signatures->front().row->kind;
  if (kind == FunctionKind::kScalar) return ResolveScalarCall(name, *signatures, node, position, context);
  if (kind == FunctionKind::kWindow && !HasWindow(node)) {
    return std::unexpected(Error{ErrorCode::kMissingOver, position,
                                 fmt::format("Window function system.builtin.{} requires an OVER clause", name)});
  }
  return ResolveAggregateCall(name, *signatures, node, position, context);
}

// What is written as a call and is none: its arguments are not all evaluated, or not at all.
Result<std::optional<Resolved>> Resolver::ResolveSpecialForm(std::string_view name, const FunctionCall& node,
                                                             Position position, const ExpressionContext& context) {
  if (name == "coalesce") return SQL_TRY(ResolveCoalesce(node, position, context));
  if (name == "if") return SQL_TRY(ResolveIf(node, position, context));
  if (name == "nullif") return SQL_TRY(ResolveNullIf(node, position, context));
  if (name == "try") {
    if (node.arguments.size() != 1) {
      return std::unexpected(
          Error{ErrorCode::kInvalidFunctionArgument, position, "The 'try' function must have exactly one argument"});
    }
    return SQL_TRY(ResolveTry(*node.arguments[0], context));
  }
  if (name == "now" && node.arguments.empty()) {
    return SQL_TRY(ResolveCurrentValue("current_timestamp", std::nullopt, position));
  }
  if (name == "current_timezone" && node.arguments.empty())
    return From({Type::Varchar(), TextLiteral("UTC").sql}, nullptr);
  if (name == "format") return SQL_TRY(ResolveFormat(node, context));
  if (name == "typeof") {
    if (node.arguments.size() == 1) {
      const Resolved value = SQL_TRY(Resolve(*node.arguments[0], context));
      const std::string type = TextLiteral(value.type.Name()).sql;
      // Trino computes the value, too, whose error is the call's; that of a column has none.
      if (!value.scan_path.empty()) return From({Type::Varchar(), type}, value.violates);
      return From({Type::Varchar(), fmt::format("CASE WHEN {} IS NULL THEN {} ELSE {} END", value.sql, type, type)},
                  value.violates);
    }
    std::string given;
    for (const Resolved& value : SQL_TRY(ResolveAll(node.arguments, context))) {
      given += (given.empty() ? "" : ", ") + SignatureTypeName(value.type);
    }
    return std::unexpected(
        Error{ErrorCode::kFunctionNotFound, position,
              fmt::format("Unexpected parameters ({}) for function typeof. Expected: typeof(t) T", given)});
  }
  return std::nullopt;
}

Result<Resolved> Resolver::ResolveScalarCall(std::string_view name, const std::vector<Signature>& signatures,
                                             const FunctionCall& node, Position position,
                                             const ExpressionContext& context) {
  SQL_CHECK(CheckScalarCall(name, node, position, context.select));
  const BoundCall call = SQL_TRY(BindCall(name, signatures, node.arguments, position, context));
  if (node.arguments.size() == 1 && (name == "concat" || name == "map_concat")) {
    return std::unexpected(Error{
        ErrorCode::kInvalidFunctionArgument, std::nullopt,
        fmt::format("There must be two or more concatenation arguments{}", name == "concat" ? "" : " to map_concat")});
  }
  const ExpandedCall expanded =
      SQL_TRY(ExpandTemplate(*call.function.signature->row, call.arguments, call.function.result, position));
  return From({call.function.result, expanded.Text()}, call.violates);
}

// Each value goes in twice: as it is, for %d and %f, and as the dialect's cast prints it, for %s. An instant goes in
// with its wall clock's reading, for %t.
Result<Resolved> Resolver::ResolveFormat(const FunctionCall& node, const ExpressionContext& context) {
  const std::vector<Resolved> values = SQL_TRY(ResolveAll(node.arguments, context));
  if (values[0].type.kind() != TypeKind::kVarchar && values[0].type.kind() != TypeKind::kUnknown) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, node.arguments[0]->position,
              fmt::format("Type of first argument to format() must be VARCHAR (actual: {})", values[0].type.Name())});
  }
  std::string call = "trino_format(" + CoerceTo(values[0], Type::Varchar());
  for (size_t i = 1; i < values.size(); ++i) {
    const auto text = ApplyCast(values[i], Type::Varchar(), CastMode::kCast, node.arguments[i]->position);
    if (!text) {
      // Trino names the first of the values, whichever it is.
      return std::unexpected(Error{ErrorCode::kNotSupported, node.arguments[1]->position,
                                   fmt::format("Type not supported for formatting: {}", values[1].type.Name())});
    }
    const bool zoned = values[i].type.kind() == TypeKind::kTimestampWithTimeZone;
    call += fmt::format(
        ", {}, {}", zoned ? fmt::format("row({0}, trino_cast_tstz_to_timestamp({0}))", values[i].sql) : values[i].sql,
        text->sql);
  }
  return From({Type::Varchar(), call + ")"}, Violation(values));
}

// A call that the dialect writes in words of its own, TRIM(… FROM …): the arguments are resolved.
Result<Resolved> Resolver::CallScalar(std::string_view name, const std::vector<Resolved>& arguments,
                                      Position position) {
  const std::vector<Signature>* const signatures = functions_.Find(name);
  if (signatures == nullptr) return std::unexpected(NotRegistered(name, position));
  std::vector<CallArgument> types;
  for (const Resolved& argument : arguments) types.push_back({argument.type, 0, position});
  const BoundFunction bound = SQL_TRY(BindFunction(name, *signatures, types, nullptr, position));
  std::vector<TypedSql> coerced;
  for (size_t i = 0; i < arguments.size(); ++i) {
    coerced.push_back({bound.parameters[i], CoerceTo(arguments[i], bound.parameters[i])});
  }
  const ExpandedCall expanded = SQL_TRY(ExpandTemplate(*bound.signature->row, coerced, bound.result, position));
  return From({bound.result, expanded.Text()}, Violation(arguments));
}

Result<Resolver::BoundCall> Resolver::BindCall(std::string_view name, const std::vector<Signature>& signatures,
                                               const std::vector<ExpressionPointer>& arguments, Position position,
                                               const ExpressionContext& context) {
  std::vector<CallArgument> types;
  std::vector<Resolved> values(arguments.size());
  BoundCall call;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (const auto* lambda = std::get_if<Lambda>(&arguments[i]->node)) {
      SQL_CHECK(RefuseAggregates(*lambda->body, "Lambda expression"));
      types.push_back({std::nullopt, lambda->parameters.size(), arguments[i]->position});
      continue;
    }
    values[i] = SQL_TRY(Resolve(*arguments[i], context));
    types.push_back({values[i].type, 0, arguments[i]->position});
  }
  call.violates = Violation(values);
  std::vector<std::string> heads(arguments.size());
  const auto resolve_lambda = [&](size_t argument, const std::vector<Type>& parameters) {
    return ResolveLambda(std::get<Lambda>(arguments[argument]->node), parameters, context, heads[argument],
                         &call.violates);
  };
  call.function = SQL_TRY(BindFunction(name, signatures, types, resolve_lambda, position));
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Type& type = call.function.parameters[i];
    if (const auto& body = call.function.lambda_bodies[i]) {
      call.arguments.push_back({type, heads[i] + CoerceTo(*body, type.arguments().back())});
    } else if (!values[i].scan_path.empty() && name == "count" && !values[i].type.arguments().empty()) {
      // Only whether the value is there matters: its raw text tells.
      call.arguments.push_back({type, fmt::format("{}.{}", QuoteIdentifier(values[i].scan_alias),
                                                  QuoteIdentifier(values[i].scan_path + "$raw"))});
    } else {
      call.arguments.push_back({type, CoerceTo(values[i], type)});
    }
  }
  return call;
}

// The body; head becomes "lambda x, y: " with the engine's names of the parameters.
Result<TypedSql> Resolver::ResolveLambda(const Lambda& lambda, const std::vector<Type>& parameters,
                                         const ExpressionContext& context, std::string& head, const Scope** violates) {
  const size_t outer = lambda_parameters_.size();
  head = "lambda ";
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string name = QuoteIdentifier(NewAlias("l"));
    head += (i == 0 ? "" : ", ") + name;
    lambda_parameters_.push_back({LowerCase(lambda.parameters[i].text), {parameters[i], name}});
  }
  head += ": ";
  auto body = Resolve(*lambda.body, context);
  lambda_parameters_.resize(outer);
  if (!body) return std::unexpected(std::move(body).error());
  if (*violates == nullptr) *violates = body->violates;
  return TypedSql{body->type, body->sql};
}

}  // namespace opentrail::sql
