#include "sql/format_expression.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "sql/expression_walk.h"
#include "sql/text.h"

namespace opentrail::sql {

namespace {

constexpr uint32_t kMaxFormatDepth = 400;  // what a message still shows
constexpr std::string_view kQuery = "(SELECT ...)";

std::string_view Symbol(BinaryOperator operation) {
  switch (operation) {
    case BinaryOperator::kAdd: return "+";
    case BinaryOperator::kSubtract: return "-";
    case BinaryOperator::kMultiply: return "*";
    case BinaryOperator::kDivide: return "/";
    case BinaryOperator::kModulus: return "%";
    case BinaryOperator::kConcat: return "||";
    case BinaryOperator::kEqual: return "=";
    case BinaryOperator::kNotEqual: return "<>";
    case BinaryOperator::kLess: return "<";
    case BinaryOperator::kLessOrEqual: return "<=";
    case BinaryOperator::kGreater: return ">";
    case BinaryOperator::kGreaterOrEqual: return ">=";
    case BinaryOperator::kIsDistinctFrom: return "IS DISTINCT FROM";
    case BinaryOperator::kIsNotDistinctFrom: return "IS NOT DISTINCT FROM";
    case BinaryOperator::kAnd: return "AND";
    case BinaryOperator::kOr: return "OR";
  }
  return "";
}

std::string FormatNode(const Expression& expression);

std::string Format(const ExpressionPointer& expression) { return expression ? FormatNode(*expression) : ""; }

std::string Format(const std::vector<ExpressionPointer>& expressions) {
  std::string text;
  for (const ExpressionPointer& expression : expressions) {
    if (!text.empty()) text += ", ";
    text += Format(expression);
  }
  return text;
}

std::string Format(const std::vector<SortItem>& items) {
  std::string text = "ORDER BY ";
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += ", ";
    text += Format(items[i].expression);
    text += items[i].direction == SortDirection::kAscending ? " ASC" : " DESC";
    if (items[i].nulls == NullOrder::kFirst) text += " NULLS FIRST";
    if (items[i].nulls == NullOrder::kLast) text += " NULLS LAST";
  }
  return text;
}

std::string Format(const FrameBound& bound) {
  switch (bound.kind) {
    case FrameBoundKind::kUnboundedPreceding: return "UNBOUNDED PRECEDING";
    case FrameBoundKind::kPreceding: return Format(bound.value) + " PRECEDING";
    case FrameBoundKind::kCurrentRow: return "CURRENT ROW";
    case FrameBoundKind::kFollowing: return Format(bound.value) + " FOLLOWING";
    case FrameBoundKind::kUnboundedFollowing: return "UNBOUNDED FOLLOWING";
  }
  return "";
}

std::string Format(const WindowFrame& frame) {
  constexpr std::string_view kUnits[] = {"ROWS", "RANGE", "GROUPS"};
  const std::string_view unit = kUnits[static_cast<size_t>(frame.unit)];
  if (!frame.end) return fmt::format("{} {}", unit, Format(frame.start));
  return fmt::format("{} BETWEEN {} AND {}", unit, Format(frame.start), Format(*frame.end));
}

std::string Format(const WindowSpecification& window) {
  std::vector<std::string> parts;
  if (window.base) parts.push_back(FormatIdentifier(*window.base));
  if (!window.partition_by.empty()) parts.push_back("PARTITION BY " + Format(window.partition_by));
  if (!window.order_by.empty()) parts.push_back(Format(window.order_by));
  if (window.frame) parts.push_back(Format(*window.frame));
  return fmt::format("({})", fmt::join(parts, " "));
}

struct Formatter {
  std::string operator()(const NullLiteral&) const { return "null"; }
  std::string operator()(const BooleanLiteral& node) const { return node.value ? "true" : "false"; }
  std::string operator()(const LongLiteral& node) const { return node.digits; }
  std::string operator()(const DecimalLiteral& node) const { return fmt::format("DECIMAL '{}'", node.text); }
  std::string operator()(const DoubleLiteral& node) const { return node.text; }
  std::string operator()(const StringLiteral& node) const { return QuoteLiteral(node.value); }
  std::string operator()(const BinaryLiteral& node) const {
    std::string text = "X'";
    for (const unsigned char byte : node.bytes) text += fmt::format("{:02X}", byte);
    return text + "'";
  }
  std::string operator()(const GenericLiteral& node) const {
    return fmt::format("{} {}", UpperCase(node.type), QuoteLiteral(node.value));
  }
  std::string operator()(const IntervalLiteral& node) const {
    std::string text = fmt::format("INTERVAL {}{} {}", node.negative ? "- " : "", QuoteLiteral(node.value),
                                   UpperCase(node.start_field));
    if (node.end_field) text += " TO " + UpperCase(*node.end_field);
    return text;
  }
  std::string operator()(const Parameter&) const { return "?"; }
  std::string operator()(const ColumnReference& node) const { return FormatIdentifier(node.name); }
  std::string operator()(const Dereference& node) const {
    return Format(node.base) + "." + FormatIdentifier(node.field);
  }
  std::string operator()(const Subscript& node) const {
    return fmt::format("{}[{}]", Format(node.base), Format(node.index));
  }
  std::string operator()(const Binary& node) const {
    if (node.operation == BinaryOperator::kConcat) {
      return fmt::format("concat({}, {})", Format(node.left), Format(node.right));
    }
    return fmt::format("({} {} {})", Format(node.left), Symbol(node.operation), Format(node.right));
  }
  std::string operator()(const Unary& node) const {
    switch (node.operation) {
      case UnaryOperator::kMinus: return "-" + Format(node.operand);
      case UnaryOperator::kPlus: return "+" + Format(node.operand);
      case UnaryOperator::kNot: return fmt::format("(NOT {})", Format(node.operand));
    }
    return "";
  }
  std::string operator()(const IsNull& node) const {
    return fmt::format("({} IS {}NULL)", Format(node.operand), node.negated ? "NOT " : "");
  }
  std::string operator()(const Between& node) const {
    return Negated(node.negated,
                   fmt::format("({} BETWEEN {} AND {})", Format(node.operand), Format(node.low), Format(node.high)));
  }
  std::string operator()(const InList& node) const {
    return Negated(node.negated, fmt::format("({} IN ({}))", Format(node.operand), Format(node.values)));
  }
  std::string operator()(const InSubquery& node) const {
    return Negated(node.negated, fmt::format("({} IN {})", Format(node.operand), kQuery));
  }
  std::string operator()(const Like& node) const {
    const std::string escape = node.escape ? " ESCAPE " + Format(node.escape) : "";
    return Negated(node.negated, fmt::format("({} LIKE {}{})", Format(node.operand), Format(node.pattern), escape));
  }
  std::string operator()(const Exists&) const { return fmt::format("(EXISTS {})", kQuery); }
  std::string operator()(const ScalarSubquery&) const { return std::string(kQuery); }
  std::string operator()(const QuantifiedComparison& node) const {
    return fmt::format("({} {} {} {})", Format(node.operand), Symbol(node.operation),
                       node.quantifier == Quantifier::kAll ? "ALL" : "ANY", kQuery);
  }
  std::string operator()(const Case& node) const {
    std::string text = "(CASE";
    if (node.operand) text += " " + Format(node.operand);
    for (const WhenClause& when : node.whens) {
      text += fmt::format(" WHEN {} THEN {}", Format(when.condition), Format(when.result));
    }
    if (node.otherwise) text += " ELSE " + Format(node.otherwise);
    return text + " END)";
  }
  std::string operator()(const Cast& node) const {
    return fmt::format("{}CAST({} AS {})", node.try_cast ? "TRY_" : "", Format(node.operand), node.type.text);
  }
  std::string operator()(const TryExpression& node) const { return fmt::format("TRY({})", Format(node.operand)); }
  std::string operator()(const Extract& node) const {
    return fmt::format("EXTRACT({} FROM {})", UpperCase(node.field), Format(node.operand));
  }
  std::string operator()(const AtTimeZone& node) const {
    return fmt::format("{} AT TIME ZONE {}", Format(node.operand), Format(node.zone));
  }
  std::string operator()(const RowConstructor& node) const { return fmt::format("ROW ({})", Format(node.fields)); }
  std::string operator()(const ArrayConstructor& node) const { return fmt::format("ARRAY[{}]", Format(node.elements)); }
  std::string operator()(const Lambda& node) const {
    std::string parameters;
    for (const Identifier& parameter : node.parameters) {
      if (!parameters.empty()) parameters += ", ";
      parameters += FormatIdentifier(parameter);
    }
    return fmt::format("({}) -> {}", parameters, Format(node.body));
  }
  std::string operator()(const CurrentValue& node) const {
    return UpperCase(node.name) + (node.precision ? fmt::format("({})", *node.precision) : "");
  }
  std::string operator()(const Trim& node) const {
    constexpr std::string_view kKinds[] = {"BOTH", "LEADING", "TRAILING"};
    const std::string characters = node.characters ? " " + Format(node.characters) : "";
    return fmt::format("trim({}{} FROM {})", kKinds[static_cast<size_t>(node.kind)], characters, Format(node.source));
  }
  std::string operator()(const SqlJson& node) const {
    return fmt::format("{}({}, {})", UpperCase(node.function), Format(node.input), QuoteLiteral(node.path));
  }
  std::string operator()(const JsonConstructor& node) const {
    std::string members;
    for (const JsonMember& member : node.members) {
      if (!members.empty()) members += ", ";
      if (member.key) members += fmt::format("KEY {} VALUE ", Format(member.key));
      members += Format(member.value);
    }
    return fmt::format("JSON_{}({})", node.object ? "OBJECT" : "ARRAY", members);
  }
  std::string operator()(const FunctionCall& node) const {
    std::string text;
    for (const Identifier& part : node.name.parts) {
      if (!text.empty()) text += ".";
      text += FormatIdentifier(part);
    }
    text += node.star ? "(*" : node.distinct ? "(DISTINCT " : "(";
    text += Format(node.arguments);
    if (!node.order_by.empty()) text += " " + Format(node.order_by);
    text += ")";
    if (node.filter) text += fmt::format(" FILTER (WHERE {})", Format(node.filter));
    if (node.window_name) text += " OVER " + FormatIdentifier(*node.window_name);
    if (node.window) text += " OVER " + Format(*node.window);
    return text;
  }
  std::string operator()(const GroupingOperation& node) const {
    return fmt::format("GROUPING ({})", Format(node.columns));
  }

 private:
  static std::string Negated(bool negated, std::string text) { return negated ? fmt::format("(NOT {})", text) : text; }
};

std::string FormatNode(const Expression& expression) { return std::visit(Formatter(), expression.node); }

}  // namespace

std::string FormatExpression(const Expression& expression) {
  return IsDeeperThan(expression, kMaxFormatDepth) ? "..." : FormatNode(expression);
}

std::string FormatCall(const FunctionCall& call) {
  const bool deep = std::ranges::any_of(
      call.arguments, [](const ExpressionPointer& argument) { return IsDeeperThan(*argument, kMaxFormatDepth); });
  return deep ? "..." : Formatter()(call);
}

std::string FormatIdentifier(const Identifier& identifier) {
  return identifier.quoted ? QuoteIdentifier(identifier.text) : identifier.text;
}

}  // namespace opentrail::sql
