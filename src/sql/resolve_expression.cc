#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/expression_walk.h"
#include "sql/format_expression.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// Expressions: names, fields, operators, constructors; the other kinds stand in files of their own.
namespace opentrail::sql {

namespace {

Error ColumnNotFound(const std::vector<std::string>& names, Position position) {
  return {ErrorCode::kColumnNotFound, position,
          fmt::format("Column '{}' cannot be resolved or requester is not authorized to access requested resources",
                      fmt::join(names, "."))};
}

bool Matches(const Field& field, const std::vector<std::string>& names) {
  if (field.name != names.back() || field.name.empty()) return false;
  const size_t prefix = names.size() - 1;
  if (prefix > field.qualifier.size()) return false;
  return std::equal(names.rbegin() + 1, names.rend(), field.qualifier.rbegin());
}

// A visible column comes before the hidden ones of its name.
std::vector<const Field*> MatchingFields(const Scope& scope, const std::vector<std::string>& names) {
  std::vector<const Field*> visible;
  std::vector<const Field*> hidden;
  for (const Field& field : scope.fields) {
    if (Matches(field, names)) (field.hidden ? hidden : visible).push_back(&field);
  }
  return visible.empty() ? hidden : visible;
}

// A type as Trino spells it back: "dec(5, 1)".
std::string SpacedTypeName(std::string_view written) {
  std::string name;
  for (size_t i = 0; i < written.size(); ++i) {
    name += written[i];
    if (written[i] == ',' && i + 1 < written.size() && written[i + 1] != ' ') name += ' ';
  }
  return name;
}

bool IsComparison(BinaryOperator operation) {
  return operation >= BinaryOperator::kEqual && operation <= BinaryOperator::kIsNotDistinctFrom;
}

Error Ambiguous(const std::vector<std::string>& names, Position position) {
  return {ErrorCode::kAmbiguousName, position, fmt::format("Column '{}' is ambiguous", fmt::join(names, "."))};
}

// The x of CAST(json_parse(x) AS …) where the type is a container and x no constant: Trino reads such a text at once,
// and so leaves the keys of its objects in the order in which they are written. nullptr: it is no such cast.
const Expression* ParsedText(const Expression& operand, const Type& type) {
  const bool container =
      type.kind() == TypeKind::kArray || type.kind() == TypeKind::kMap || type.kind() == TypeKind::kRow;
  const auto* call = std::get_if<FunctionCall>(&operand.node);
  if (!container || call == nullptr || call->name.parts.size() != 1 || call->arguments.size() != 1) return nullptr;
  if (LowerCase(call->name.parts[0].text) != "json_parse") return nullptr;
  bool constant = true;
  WalkExpression(*call->arguments[0], [&](const Expression& each) {
    if (std::holds_alternative<ColumnReference>(each.node)) constant = false;
    return constant;
  });
  return constant ? nullptr : call->arguments[0].get();
}

}  // namespace

Result<Resolved> Resolver::ResolveRoot(const Expression& expression, const ExpressionContext& context) {
  Resolved value = SQL_TRY(Resolve(expression, context));
  if (value.violates == nullptr) return value;
  if (value.violates == context.scope) {
    return std::unexpected(Error{ErrorCode::kExpressionNotAggregate, PointOf(expression),
                                 fmt::format("'{}' must be an aggregate expression or appear in GROUP BY clause",
                                             FormatExpression(expression))});
  }
  value.violates->subquery_violates = true;
  value.violates = nullptr;
  return value;
}

Result<Resolved> Resolver::Resolve(const Expression& expression, const ExpressionContext& context) {
  const DepthGuard guard(depth_);
  SQL_CHECK(guard.Check(kMaxResolveDepth, expression.position));
  if (++steps_ > session_.max_resolve_steps) {
    return std::unexpected(
        Error{ErrorCode::kExceededDepthLimit, expression.position,
              fmt::format("The statement takes more than {} steps to analyze", session_.max_resolve_steps)});
  }
  Resolved value = SQL_TRY(Dispatch(expression, context));
  if (value.sql.size() > kMaxEngineSqlBytes) {
    return std::unexpected(Error{ErrorCode::kQueryTextTooLarge, expression.position,
                                 fmt::format("The statement becomes longer than {} bytes", kMaxEngineSqlBytes)});
  }
  ApplyGrouping(value, context);
  return value;
}

// A value that is grouped by may stand above the grouping, as what its group shows.
void Resolver::ApplyGrouping(Resolved& value, const ExpressionContext& context) const {
  if (value.violates == nullptr) return;
  if (context.inside_aggregate && value.violates == context.scope) return;
  for (const GroupKey& key : value.violates->grouping->keys) {
    if (key.key.sql != value.sql) continue;
    value.sql = key.output;
    value.scan_path.clear();
    value.violates = nullptr;
    return;
  }
}

// One expression, by its kind.
struct Resolver::Dispatcher {
  Resolver& resolver;
  const Expression& expression;
  const ExpressionContext& context;
  Position position;

