#include "services/glue/partition_expression.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "services/glue/catalog_rows.h"
#include "services/like_pattern.h"
#include "sql/parser.h"
#include "sql/text.h"

namespace opentrail::services::glue {
namespace {

using sql::BinaryOperator;
using sql::Expression;

constexpr std::string_view kNullPartition = "__HIVE_DEFAULT_PARTITION__";
constexpr std::array<std::string_view, 9> kNumberTypes = {"tinyint", "smallint", "int",    "integer", "bigint",
                                                          "long",    "float",    "double", "decimal"};

// A truth value; nullopt is unknown, as SQL has it.
using Truth = std::optional<bool>;

Truth Not(Truth truth) { return truth ? Truth(!*truth) : truth; }
Truth And(Truth a, Truth b) {
  if (a == Truth(false) || b == Truth(false)) return false;
  return a && b ? Truth(true) : std::nullopt;
}
Truth Or(Truth a, Truth b) { return Not(And(Not(a), Not(b))); }

bool IsComparison(BinaryOperator operation) {
  return operation >= BinaryOperator::kEqual && operation <= BinaryOperator::kGreaterOrEqual;
}

// A constant's text. nullopt: it is no constant.
std::optional<std::string> ConstantText(const Expression& expression) {
  const auto& node = expression.node;
  if (const auto* text = std::get_if<sql::StringLiteral>(&node)) return text->value;
  if (const auto* number = std::get_if<sql::LongLiteral>(&node)) return number->digits;
  if (const auto* number = std::get_if<sql::DecimalLiteral>(&node)) return number->text;
  if (const auto* number = std::get_if<sql::DoubleLiteral>(&node)) return number->text;
  if (const auto* typed = std::get_if<sql::GenericLiteral>(&node)) return typed->value;
  return std::nullopt;
}

std::optional<double> NumberOf(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// What an operand is for one partition.
struct Operand {
  std::optional<std::string> text;  // nullopt: NULL
  bool is_number = false;           // of a key whose type is a number's
};

Truth Compare(const Operand& left, BinaryOperator operation, const Operand& right) {
  if (!left.text || !right.text) return std::nullopt;
  int order = left.text->compare(*right.text);
  if (left.is_number || right.is_number) {
    const auto a = NumberOf(*left.text);
    const auto b = NumberOf(*right.text);
    if (!a || !b) return std::nullopt;
    order = *a < *b ? -1 : (*a > *b ? 1 : 0);
  }
  switch (operation) {
    case BinaryOperator::kEqual: return order == 0;
    case BinaryOperator::kNotEqual: return order != 0;
    case BinaryOperator::kLess: return order < 0;
    case BinaryOperator::kLessOrEqual: return order <= 0;
    case BinaryOperator::kGreater: return order > 0;
    default: return order >= 0;
  }
}

}  // namespace

// One partition's values under the expression. Depth is the parser's bound.
class PartitionExpression::Evaluation {
 public:
  Evaluation(const PartitionExpression& expression, const Value& values) : of_(expression), values_(values) {}

  [[nodiscard]] Truth Of(const Expression& expression) const {
    return std::visit([this](const auto& node) { return OfNode(node); }, expression.node);
  }

 private:
  template <typename Node>
  Truth OfNode(const Node& /*node*/) const {
    return std::nullopt;  // Check let none through
  }
  Truth OfNode(const sql::Binary& binary) const {
    if (binary.operation == BinaryOperator::kAnd) return And(Of(*binary.left), Of(*binary.right));
    if (binary.operation == BinaryOperator::kOr) return Or(Of(*binary.left), Of(*binary.right));
    return Compare(OperandOf(*binary.left), binary.operation, OperandOf(*binary.right));
  }
  Truth OfNode(const sql::Unary& unary) const { return Not(Of(*unary.operand)); }
  Truth OfNode(const sql::BooleanLiteral& literal) const { return literal.value; }
  Truth OfNode(const sql::IsNull& test) const { return OperandOf(*test.operand).text.has_value() == test.negated; }
  Truth OfNode(const sql::Between& between) const {
    const Operand operand = OperandOf(*between.operand);
    const Truth inside = And(Compare(operand, BinaryOperator::kGreaterOrEqual, OperandOf(*between.low)),
                             Compare(operand, BinaryOperator::kLessOrEqual, OperandOf(*between.high)));
    return between.negated ? Not(inside) : inside;
  }
  Truth OfNode(const sql::InList& in) const {
    Truth found = false;
    const Operand operand = OperandOf(*in.operand);
    for (const auto& value : in.values) found = Or(found, Compare(operand, BinaryOperator::kEqual, OperandOf(*value)));
    return in.negated ? Not(found) : found;
  }
  Truth OfNode(const sql::Like& like) const {
    const Operand operand = OperandOf(*like.operand);
    const Operand pattern = OperandOf(*like.pattern);
    if (!operand.text || !pattern.text) return std::nullopt;
    return IsLike(*operand.text, *pattern.text) != like.negated;
  }

