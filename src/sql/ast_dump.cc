#include "sql/ast_dump.h"

#include <span>

#include <fmt/format.h>

namespace opentrail::sql {
namespace {

// A list under way: (head item item …). Empty items are left out.
class List {
 public:
  explicit List(std::string_view head) : text_("(" + std::string(head)) {}

  List&& Add(const std::string& item) && {
    if (!item.empty()) text_ += " " + item;
    return std::move(*this);
  }
  template <typename Range, typename Render>
  List&& AddAll(const Range& items, Render render) && {
    for (const auto& item : items) text_ += " " + render(item);
    return std::move(*this);
  }
  // (name item …), left out where there are no items.
  template <typename Range, typename Render>
  List&& AddList(std::string_view name, const Range& items, Render render) && {
    if (!std::empty(items)) text_ += " " + std::string(List(name).AddAll(items, render));
    return std::move(*this);
  }
  operator std::string() && { return std::move(text_) + ")"; }

 private:
  std::string text_;
};

std::string Quote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    quoted.push_back(c);
    if (c == quote) quoted.push_back(c);
  }
  return quoted + quote;
}

std::string Literal(std::string_view text) { return Quote(text, '\''); }
std::string Name(const Identifier& name) { return name.quoted ? Quote(name.text, '"') : name.text; }

std::string Name(const QualifiedName& name) {
  std::string text;
  for (const Identifier& part : name.parts) text += (text.empty() ? "" : ".") + Name(part);
  return text;
}

constexpr auto kName = [](const Identifier& name) { return Name(name); };
constexpr auto kExpression = [](const ExpressionPointer& expression) { return Dump(*expression); };

std::string Optional(const ExpressionPointer& expression) { return expression ? Dump(*expression) : std::string(); }
std::string Optional(std::string_view name, const ExpressionPointer& expression) {
  return expression ? std::string(List(name).Add(Dump(*expression))) : std::string();
}
std::string Flag(bool set, std::string_view name) { return set ? std::string(name) : std::string(); }

std::string Dump(const Query& query);
std::string Dump(const Relation& relation);
std::string Dump(const QueryBody& body);

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
    case BinaryOperator::kIsDistinctFrom: return "is-distinct-from";
    case BinaryOperator::kIsNotDistinctFrom: return "is-not-distinct-from";
    case BinaryOperator::kAnd: return "and";
    case BinaryOperator::kOr: return "or";
  }
  return "";
}

std::string DumpSortItem(const SortItem& item) {
  return List("by")
      .Add(Dump(*item.expression))
      .Add(Flag(item.direction == SortDirection::kDescending, "desc"))
      .Add(Flag(item.nulls == NullOrder::kFirst, "nulls-first"))
      .Add(Flag(item.nulls == NullOrder::kLast, "nulls-last"));
}

std::string DumpBound(const FrameBound& bound) {
  switch (bound.kind) {
    case FrameBoundKind::kUnboundedPreceding: return "unbounded-preceding";
    case FrameBoundKind::kPreceding: return List("preceding").Add(Dump(*bound.value));
    case FrameBoundKind::kCurrentRow: return "current-row";
    case FrameBoundKind::kFollowing: return List("following").Add(Dump(*bound.value));
    case FrameBoundKind::kUnboundedFollowing: return "unbounded-following";
  }
  return "";
}

std::string DumpFrame(const WindowFrame& frame) {
  const std::string_view unit = frame.unit == FrameUnit::kRows    ? "rows"
                                : frame.unit == FrameUnit::kRange ? "range"
                                                                  : "groups";
  return List(unit).Add(DumpBound(frame.start)).Add(frame.end ? DumpBound(*frame.end) : "");
}

std::string DumpWindow(const WindowSpecification& window) {
  return List("over")
      .Add(window.base ? Name(*window.base) : "")
      .AddList("partition", window.partition_by, kExpression)
      .AddList("order", window.order_by, DumpSortItem)
      .Add(window.frame ? DumpFrame(*window.frame) : "");
}