  Result<Resolved> operator()(const NullLiteral&) { return From({Type(), "NULL"}, nullptr); }
  Result<Resolved> operator()(const BooleanLiteral& node) {
    return From({Type(TypeKind::kBoolean), node.value ? "true" : "false"}, nullptr);
  }
  Result<Resolved> operator()(const LongLiteral& node) { return resolver.ResolveLong(node, position); }
  Result<Resolved> operator()(const DecimalLiteral& node) { return resolver.ResolveDecimal(node, position); }
  Result<Resolved> operator()(const DoubleLiteral& node) {
    return From({Type(TypeKind::kDouble), fmt::format("CAST('{}' AS DOUBLE)", node.text)}, nullptr);
  }
  Result<Resolved> operator()(const StringLiteral& node) { return From(TextLiteral(node.value), nullptr); }
  Result<Resolved> operator()(const BinaryLiteral& node) { return From(BytesLiteral(node.bytes), nullptr); }
  Result<Resolved> operator()(const GenericLiteral& node) { return From(SQL_TRY(LiteralSql(node, position)), nullptr); }
  Result<Resolved> operator()(const IntervalLiteral& node) {
    return From(SQL_TRY(LiteralSql(node, position)), nullptr);
  }
  Result<Resolved> operator()(const Parameter& node) {
    return std::unexpected(
        Error{ErrorCode::kInvalidParameterUsage, Position{1, 1},
              fmt::format("Incorrect number of parameters: expected {} but found 0", node.index + 1)});
  }
  Result<Resolved> operator()(const ColumnReference& node) { return resolver.ResolveColumn(node, position, context); }
  Result<Resolved> operator()(const Dereference& node) {
    return resolver.ResolveDereference(expression, node, context);
  }
  Result<Resolved> operator()(const Subscript& node) { return resolver.ResolveSubscript(node, position, context); }
  Result<Resolved> operator()(const Binary& node) { return resolver.ResolveBinary(node, context); }
  Result<Resolved> operator()(const Unary& node) { return resolver.ResolveUnary(node, position, context); }
  Result<Resolved> operator()(const IsNull& node) { return resolver.ResolveIsNull(node, context); }
  Result<Resolved> operator()(const Between& node) { return resolver.ResolveBetween(node, position, context); }
  Result<Resolved> operator()(const InList& node) { return resolver.ResolveInList(node, position, context); }
  Result<Resolved> operator()(const InSubquery& node) { return resolver.ResolveInSubquery(node, position, context); }
  Result<Resolved> operator()(const Like& node) { return resolver.ResolveLike(node, context); }
  Result<Resolved> operator()(const Exists& node) { return resolver.ResolveExists(node, position, context); }
  Result<Resolved> operator()(const ScalarSubquery& node) {
    return resolver.ResolveScalarSubquery(node, position, context);
  }
  Result<Resolved> operator()(const QuantifiedComparison& node) {
    return resolver.ResolveQuantified(node, position, context);
  }
  Result<Resolved> operator()(const Case& node) { return resolver.ResolveCase(node, context); }
  Result<Resolved> operator()(const Cast& node) { return resolver.ResolveCast(node, position, context); }
  Result<Resolved> operator()(const TryExpression& node) { return resolver.ResolveTry(*node.operand, context); }
  Result<Resolved> operator()(const Extract& node) {
    const Resolved value = SQL_TRY(resolver.Resolve(*node.operand, context));
    return From(SQL_TRY(ApplyExtract(node.field, value, node.operand->position)), value.violates);
  }
  Result<Resolved> operator()(const AtTimeZone& node) {
    const Resolved operand = SQL_TRY(resolver.Resolve(*node.operand, context));
    const Resolved zone = SQL_TRY(resolver.Resolve(*node.zone, context));
    const std::vector<Resolved> parts = {operand, zone};
    const int64_t now = resolver.session_.now.time_since_epoch().count();
    return From(SQL_TRY(ApplyAtTimeZone(parts[0], parts[1], now, node.operand->position)), Violation(parts));
  }
  Result<Resolved> operator()(const RowConstructor& node) { return resolver.ResolveRow(node, context); }
  Result<Resolved> operator()(const ArrayConstructor& node) { return resolver.ResolveArray(node, context); }
  Result<Resolved> operator()(const Lambda&) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, position, "Lambda expression should always be used inside a function"});
  }
  Result<Resolved> operator()(const CurrentValue& node) {
    return resolver.ResolveCurrentValue(LowerCase(node.name), node.precision, position);
  }
  Result<Resolved> operator()(const Trim& node) { return resolver.ResolveTrim(node, position, context); }
  Result<Resolved> operator()(const JsonConstructor& node) {
    return resolver.ResolveJsonConstructor(node, position, context);
  }
  Result<Resolved> operator()(const SqlJson& node) { return resolver.ResolveSqlJson(node, position, context); }
  Result<Resolved> operator()(const FunctionCall& node) {
    // Trino takes an aggregate with an order for one that is not windowed, and so for one that must be grouped by.
    if ((node.window || node.window_name) && !node.order_by.empty() && resolver.NamesAggregate(node)) {
      return std::unexpected(Error{ErrorCode::kExpressionNotAggregate, position,
                                   fmt::format("'{}' must be an aggregate expression or appear in GROUP BY clause",
                                               FormatExpression(expression))});
    }
    return resolver.ResolveFunctionCall(node, position, context);
  }
  Result<Resolved> operator()(const GroupingOperation& node) {
    return resolver.ResolveGroupingOperation(node, position, context);
  }
};

