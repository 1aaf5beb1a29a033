#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "sql/ast.h"
#include "sql/error.h"
#include "sql/function_binding.h"
#include "sql/scope.h"
#include "sql/translate.h"
#include "sql/trino_text.h"

namespace opentrail::sql {

// How deep expressions, joins and set operations may stand in one another: each level is a call of the resolver and of
// the engine's own binder.
inline constexpr uint32_t kMaxResolveDepth = 400;
// What one statement may become.
inline constexpr size_t kMaxEngineSqlBytes = 8 << 20;
inline constexpr size_t kMaxGroupingSets = 2048;  // Trino's default

// An item of a SELECT list, resolved.
struct OutputItem {
  std::string label;  // empty: none
  Resolved value;
  const Expression* expression = nullptr;  // null for a column that * brought
  Position position;
};

// Where an expression stands.
struct ExpressionContext {
  const Scope* scope = nullptr;
  const std::vector<OutputItem>* outputs = nullptr;   // names that come before the scope's, in ORDER BY
  const std::vector<NamedWindow>* windows = nullptr;  // the query's WINDOW clause
  bool inside_aggregate = false;
  bool refuses_outputs = false;  // in an aggregate of ORDER BY, which sees what is grouped and not what is shown
  Position select{1, 1};         // of the SELECT around: where Trino's errors of windows point
};

enum class OrderUse : uint8_t {
  kKept,     // the statement itself: its order is seen
  kDropped,  // a query inside another: its order counts only under a LIMIT
};

// Turns a statement's tree into the engine's SQL in one pass: each method takes a node and gives its type and SQL.
// One object serves one statement; it belongs to one thread. Its methods stand in resolve_*.cc, by what they resolve.
class Resolver {
 public:
  Resolver(const catalog::Catalog& catalog, const Session& session, const FunctionRegistry& functions)
      : catalog_(catalog), session_(session), functions_(functions) {}

  Result<ResolvedQuery> ResolveQuery(const Query& query, const Scope* outer, OrderUse order);
  // Of what was resolved, but for views.
  [[nodiscard]] const std::vector<RowUnnest>& row_unnests() const { return row_unnests_; }

 private:
  // What an UNNEST's columns are called, and where it stands.
  struct UnnestNames {
    const std::vector<Identifier>& columns;
    Position unnest;
  };
  // The views that one is being resolved in, the outermost first.
  struct ViewPath {
    const ViewPath* outer = nullptr;
    const catalog::View* view = nullptr;
  };
  struct LambdaParameter {
    std::string name;  // lower case
    TypedSql value;
  };
  // LIMIT, OFFSET, FETCH as plain numbers.
  struct RowWindow {
    std::optional<uint64_t> offset;
    std::optional<uint64_t> limit;
    bool with_ties = false;
  };
  struct SortKey {
    TypedSql value;
    std::string suffix;  // " ASC NULLS LAST"
  };
  static std::string OrderCheck(const std::vector<SortKey>& keys);
  // What in the innermost subquery or LATERAL reads columns of the query around, where Trino's planner minds.
  struct Correlation {
    bool rows = false;    // what it cannot be planned with at all
    bool items = false;   // an item of a SELECT … FROM …
    bool unnest = false;  // what is unnested
    bool fields = false;  // what a column of rows has
  };
  enum class SubqueryUse : uint8_t { kValue, kMembership, kExistence };
  // A SELECT on its way to text.
  struct SelectParts {
    std::string from;
    std::string where;
    std::string group_by;
    std::string having;
    std::vector<OutputItem> items;
    bool distinct = false;
    bool aggregates = false;
    Grouping grouping;
  };