// One overload a node.
struct ExpressionDumper {
  std::string operator()(const NullLiteral&) const { return "null"; }
  std::string operator()(const BooleanLiteral& node) const { return node.value ? "true" : "false"; }
  std::string operator()(const LongLiteral& node) const { return node.digits; }
  std::string operator()(const DecimalLiteral& node) const { return List("decimal").Add(node.text); }
  std::string operator()(const DoubleLiteral& node) const { return List("double").Add(node.text); }
  std::string operator()(const StringLiteral& node) const { return Literal(node.value); }
  std::string operator()(const BinaryLiteral& node) const {
    std::string hex;
    for (const char byte : node.bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
    return "x" + Literal(hex);
  }
  std::string operator()(const GenericLiteral& node) const {
    return List("literal").Add(node.type).Add(Literal(node.value));
  }
  std::string operator()(const IntervalLiteral& node) const {
    return List("interval")
        .Add(Flag(node.negative, "-"))
        .Add(Literal(node.value))
        .Add(node.start_field)
        .Add(node.end_field.value_or(""));
  }
  std::string operator()(const Parameter& node) const { return fmt::format("?{}", node.index); }
  std::string operator()(const ColumnReference& node) const { return Name(node.name); }
  std::string operator()(const Dereference& node) const {
    return List(".").Add(Dump(*node.base)).Add(Name(node.field));
  }
  std::string operator()(const Subscript& node) const {
    return List("[]").Add(Dump(*node.base)).Add(Dump(*node.index));
  }
  std::string operator()(const Binary& node) const {
    return List(Symbol(node.operation)).Add(Dump(*node.left)).Add(Dump(*node.right));
  }
  std::string operator()(const Unary& node) const {
    const std::string_view name = node.operation == UnaryOperator::kMinus  ? "minus"
                                  : node.operation == UnaryOperator::kPlus ? "plus"
                                                                           : "not";
    return List(name).Add(Dump(*node.operand));
  }
  std::string operator()(const IsNull& node) const {
    return List(node.negated ? "is-not-null" : "is-null").Add(Dump(*node.operand));
  }
  std::string operator()(const Between& node) const {
    return List(node.negated ? "not-between" : "between")
        .Add(Dump(*node.operand))
        .Add(Dump(*node.low))
        .Add(Dump(*node.high));
  }
  std::string operator()(const InList& node) const {
    return List(node.negated ? "not-in" : "in").Add(Dump(*node.operand)).AddAll(node.values, kExpression);
  }
  std::string operator()(const InSubquery& node) const {
    return List(node.negated ? "not-in" : "in").Add(Dump(*node.operand)).Add(Dump(*node.query));
  }
  std::string operator()(const Like& node) const {
    return List(node.negated ? "not-like" : "like")
        .Add(Dump(*node.operand))
        .Add(Dump(*node.pattern))
        .Add(Optional("escape", node.escape));
  }
  std::string operator()(const Exists& node) const { return List("exists").Add(Dump(*node.query)); }
  std::string operator()(const ScalarSubquery& node) const { return List("subquery").Add(Dump(*node.query)); }
  std::string operator()(const QuantifiedComparison& node) const {
    return List(Symbol(node.operation))
        .Add(Dump(*node.operand))
        .Add(List(node.quantifier == Quantifier::kAll ? "all" : "any").Add(Dump(*node.query)));
  }
  std::string operator()(const Case& node) const {
    return List("case")
        .Add(Optional(node.operand))
        .AddAll(node.whens,
                [](const WhenClause& when) -> std::string {
                  return List("when").Add(Dump(*when.condition)).Add(Dump(*when.result));
                })
        .Add(Optional("else", node.otherwise));
  }
  std::string operator()(const Cast& node) const {
    return List(node.try_cast ? "try-cast" : "cast").Add(Dump(*node.operand)).Add(Literal(node.type.text));
  }
  std::string operator()(const TryExpression& node) const { return List("try").Add(Dump(*node.operand)); }
  std::string operator()(const Extract& node) const { return List("extract").Add(node.field).Add(Dump(*node.operand)); }
  std::string operator()(const AtTimeZone& node) const {
    return List("at-time-zone").Add(Dump(*node.operand)).Add(Dump(*node.zone));
  }
  std::string operator()(const RowConstructor& node) const {
    return List(node.keyword ? "row" : "tuple").AddAll(node.fields, kExpression);
  }
  std::string operator()(const ArrayConstructor& node) const {
    return List("array").AddAll(node.elements, kExpression);
  }
  std::string operator()(const Lambda& node) const {
    return List("lambda").Add(List("parameters").AddAll(node.parameters, kName)).Add(Dump(*node.body));
  }
  std::string operator()(const CurrentValue& node) const {
    if (!node.precision) return List(node.name);
    return List(node.name).Add(fmt::format("{}", *node.precision));
  }
  std::string operator()(const Trim& node) const {
    const std::string_view name = node.kind == TrimKind::kBoth      ? "trim-both"
                                  : node.kind == TrimKind::kLeading ? "trim-leading"
                                                                    : "trim-trailing";
    return List(name).Add(Dump(*node.source)).Add(Optional(node.characters));
  }
  std::string operator()(const SqlJson& node) const;
  std::string operator()(const JsonConstructor& node) const;
  std::string operator()(const FunctionCall& node) const;
  std::string operator()(const GroupingOperation& node) const {
    return List("grouping").AddAll(node.columns, kExpression);
  }
};

std::string DumpPassing(const JsonPassing& argument);

std::string ExpressionDumper::operator()(const SqlJson& node) const {
  const auto clause = [](std::string_view name, const std::string& text, const ExpressionPointer& otherwise) {
    return text.empty() ? text : std::string(List(name).Add(text).Add(Optional(otherwise)));
  };
  return List(node.function)
      .Add(Dump(*node.input))
      .Add(Literal(node.path))
      .AddList("passing", node.passing, DumpPassing)
      .Add(node.returning ? "(returning " + Literal(node.returning->text) + ")" : "")
      .Add(clause("wrapper", node.wrapper, nullptr))
      .Add(clause("quotes", node.quotes, nullptr))
      .Add(clause("on-empty", node.on_empty, node.default_on_empty))
      .Add(clause("on-error", node.on_error, node.default_on_error));
}

std::string DumpFormat(const std::string& format) { return format.empty() ? "" : "(format " + format + ")"; }

std::string DumpPassing(const JsonPassing& argument) {
  return List(Name(argument.name)).Add(Dump(*argument.value)).Add(DumpFormat(argument.format));
}

std::string ExpressionDumper::operator()(const JsonConstructor& node) const {
  return List(node.object ? "json_object" : "json_array")
      .AddAll(node.members,
              [](const JsonMember& member) -> std::string {
                return List("member").Add(Optional(member.key)).Add(Dump(*member.value)).Add(DumpFormat(member.format));
              })
      .Add(Flag(node.null_on_null, "null-on-null"))
      .Add(Flag(node.unique_keys, "unique-keys"))
      .Add(node.returning ? "(returning " + Literal(node.returning->text) + ")" : "");
}

std::string ExpressionDumper::operator()(const FunctionCall& node) const {
  return List("call")
      .Add(Name(node.name))
      .Add(Flag(node.distinct, "distinct"))
      .Add(Flag(node.star, "*"))
      .AddAll(node.arguments, kExpression)
      .AddList("order", node.order_by, DumpSortItem)
      .Add(node.listagg_overflow.empty() ? "" : "(overflow " + node.listagg_overflow + ")")
      .Add(Optional("filter", node.filter))
      .Add(Flag(node.null_treatment == NullTreatment::kIgnore, "ignore-nulls"))
      .Add(Flag(node.null_treatment == NullTreatment::kRespect, "respect-nulls"))
      .Add(node.window_name ? "(over-name " + Name(*node.window_name) + ")" : "")
      .Add(node.window ? DumpWindow(*node.window) : "");
}

std::string_view JoinName(JoinKind kind) {
  switch (kind) {
    case JoinKind::kImplicit: return "implicit";
    case JoinKind::kCross: return "cross";
    case JoinKind::kInner: return "inner";
    case JoinKind::kLeft: return "left";
    case JoinKind::kRight: return "right";
    case JoinKind::kFull: return "full";
  }
  return "";
}

struct RelationDumper {
  std::string operator()(const JsonTableRelation& node) const;
  std::string operator()(const TableFunctionRelation& node) const;
  std::string operator()(const TableReference& node) const { return List("table").Add(Name(node.name)); }
  std::string operator()(const SubqueryRelation& node) const { return List("subquery").Add(Dump(*node.query)); }
  std::string operator()(const LateralRelation& node) const { return List("lateral").Add(Dump(*node.query)); }
  std::string operator()(const UnnestRelation& node) const {
    return List("unnest").AddAll(node.arrays, kExpression).Add(Flag(node.with_ordinality, "with-ordinality"));
  }
  std::string operator()(const AliasedRelation& node) const {
    return List("as").Add(Dump(*node.relation)).Add(Name(node.alias)).AddList("columns", node.column_aliases, kName);
  }
  std::string operator()(const SampledRelation& node) const {
    return List(node.method == SampleMethod::kBernoulli ? "bernoulli" : "system")
        .Add(Dump(*node.relation))
        .Add(Dump(*node.percentage));
  }
  std::string operator()(const JoinRelation& node) const {
    return List(std::string(JoinName(node.kind)) + "-join")
        .Add(Flag(node.natural, "natural"))
        .Add(Dump(*node.left))
        .Add(Dump(*node.right))
        .Add(Optional("on", node.on))
        .AddList("using", node.using_columns, kName);
  }
};

std::string DumpJsonColumn(const JsonColumn& column) {
  static constexpr std::string_view kKinds[] = {"ordinality", "value", "query", "nested"};
  return List(kKinds[static_cast<size_t>(column.kind)])
      .Add(Name(column.name))
      .Add(column.type.text.empty() ? "" : Literal(column.type.text))
      .Add(column.path ? Literal(*column.path) : "")
      .AddList("columns", column.columns, DumpJsonColumn);
}

std::string RelationDumper::operator()(const JsonTableRelation& node) const {
  return List("json-table")
      .Add(Dump(*node.input))
      .Add(Literal(node.path))
      .AddList("passing", node.passing, DumpPassing)
      .AddList("columns", node.columns, DumpJsonColumn)
      .Add(Flag(node.error_on_error, "error-on-error"));
}

std::string RelationDumper::operator()(const TableFunctionRelation& node) const {
  return List("table-function")
      .Add(Name(node.name))
      .AddAll(node.arguments, [](const TableArgument& argument) -> std::string {
        List list(argument.name ? Name(*argument.name) : "argument");
        if (argument.table) return std::move(list).Add(Dump(*argument.table));
        if (argument.descriptor) return std::move(list).AddList("descriptor", *argument.descriptor, kName);
        return std::move(list).Add(Dump(*argument.value));
      });
}

std::string Dump(const Relation& relation) { return std::visit(RelationDumper{}, relation.node); }

std::string DumpItem(const SelectItem& item) {
  if (const auto* all = std::get_if<SelectAll>(&item.node)) {
    return List("all").Add(Optional(all->target)).AddList("columns", all->aliases, kName);
  }
  const auto& single = std::get<SelectExpression>(item.node);
  return List("item").Add(Dump(*single.expression)).Add(single.alias ? Name(*single.alias) : "");
}

std::string DumpSet(const std::vector<ExpressionPointer>& set) { return List("set").AddAll(set, kExpression); }

struct GroupingDumper {
  std::string operator()(const SimpleGroupBy& node) const { return DumpSet(node.expressions); }
  std::string operator()(const GroupingSets& node) const { return List("sets").AddAll(node.sets, DumpSet); }
  std::string operator()(const Cube& node) const { return List("cube").AddAll(node.sets, DumpSet); }
  std::string operator()(const Rollup& node) const { return List("rollup").AddAll(node.sets, DumpSet); }
};

std::string DumpGroupBy(const Select& select) {
  if (!select.has_group_by) return "";
  return List("group")
      .Add(Flag(select.group_by_distinct, "distinct"))
      .AddAll(select.group_by, [](const GroupingElement& element) { return std::visit(GroupingDumper{}, element); });
}

struct BodyDumper {
  std::string operator()(const Select& node) const {
    return List("select")
        .Add(Flag(node.distinct, "distinct"))
        .AddAll(node.items, DumpItem)
        .Add(node.from ? std::string(List("from").Add(Dump(*node.from))) : "")
        .Add(Optional("where", node.where))
        .Add(DumpGroupBy(node))
        .Add(Optional("having", node.having))
        .AddList("windows", node.windows, [](const NamedWindow& window) -> std::string {
          return List(Name(window.name)).Add(DumpWindow(window.window));
        });
  }
  std::string operator()(const Values& node) const { return List("values").AddAll(node.rows, kExpression); }
  std::string operator()(const TableQuery& node) const { return List("table").Add(Name(node.name)); }
  std::string operator()(const SetOperation& node) const {
    const std::string name = node.operation == SetOperator::kUnion       ? "union"
                             : node.operation == SetOperator::kIntersect ? "intersect"
                                                                         : "except";
    return List(name + (node.all ? "-all" : "")).Add(Dump(*node.left)).Add(Dump(*node.right));
  }
  std::string operator()(const ParenthesizedQuery& node) const { return Dump(*node.query); }
};

std::string Dump(const QueryBody& body) { return std::visit(BodyDumper{}, body.node); }

std::string DumpCommonTable(const CommonTableExpression& table) {
  return List(Name(table.name)).AddList("columns", table.columns, kName).Add(Dump(*table.query));
}

std::string Dump(const Query& query) {
  return List("query")
      .Add(Flag(query.recursive, "recursive"))
      .AddList("with", query.with, DumpCommonTable)
      .Add(Dump(*query.body))
      .AddList("order", query.order_by, DumpSortItem)
      .Add(Optional("offset", query.offset))
      .Add(Optional("limit", query.limit))
      .Add(Optional(query.with_ties ? "fetch-with-ties" : "fetch", query.fetch_first));
}

}  // namespace

std::string Dump(const Expression& expression) { return std::visit(ExpressionDumper{}, expression.node); }

std::string Dump(const Statement& statement) { return Dump(*std::get<QueryStatement>(statement.node).query); }

}  // namespace opentrail::sql