Result<Resolved> Resolver::Dispatch(const Expression& expression, const ExpressionContext& context) {
  return std::visit(Dispatcher{*this, expression, context, expression.position}, expression.node);
}

// ---- Names ------------------------------------------------------------------------------------------------------

Resolved Resolver::ReadField(const Field& field, const Scope& scope) {
  field.MarkUsed();
  Resolved value;
  value.type = field.type;
  value.sql = field.sql;
  value.scan_alias = field.scan_alias;
  value.scan_path = field.scan_path;
  value.violates = scope.grouping != nullptr ? &scope : nullptr;
  return value;
}

Result<std::optional<Resolved>> Resolver::FindColumn(const std::vector<std::string>& names, Position position,
                                                     const ExpressionContext& context) {
  if (names.size() == 1) {
    for (auto parameter = lambda_parameters_.rbegin(); parameter != lambda_parameters_.rend(); ++parameter) {
      if (parameter->name == names[0]) return From(parameter->value, nullptr);
    }
    const OutputItem* output = nullptr;
    for (size_t i = 0; context.outputs != nullptr && i < context.outputs->size(); ++i) {
      const OutputItem& item = (*context.outputs)[i];
      if (item.label.empty() || LowerCase(item.label) != names[0]) continue;
      if (output != nullptr) return std::unexpected(Ambiguous(names, position));
      output = &item;
    }
    if (output != nullptr && context.refuses_outputs) {
      return std::unexpected(Error{ErrorCode::kColumnNotFound, position,
                                   "Invalid reference to output projection attribute from ORDER BY aggregation"});
    }
    if (output != nullptr) return output->value;
  }
  for (const Scope* scope = context.scope; scope != nullptr; scope = scope->outer) {
    const std::vector<const Field*> found = MatchingFields(*scope, names);
    if (found.size() > 1) return std::unexpected(Ambiguous(names, position));
    if (found.size() == 1 && !scope->refused_by.empty()) {
      return std::unexpected(Error{ErrorCode::kInvalidColumnReference, position,
                                   fmt::format("LATERAL reference not allowed in {} JOIN", scope->refused_by)});
    }
    if (found.size() == 1 && scope != context.scope) {
      scope->is_correlated = true;
      correlation_.rows = correlation_.rows || context.inside_aggregate;
    }
    if (found.size() == 1) return ReadField(*found[0], *scope);
  }
  return std::nullopt;
}