  [[nodiscard]] Operand OperandOf(const Expression& expression) const {
    const auto* column = std::get_if<sql::ColumnReference>(&expression.node);
    if (column == nullptr) return {ConstantText(expression), false};
    const auto key = std::ranges::find(of_.keys_, sql::LowerCase(column->name.text), &Key::name);
    const auto place = static_cast<size_t>(key - of_.keys_.begin());
    if (place >= values_.elements().size()) return {};
    const std::string_view value = values_.elements()[place].Text();
    if (value == kNullPartition) return {std::nullopt, key->is_number};
    return {std::string(value), key->is_number};
  }

  const PartitionExpression& of_;
  const Value& values_;
};

AwsResult<PartitionExpression> PartitionExpression::Parse(std::string_view text, const Value& partition_keys) {
  PartitionExpression expression;
  for (const Value& key : partition_keys.elements()) {
    const std::string_view type = key["Type"].Text();
    const bool is_number = std::ranges::find(kNumberTypes, type.substr(0, type.find('('))) != kNumberTypes.end();
    expression.keys_.push_back({sql::LowerCase(key["Name"].Text()), is_number});
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return expression;
  auto parsed = sql::ParseExpression(text);
  if (!parsed) return InvalidInput(fmt::format("Unsupported expression '{}': {}", text, parsed.error().Text()));
  if (AwsStatus status = expression.Check(**parsed); !status) return std::unexpected(std::move(status.error()));
  expression.root_ = *std::move(parsed);
  return expression;
}

bool PartitionExpression::IsOperand(const Expression& expression) const {
  const auto* column = std::get_if<sql::ColumnReference>(&expression.node);
  if (column == nullptr) return ConstantText(expression).has_value();
  return std::ranges::find(keys_, sql::LowerCase(column->name.text), &Key::name) != keys_.end();
}

AwsStatus PartitionExpression::Check(const Expression& expression) const {
  const auto operands = [&](std::initializer_list<const Expression*> all) -> AwsStatus {
    for (const Expression* one : all) {
      if (!IsOperand(*one)) return InvalidInput("Unsupported expression: not a partition key or a constant");
    }
    return {};
  };
  const auto& node = expression.node;
  if (const auto* binary = std::get_if<sql::Binary>(&node)) {
    if (IsComparison(binary->operation)) return operands({binary->left.get(), binary->right.get()});
    if (binary->operation == BinaryOperator::kAnd || binary->operation == BinaryOperator::kOr) {
      AwsStatus left = Check(*binary->left);
      return left ? Check(*binary->right) : left;
    }
  }
  if (const auto* unary = std::get_if<sql::Unary>(&node); unary && unary->operation == sql::UnaryOperator::kNot) {
    return Check(*unary->operand);
  }
  if (const auto* between = std::get_if<sql::Between>(&node)) {
    return operands({between->operand.get(), between->low.get(), between->high.get()});
  }
  if (const auto* in = std::get_if<sql::InList>(&node)) {
    AwsStatus status = operands({in->operand.get()});
    for (const auto& value : in->values) status = status ? operands({value.get()}) : status;
    return status;
  }
  if (const auto* like = std::get_if<sql::Like>(&node); like && !like->escape) {
    return operands({like->operand.get(), like->pattern.get()});
  }
  if (const auto* test = std::get_if<sql::IsNull>(&node)) return operands({test->operand.get()});
  if (std::holds_alternative<sql::BooleanLiteral>(node)) return {};
  return InvalidInput("Unsupported expression");
}

bool PartitionExpression::Matches(const Value& values) const {
  return !root_ || Evaluation(*this, values).Of(*root_) == Truth(true);
}

}  // namespace opentrail::services::glue
