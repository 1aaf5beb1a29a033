#include "sql/expression_walk.h"

#include <algorithm>

#include "sql/text.h"

namespace opentrail::sql {

namespace {

class ChildWalker {
 public:
  explicit ChildWalker(const ExpressionVisitor& visitor) : visitor_(visitor) {}

  void operator()(const Dereference& node) { Visit(node.base); }
  void operator()(const Subscript& node) { Visit(node.base), Visit(node.index); }
  void operator()(const Binary& node) { Visit(node.left), Visit(node.right); }
  void operator()(const Unary& node) { Visit(node.operand); }
  void operator()(const IsNull& node) { Visit(node.operand); }
  void operator()(const Between& node) { Visit(node.operand), Visit(node.low), Visit(node.high); }
  void operator()(const InList& node) { Visit(node.operand), Visit(node.values); }
  void operator()(const InSubquery& node) { Visit(node.operand); }
  void operator()(const Like& node) { Visit(node.operand), Visit(node.pattern), Visit(node.escape); }
  void operator()(const QuantifiedComparison& node) { Visit(node.operand); }
  void operator()(const Case& node) {
    Visit(node.operand);
    for (const WhenClause& when : node.whens) Visit(when.condition), Visit(when.result);
    Visit(node.otherwise);
  }
  void operator()(const Cast& node) { Visit(node.operand); }
  void operator()(const TryExpression& node) { Visit(node.operand); }
  void operator()(const Extract& node) { Visit(node.operand); }
  void operator()(const AtTimeZone& node) { Visit(node.operand), Visit(node.zone); }
  void operator()(const RowConstructor& node) { Visit(node.fields); }
  void operator()(const ArrayConstructor& node) { Visit(node.elements); }
  void operator()(const Lambda& node) { Visit(node.body); }
  void operator()(const Trim& node) { Visit(node.characters), Visit(node.source); }
  void operator()(const SqlJson& node) {
    Visit(node.input);
    for (const JsonPassing& argument : node.passing) Visit(argument.value);
    Visit(node.default_on_empty);
    Visit(node.default_on_error);
  }
  void operator()(const JsonConstructor& node) {
    for (const JsonMember& member : node.members) Visit(member.key), Visit(member.value);
  }
  void operator()(const FunctionCall& node) {
    Visit(node.arguments);
    Visit(node.order_by);
    Visit(node.filter);
    if (node.window) Visit(*node.window);
  }
  void operator()(const GroupingOperation& node) { Visit(node.columns); }
  void operator()(const NullLiteral&) {}
  void operator()(const BooleanLiteral&) {}
  void operator()(const LongLiteral&) {}
  void operator()(const DecimalLiteral&) {}
  void operator()(const DoubleLiteral&) {}
  void operator()(const StringLiteral&) {}
  void operator()(const BinaryLiteral&) {}
  void operator()(const GenericLiteral&) {}
  void operator()(const IntervalLiteral&) {}
  void operator()(const Parameter&) {}
  void operator()(const ColumnReference&) {}
  void operator()(const Exists&) {}
  void operator()(const ScalarSubquery&) {}
  void operator()(const CurrentValue&) {}

 private:
  void Visit(const ExpressionPointer& expression) {
    if (expression) visitor_(*expression);
  }
  void Visit(const std::vector<ExpressionPointer>& expressions) {
    for (const ExpressionPointer& expression : expressions) Visit(expression);
  }
  void Visit(const std::vector<SortItem>& items) {
    for (const SortItem& item : items) Visit(item.expression);
  }
  void Visit(const WindowSpecification& window) {
    Visit(window.partition_by);
    Visit(window.order_by);
    if (!window.frame) return;
    Visit(window.frame->start.value);
    if (window.frame->end) Visit(window.frame->end->value);
  }

  const ExpressionVisitor& visitor_;
};

}  // namespace

void ForEachChild(const Expression& expression, const ExpressionVisitor& visitor) {
  std::visit(ChildWalker(visitor), expression.node);
}

void WalkExpression(const Expression& expression, const std::function<bool(const Expression&)>& visitor) {
  std::vector<const Expression*> pending{&expression};
  while (!pending.empty()) {
    const Expression* const next = pending.back();
    pending.pop_back();
    if (!visitor(*next)) continue;
    const auto first = static_cast<std::ptrdiff_t>(pending.size());
    ForEachChild(*next, [&](const Expression& child) { pending.push_back(&child); });
    std::reverse(pending.begin() + first, pending.end());
  }
}

bool IsDeeperThan(const Expression& expression, uint32_t depth) {
  std::vector<std::pair<const Expression*, uint32_t>> pending{{&expression, 1}};
  while (!pending.empty()) {
    const auto [next, level] = pending.back();
    pending.pop_back();
    if (level > depth) return true;
    ForEachChild(*next, [&, below = level + 1](const Expression& child) { pending.emplace_back(&child, below); });
  }
  return false;
}

std::optional<std::vector<std::string>> NameChain(const Expression& expression) {
  constexpr size_t kMaxNames = 100;
  std::vector<std::string> names;
  const Expression* node = &expression;
  while (const auto* dereference = std::get_if<Dereference>(&node->node)) {
    if (names.size() == kMaxNames) return std::nullopt;
    names.push_back(LowerCase(dereference->field.text));
    node = dereference->base.get();
  }
  const auto* column = std::get_if<ColumnReference>(&node->node);
  if (column == nullptr) return std::nullopt;
  names.push_back(LowerCase(column->name.text));
  std::ranges::reverse(names);
  return names;
}

Position PointOf(const Expression& expression) {
  const auto* binary = std::get_if<Binary>(&expression.node);
  if (binary == nullptr) return expression.position;
  const bool logical = binary->operation == BinaryOperator::kAnd || binary->operation == BinaryOperator::kOr;
  return logical ? expression.position : binary->operator_position;
}

}  // namespace opentrail::sql