Result<Resolved> Resolver::ResolveColumn(const ColumnReference& node, Position position,
                                         const ExpressionContext& context) {
  const std::vector<std::string> names{LowerCase(node.name.text)};
  auto found = SQL_TRY(FindColumn(names, position, context));
  if (!found) return std::unexpected(ColumnNotFound(names, position));
  return *std::move(found);
}

// Whether the names, or the first of them, are a column.
Result<bool> Resolver::NamesColumn(std::vector<std::string> names, Position position,
                                   const ExpressionContext& context) {
  for (; !names.empty(); names.pop_back()) {
    if (SQL_TRY(FindColumn(names, position, context))) return true;
  }
  return false;
}

Result<Resolved> Resolver::ResolveDereference(const Expression& expression, const Dereference& node,
                                              const ExpressionContext& context) {
  if (const auto names = NameChain(expression)) {
    const bool parameter = std::ranges::any_of(
        lambda_parameters_, [&](const LambdaParameter& each) { return each.name == names->front(); });
    if (!parameter) {
      if (auto column = SQL_TRY(FindColumn(*names, expression.position, context))) return *std::move(column);
      if (!SQL_TRY(NamesColumn(*names, expression.position, context))) {
        return std::unexpected(ColumnNotFound(*names, expression.position));
      }
    }
  }
  const CorrelationWatch watch(context.scope->outer);
  const Resolved base = SQL_TRY(Resolve(*node.base, context));
  correlation_.fields = correlation_.fields || watch.Saw();
  if (base.type.kind() != TypeKind::kRow) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, node.base->position,
                                 fmt::format("Expression {} is not of type ROW", FormatExpression(*node.base))});
  }
  auto field = RowField(base, node, expression.position);
  if (!field && field.error().code == ErrorCode::kColumnNotFound) {
    const auto names = NameChain(expression);
    return std::unexpected(ColumnNotFound(names ? *names : std::vector<std::string>{"null"}, expression.position));
  }
  return field;
}

Result<Resolved> Resolver::RowField(const Resolved& base, const Dereference& node, Position position) {
  const std::string name = LowerCase(node.field.text);
  std::optional<size_t> found;
  for (size_t i = 0; i < base.type.field_names().size(); ++i) {
    if (LowerCase(base.type.field_names()[i]) != name) continue;
    if (found) {
      return std::unexpected(Error{ErrorCode::kAmbiguousName, position,
                                   fmt::format("Ambiguous row field reference: {}", node.field.text)});
    }
    found = i;
  }
  if (!found) return std::unexpected(ColumnNotFound({name}, position));
  return FieldAt(base, *found);
}