  // ---- resolve_query.cc
  Result<void> ResolveWith(const Query& query, const Scope* outer);
  Result<CommonTable> ResolveCommonTable(const CommonTableExpression& expression, const Scope* outer);
  std::string WithClause(size_t first) const;
  Result<ResolvedQuery> ResolveQueryBody(const Query& query, const Scope* outer, OrderUse order);
  Result<ResolvedQuery> ResolveBody(const QueryBody& body, const Scope* outer);
  Result<ResolvedQuery> ResolveSetOperation(const SetOperation& operation, const Scope* outer);
  Result<std::vector<Type>> CommonColumns(const SetOperation& operation, const ResolvedQuery& left,
                                          const ResolvedQuery& right);
  std::string CoerceColumns(const ResolvedQuery& query, const std::vector<Type>& types);
  Result<ResolvedQuery> ResolveValues(const Values& values, const Scope* outer);
  Result<ResolvedQuery> ResolveTableQuery(const TableQuery& table);
  Result<ResolvedQuery> OrderDerived(ResolvedQuery body, const Query& query, const Scope* outer, OrderUse order);
  Result<RowWindow> ResolveRowWindow(const Query& query);
  static std::string RowWindowSql(const RowWindow& rows);

  // ---- resolve_select.cc
  Result<ResolvedQuery> ResolveSelect(const Select& select, const Query* query, const Scope* outer, OrderUse order);
  Result<void> ResolveSelectParts(const Select& select, const Query* query, Scope& scope, SelectParts& parts);
  Result<void> CheckCorrelatedLimit(const Expression& where, const ExpressionContext& context);
  Result<bool> IsCorrelated(const Expression& expression, const ExpressionContext& context);
  Result<std::vector<OutputItem>> OrdinalTargets(const Select& select, const ExpressionContext& context);
  Result<void> ResolveItems(const Select& select, const ExpressionContext& context, std::vector<OutputItem>& items);
  Result<void> ResolveStar(const SelectAll& star, Position position, const ExpressionContext& context,
                           std::vector<OutputItem>& items);
  Result<std::vector<OutputItem>> ExpandRow(const Expression& target, Position position,
                                            const ExpressionContext& context);
  Result<OutputItem> FieldItem(const Field& field, Position position, const ExpressionContext& context);
  Result<std::vector<SortKey>> ResolveOrderBy(const Query& query, const SelectParts& parts,
                                              const ExpressionContext& context);
  Result<Resolved> ResolveSortExpression(const Expression& expression, const SelectParts& parts,
                                         const ExpressionContext& context);
  ResolvedQuery EmitSelect(const SelectParts& parts, const std::vector<SortKey>& sort, const RowWindow& rows);
  std::string EmitWithTies(const SelectParts& parts, const std::vector<SortKey>& sort, const RowWindow& rows);
  Result<std::string> ResolveCondition(const Expression& expression, const ExpressionContext& context,
                                       std::string_view clause);
  static std::string ClausesSql(const SelectParts& parts);
  static std::string SortSuffix(const SortItem& item);
  static std::string OrderByClause(const std::vector<SortKey>& keys, const SelectParts& parts);

  // ---- resolve_where.cc
  Result<void> ResolveWhere(const Expression& where, const ExpressionContext& context, const ResolvedRelation& relation,
                            SelectParts& parts);
  Result<void> ResolveConjuncts(const Expression& expression, const ExpressionContext& context,
                                std::vector<std::string>& conjuncts);

  // ---- resolve_grouping.cc
  Result<std::string> ResolveGroupBy(const Select& select, const ExpressionContext& context,
                                     const std::vector<OutputItem>& ordinals, Grouping& grouping);
  Result<Resolved> ResolveGroupingOperation(const GroupingOperation& node, Position position,
                                            const ExpressionContext& context);
  [[nodiscard]] bool HasAggregates(const Select& select, const Query* query) const;
  [[nodiscard]] bool IsAggregate(const Expression& expression) const;
  [[nodiscard]] bool NamesAggregate(const FunctionCall& call) const;
  void CollectAggregates(const Expression& expression, std::vector<std::string>& found) const;
  void CollectWindows(const Expression& expression, std::vector<std::string>& found) const;
  // "WHERE clause cannot contain aggregations, window functions or grouping operations: [count(*)]"
  Result<void> RefuseAggregates(const Expression& expression, std::string_view clause) const;