// The scan offers each node of a struct as a column, and parses no more than that.
Resolved Resolver::FieldAt(const Resolved& base, size_t index) {
  const std::string name = base.type.EngineFieldNames()[index];
  Resolved field;
  field.type = base.type.arguments()[index];
  field.violates = base.violates;
  if (base.scan_path.empty()) {
    field.sql = fmt::format("struct_extract({}, {})", base.sql, QuoteLiteral(name));
    return field;
  }
  field.scan_alias = base.scan_alias;
  field.scan_path = base.scan_path + "." + name;
  field.sql = fmt::format("{}.{}", QuoteIdentifier(field.scan_alias), QuoteIdentifier(field.scan_path));
  return field;
}

// ---- Operators and constructors ---------------------------------------------------------------------------------

Result<Resolved> Resolver::ResolveUnary(const Unary& node, Position position, const ExpressionContext& context) {
  Resolved operand = SQL_TRY(Resolve(*node.operand, context));
  if (node.operation == UnaryOperator::kMinus) {
    return From(SQL_TRY(ApplyNegate(operand, position)), operand.violates);
  }
  if (node.operation == UnaryOperator::kPlus) {
    if (!CanCoerce(operand.type, Type(TypeKind::kDouble)) && operand.type.kind() != TypeKind::kDecimal) {
      return std::unexpected(
          Error{ErrorCode::kTypeMismatch, position,
                fmt::format("Unary '+' operator cannot by applied to {} type", operand.type.Name())});
    }
    return From({operand.type, operand.sql}, operand.violates);
  }
  const Type boolean(TypeKind::kBoolean);
  if (!CanCoerce(operand.type, boolean)) {
    return std::unexpected(Error{
        ErrorCode::kTypeMismatch, node.operand->position,
        fmt::format("Value of logical NOT expression must evaluate to a boolean (actual: {})", operand.type.Name())});
  }
  return From({boolean, fmt::format("(NOT {})", CoerceTo(operand, boolean))}, operand.violates);
}

Result<Resolved> Resolver::ResolveBinary(const Binary& node, const ExpressionContext& context) {
  const Resolved left = SQL_TRY(Resolve(*node.left, context));
  const Resolved right = SQL_TRY(Resolve(*node.right, context));
  std::vector<Resolved> sides = {left, right};
  const bool logical = node.operation == BinaryOperator::kAnd || node.operation == BinaryOperator::kOr;
  if (IsComparison(node.operation)) SQL_CHECK(CoerceTexts(sides, node.operator_position));
  for (size_t i = 0; logical && i < 2; ++i) {
    if (CanCoerce(sides[i].type, Type(TypeKind::kBoolean))) continue;
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, (i == 0 ? node.left : node.right)->position,
              fmt::format("Logical expression term must evaluate to a boolean (actual: {})", sides[i].type.Name())});
  }
  if (node.operation == BinaryOperator::kConcat) return CallScalar("concat", sides, node.operator_position);
  return From(SQL_TRY(ApplyBinary(node.operation, sides[0], sides[1], node.operator_position)), Violation(sides));
}

Result<Resolved> Resolver::ResolveSubscript(const Subscript& node, Position position,
                                            const ExpressionContext& context) {
  const Resolved base = SQL_TRY(Resolve(*node.base, context));
  if (base.type.kind() == TypeKind::kRow) return SubscriptRow(base, *node.index);
  const Resolved index = SQL_TRY(Resolve(*node.index, context));
  return From(SQL_TRY(ApplySubscript(base, index, position)), Violation({base, index}));
}