  // What a row is worth whose arrays are all empty: nothing, or, in a LEFT JOIN, a row of NULLs.
  enum class EmptyArrays : uint8_t { kDropRow, kKeepRow };

  // ---- resolve_relation.cc: outer is the query around, lateral what stands to the left in the same FROM
  Result<ResolvedRelation> ResolveRelation(const Relation& relation, const Scope* outer, const Scope* lateral);
  Result<ResolvedRelation> ResolveTable(const TableReference& reference, Position position);
  Result<ResolvedRelation> ScanTable(const catalog::Table& table, Position position);
  CommonTable* FindCommonTable(std::string_view name);
  ResolvedRelation ReadCommonTable(CommonTable& table);
  static std::vector<Field> DerivedFields(const std::vector<QueryColumn>& columns, const std::string& alias);
  Result<ResolvedRelation> ResolveDerived(const Query& query, const Scope* outer, bool lateral);
  Result<ResolvedRelation> ResolveAliased(const AliasedRelation& node, Position position, const Scope* outer,
                                          const Scope* lateral, EmptyArrays empty);
  ResolvedRelation AsDerived(ResolvedRelation relation);
  Result<ResolvedRelation> ResolveSampled(const SampledRelation& node, const Scope* outer, const Scope* lateral);

  // ---- resolve_view.cc
  Result<ResolvedRelation> ResolveView(const catalog::View& view, const std::vector<std::string>& qualifier,
                                       Position position);
  Result<ResolvedQuery> ResolveViewQuery(const catalog::View& view, const std::string& name, Position position);

  // ---- resolve_join.cc
  Result<ResolvedRelation> ResolveJoin(const JoinRelation& join, Position position, const Scope* outer,
                                       const Scope* lateral);
  Result<ResolvedRelation> JoinUnnest(const JoinRelation& join, Position position, ResolvedRelation left,
                                      const Scope* outer, const Scope& left_scope);
  Result<ResolvedRelation> ResolveUsing(const JoinRelation& join, ResolvedRelation left, ResolvedRelation right);

  // ---- resolve_unnest.cc
  Result<ResolvedRelation> ResolveUnnest(const UnnestRelation& unnest, const Scope* outer, const Scope* lateral,
                                         EmptyArrays empty, const UnnestNames* names);