// row[n]: a field by its place, which must be a literal.
Result<Resolved> Resolver::SubscriptRow(const Resolved& base, const Expression& index) {
  const auto refuse = [&](ErrorCode code, std::string message) {
    return std::unexpected(Error{code, index.position, std::move(message)});
  };
  const auto* literal = std::get_if<LongLiteral>(&index.node);
  if (literal == nullptr) {
    return refuse(ErrorCode::kExpressionNotConstant, "Subscript expression on ROW requires a constant index");
  }
  int64_t number = 0;
  std::from_chars(literal->digits.data(), literal->digits.data() + literal->digits.size(), number);
  if (number < 1) {
    return refuse(ErrorCode::kInvalidFunctionArgument,
                  fmt::format("Invalid subscript index: {}. ROW indices start at 1", literal->digits));
  }
  const size_t count = base.type.arguments().size();
  if (static_cast<uint64_t>(number) > count) {
    return refuse(ErrorCode::kInvalidFunctionArgument,
                  fmt::format("Subscript index out of bounds: {}, max value is {}", number, count));
  }
  return FieldAt(base, static_cast<size_t>(number) - 1);
}

Result<Resolved> Resolver::ResolveCast(const Cast& node, Position position, const ExpressionContext& context) {
  const auto type = ParseType(node.type.text);
  if (const auto refused = type ? std::nullopt : RefusedDecimal(node.type.text)) {
    return std::unexpected(Error{ErrorCode::kInvalidFunctionArgument, std::nullopt, *refused});
  }
  if (!type) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, position, fmt::format("Unknown type: {}", SpacedTypeName(node.type.text))});
  }
  const CastMode mode = node.try_cast ? CastMode::kTryCast : CastMode::kCast;
  if (const Expression* text = node.try_cast ? nullptr : ParsedText(*node.operand, *type)) {
    const Resolved source = SQL_TRY(Resolve(*text, context));
    if (source.type.kind() == TypeKind::kVarchar) {
      const TypedSql json{Type(TypeKind::kJson), fmt::format("trino_json_compact({})", source.sql)};
      return From(SQL_TRY(ApplyCast(json, *type, mode, position)), source.violates);
    }
  }
  const Resolved operand = SQL_TRY(Resolve(*node.operand, context));
  return From(SQL_TRY(ApplyCast(operand, *type, mode, position)), operand.violates);
}

Result<std::vector<Resolved>> Resolver::ResolveAll(const std::vector<ExpressionPointer>& expressions,
                                                   const ExpressionContext& context) {
  std::vector<Resolved> values;
  for (const ExpressionPointer& expression : expressions) values.push_back(SQL_TRY(Resolve(*expression, context)));
  return values;
}

Result<Resolved> Resolver::ResolveRow(const RowConstructor& node, const ExpressionContext& context) {
  const std::vector<Resolved> fields = SQL_TRY(ResolveAll(node.fields, context));
  const Type type = Type::Row(TypesOf(fields), {});
  return From({type, RowSql(type, fields)}, Violation(fields));
}

Result<Resolved> Resolver::ResolveArray(const ArrayConstructor& node, const ExpressionContext& context) {
  const std::vector<Resolved> elements = SQL_TRY(ResolveAll(node.elements, context));
  const Type element = SQL_TRY(CommonType(TypesOf(elements), node.elements, "All ARRAY elements"));
  const Type type = Type::Array(element);
  const std::vector<Type> types(elements.size(), element);
  std::string sql = fmt::format("[{}]", CoerceRow(elements, types));
  if (elements.empty()) sql = fmt::format("CAST([] AS {})", type.EngineName());
  return From({type, std::move(sql)}, Violation(elements));
}

Result<Resolved> Resolver::ResolveTrim(const Trim& node, Position position, const ExpressionContext& context) {
  std::vector<Resolved> arguments = {SQL_TRY(Resolve(*node.source, context))};
  if (node.characters) arguments.push_back(SQL_TRY(Resolve(*node.characters, context)));
  switch (node.kind) {
    case TrimKind::kBoth: return CallScalar("trim", arguments, position);
    case TrimKind::kLeading: return CallScalar("ltrim", arguments, position);
    case TrimKind::kTrailing: return CallScalar("rtrim", arguments, position);
  }
  return CallScalar("trim", arguments, position);
}

}  // namespace opentrail::sql