  // ---- resolve_expression.cc
  Result<Resolved> ResolveRoot(const Expression& expression, const ExpressionContext& context);
  Result<Resolved> Resolve(const Expression& expression, const ExpressionContext& context);
  Result<Resolved> Dispatch(const Expression& expression, const ExpressionContext& context);
  Result<Resolved> ResolveColumn(const ColumnReference& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveDereference(const Expression& expression, const Dereference& node,
                                      const ExpressionContext& context);
  Result<std::optional<Resolved>> FindColumn(const std::vector<std::string>& names, Position position,
                                             const ExpressionContext& context);
  Result<bool> NamesColumn(std::vector<std::string> names, Position position, const ExpressionContext& context);
  struct Dispatcher;
  static Result<Resolved> SubscriptRow(const Resolved& base, const Expression& index);
  static Resolved FieldAt(const Resolved& base, size_t index);
  static Result<Resolved> RowField(const Resolved& base, const Dereference& node, Position position);
  static Resolved ReadField(const Field& field, const Scope& scope);
  void ApplyGrouping(Resolved& value, const ExpressionContext& context) const;
  Result<Resolved> ResolveUnary(const Unary& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveBinary(const Binary& node, const ExpressionContext& context);
  Result<Resolved> ResolveSubscript(const Subscript& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveCast(const Cast& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveRow(const RowConstructor& node, const ExpressionContext& context);
  Result<Resolved> ResolveArray(const ArrayConstructor& node, const ExpressionContext& context);
  Result<Resolved> ResolveTrim(const Trim& node, Position position, const ExpressionContext& context);
  Result<std::vector<Resolved>> ResolveAll(const std::vector<ExpressionPointer>& expressions,
                                           const ExpressionContext& context);

  // ---- resolve_literal.cc
  [[nodiscard]] Result<Resolved> ResolveLong(const LongLiteral& node, Position position) const;
  [[nodiscard]] Result<Resolved> ResolveDecimal(const DecimalLiteral& node, Position position) const;
  [[nodiscard]] Result<Resolved> ResolveCurrentValue(std::string_view name, std::optional<uint32_t> precision,
                                                     Position position) const;

  // ---- resolve_coercion.cc: brings the texts among values that are compared to the type of the others, in CloudTrail
  // Lake's dialect
  Result<void> CoerceTexts(std::vector<Resolved>& values, Position position) const;

  // ---- resolve_predicate.cc
  Result<Resolved> ResolveIsNull(const IsNull& node, const ExpressionContext& context);
  Result<Resolved> ResolveBetween(const Between& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveInList(const InList& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveLike(const Like& node, const ExpressionContext& context);

  // ---- resolve_subquery.cc
  Result<ResolvedQuery> ResolveCorrelated(const Query& query, const Scope* outer, SubqueryUse use, Position position);
  Result<ResolvedQuery> ResolveInner(const Query& query, SubqueryUse use, Position position,
                                     const ExpressionContext& context, Resolved& result);
  static TypedSql ColumnsOf(const ResolvedQuery& inner, const std::string& alias, std::vector<std::string> names);
  Result<Resolved> ResolveInSubquery(const InSubquery& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveExists(const Exists& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveScalarSubquery(const ScalarSubquery& node, Position position,
                                         const ExpressionContext& context);
  Result<Resolved> ResolveQuantified(const QuantifiedComparison& node, Position position,
                                     const ExpressionContext& context);
  std::string Hoist(std::string sql);
  Result<Resolved> ResolveTry(const Expression& operand, const ExpressionContext& context);

  // ---- resolve_conditional.cc
  Result<Resolved> ResolveCase(const Case& node, const ExpressionContext& context);
  Result<Resolved> ResolveCoalesce(const FunctionCall& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveIf(const FunctionCall& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveNullIf(const FunctionCall& node, Position position, const ExpressionContext& context);

  // ---- resolve_function.cc
  Result<Resolved> ResolveFunctionCall(const FunctionCall& node, Position position, const ExpressionContext& context);
  Result<std::optional<Resolved>> ResolveSpecialForm(std::string_view name, const FunctionCall& node, Position position,
                                                     const ExpressionContext& context);
  Result<Resolved> ResolveScalarCall(std::string_view name, const std::vector<Signature>& signatures,
                                     const FunctionCall& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveFormat(const FunctionCall& node, const ExpressionContext& context);
  Result<Resolved> CallScalar(std::string_view name, const std::vector<Resolved>& arguments, Position position);
  Result<TypedSql> ResolveLambda(const Lambda& lambda, const std::vector<Type>& parameters,
                                 const ExpressionContext& context, std::string& head, const Scope** violates);
  // The arguments in the engine's SQL, brought to the signature's types, and what the call's template makes of them.
  struct BoundCall {
    BoundFunction function;
    std::vector<TypedSql> arguments;
    const Scope* violates = nullptr;
  };
  Result<BoundCall> BindCall(std::string_view name, const std::vector<Signature>& signatures,
                             const std::vector<ExpressionPointer>& arguments, Position position,
                             const ExpressionContext& context);

  // ---- resolve_json.cc
  Result<Resolved> ResolveSqlJson(const SqlJson& node, Position position, const ExpressionContext& context);
  Result<Resolved> ResolveJsonConstructor(const JsonConstructor& node, Position position,
                                          const ExpressionContext& context);
  // An input in the engine's SQL, as a text that the engine functions read as JSON; PASSING, as a JSON object or NULL.
  Result<Resolved> ResolveJsonInput(const Expression& input, std::string_view format, const ExpressionContext& context);
  Result<Resolved> ResolveJsonPassing(const std::vector<JsonPassing>& passing, const ExpressionContext& context);
  // A value as JSON text, NULL where it is. `refusal`: where a value of a type that no JSON has is refused.
  Result<Resolved> ResolveJsonPart(const Expression& value, std::string_view format, std::string_view function,
                                   Position refusal, const ExpressionContext& context);
  // What both a function and a column of JSON_TABLE say, over an input that is resolved.
  struct JsonRead {
    const Resolved* input = nullptr;
    std::string path;  // a literal of the engine
    std::string variables;
    Type returned;
    std::string_view wrapper;
    std::string_view quotes;
    std::string_view on_empty;
    std::string_view on_error;
    const ExpressionPointer* default_on_empty = nullptr;
    const ExpressionPointer* default_on_error = nullptr;
    Position position;
  };
  Result<Resolved> ReadJsonValue(const JsonRead& read, const ExpressionContext& context);
  Result<Resolved> ReadJsonQuery(const JsonRead& read);
  Result<Resolved> ResolveJsonDefault(const ExpressionPointer& expression, const Type& returning,
                                      const ExpressionContext& context);

  // ---- resolve_table_function.cc
  Result<ResolvedRelation> ResolveTableFunction(const TableFunctionRelation& node, Position position,
                                                const Scope* outer);
  Result<ResolvedRelation> ResolveSequence(const TableFunctionRelation& node, Position position, const Scope* outer);
  Result<ResolvedRelation> ResolveExcludeColumns(const TableFunctionRelation& node, Position position,
                                                 const Scope* outer);

  // ---- resolve_json_table.cc
  Result<ResolvedRelation> ResolveJsonTable(const JsonTableRelation& node, Position position, const Scope* outer,
                                            const Scope* lateral);
  struct JsonTableLevel;
  Result<std::string> JsonTableSql(const std::vector<JsonColumn>& columns, const JsonTableLevel& level,
                                   std::vector<Field>& fields);

  // ---- resolve_recursion.cc
  Result<std::optional<CommonTable>> ResolveRecursion(const CommonTableExpression& expression, const Scope* outer);

  // ---- resolve_aggregate.cc
  Result<Resolved> ResolveAggregateCall(std::string_view name, const std::vector<Signature>& signatures,
                                        const FunctionCall& node, Position position, const ExpressionContext& context);
  Result<void> CheckNesting(std::string_view name, const FunctionCall& node, Position position) const;
  Result<void> CheckListagg(const FunctionCall& node, Position position, const ExpressionContext& context);
  Result<std::string> AggregateOrderBy(const FunctionCall& node, const ExpressionContext& context);
  Result<std::string> AggregateSuffix(const FunctionCall& node, const ExpressionContext& context,
                                      const Scope** violates);

  // ---- resolve_window.cc
  Result<std::string> WindowClause(const FunctionCall& node, const ExpressionContext& context, const Scope** violates);
  Result<std::string> WindowText(const WindowSpecification& window, const ExpressionContext& context,
                                 const Scope** violates);
  Result<std::string> FrameText(const WindowFrame& frame, const std::vector<SortItem>& order_by,
                                const ExpressionContext& context, const Scope** violates);
  Result<std::string> FrameBoundText(const FrameBound& bound, FrameUnit unit, const Type* order_type,
                                     const ExpressionContext& context, const Scope** violates);

  std::string NewAlias(std::string_view prefix) { return std::string(prefix) + std::to_string(++aliases_); }

  const catalog::Catalog& catalog_;
  const Session& session_;
  const FunctionRegistry& functions_;
  std::list<CommonTable> common_tables_;  // visible ones, innermost last; addresses stay
  std::vector<LambdaParameter> lambda_parameters_;
  std::vector<std::string>* hoisted_ = nullptr;  // inside TRY: the subqueries met
  uint32_t aliases_ = 0;
  uint32_t depth_ = 0;
  uint32_t steps_ = 0;
  std::vector<RowUnnest> row_unnests_;
  Correlation correlation_;
  const ViewPath* views_ = nullptr;  // where this is a view's query
};

}  // namespace opentrail::sql
