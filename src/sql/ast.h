#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sql/position.h"

// The syntax tree of Trino's query language, as the parser leaves it: names as written, nothing resolved.
// Every node carries the position of its first token, but for predicates (IS NULL, BETWEEN, IN, LIKE, quantified
// comparisons) and AT TIME ZONE, which carry that of their operator: it is where Trino's errors point. Nodes own their
// children; a tree is immutable once built. However deep a tree, its destruction takes bounded stack.
namespace opentrail::sql {

struct Identifier {
  std::string text;  // without quotes, escapes undone, case kept
  bool quoted = false;
  Position position;
};

// catalog.schema.table, or fewer parts.
struct QualifiedName {
  std::vector<Identifier> parts;
  Position position;
};

// A type as written, e.g. in CAST: kept as text in Trino's spelling (parsed by sql/type.h).
struct TypeName {
  std::string text;
  Position position;
};

struct Expression;
struct Query;
using ExpressionPointer = std::unique_ptr<Expression>;
using QueryPointer = std::unique_ptr<Query>;

enum class SortDirection : uint8_t { kAscending, kDescending };
enum class NullOrder : uint8_t { kUnspecified, kFirst, kLast };

struct SortItem {
  ExpressionPointer expression;
  SortDirection direction = SortDirection::kAscending;
  NullOrder nulls = NullOrder::kUnspecified;
};

// ---- Expressions -------------------------------------------------------------------------------------------------

struct NullLiteral {};
struct BooleanLiteral {
  bool value = false;
};
// A minus directly before a number is part of it: -5 is a literal, 1 - 5 is not.
struct LongLiteral {
  std::string digits;
};  // an integer as written, perhaps with a minus; it fits 64 bits
struct DecimalLiteral {
  std::string text;
};  // 1.5  .5  1.  -1.5
struct DoubleLiteral {
  std::string text;
};  // 1E5  -1E5
struct StringLiteral {
  std::string value;
};  // UTF-8, '' undone, U&'' decoded
struct BinaryLiteral {
  std::string bytes;
};  // X'00ff'
// DATE '…', TIMESTAMP '…', TIME '…', JSON '…', DECIMAL '…', IPADDRESS '…', CHAR '…', BIGINT '…', REAL '…' …
struct GenericLiteral {
  std::string type;
  std::string value;
  std::string written = type;  // the type, as errors show it
};
struct IntervalLiteral {
  std::string value;
  bool negative = false;
  std::string start_field;               // lower case: "day", "month" …
  std::optional<std::string> end_field;  // INTERVAL '1 2' DAY TO HOUR
};
struct Parameter {
  uint32_t index = 0;
};  // ?
struct ColumnReference {
  Identifier name;
};
struct Dereference {
  ExpressionPointer base;
  Identifier field;
};
struct Subscript {
  ExpressionPointer base;
  ExpressionPointer index;
};

enum class BinaryOperator : uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulus,
  kConcat,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIsDistinctFrom,
  kIsNotDistinctFrom,
  kAnd,
  kOr,
};
struct Binary {
  BinaryOperator operation;
  ExpressionPointer left;
  ExpressionPointer right;
  Position operator_position;
};
enum class UnaryOperator : uint8_t { kMinus, kPlus, kNot };
struct Unary {
  UnaryOperator operation;
  ExpressionPointer operand;
};
struct IsNull {
  ExpressionPointer operand;
  bool negated = false;
};
struct Between {
  ExpressionPointer operand;
  ExpressionPointer low;
  ExpressionPointer high;
  bool negated = false;
};
struct InList {
  ExpressionPointer operand;
  std::vector<ExpressionPointer> values;
  bool negated = false;
};
struct InSubquery {
  ExpressionPointer operand;
  QueryPointer query;
  bool negated = false;
};
struct Like {
  ExpressionPointer operand;
  ExpressionPointer pattern;
  ExpressionPointer escape;
  bool negated = false;
};
struct Exists {
  QueryPointer query;
};
struct ScalarSubquery {
  QueryPointer query;
};
enum class Quantifier : uint8_t { kAll, kAny };  // SOME is ANY
struct QuantifiedComparison {
  BinaryOperator operation;
  Quantifier quantifier;
  ExpressionPointer operand;
  QueryPointer query;
};

struct WhenClause {
  ExpressionPointer condition;
  ExpressionPointer result;
};
struct Case {
  ExpressionPointer operand;
  std::vector<WhenClause> whens;
  ExpressionPointer otherwise;
};  // operand may be null
struct Cast {
  ExpressionPointer operand;
  TypeName type;
  bool try_cast = false;
};
struct TryExpression {
  ExpressionPointer operand;
};
struct Extract {
  std::string field;
  ExpressionPointer operand;
};  // field lower case
struct AtTimeZone {
  ExpressionPointer operand;
  ExpressionPointer zone;
};
struct RowConstructor {
  std::vector<ExpressionPointer> fields;
  bool keyword = false;
};  // (a, b) or ROW(a, b)
struct ArrayConstructor {
  std::vector<ExpressionPointer> elements;
};
struct Lambda {
  std::vector<Identifier> parameters;
  ExpressionPointer body;
};
// CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP[(p)], LOCALTIME, LOCALTIMESTAMP, CURRENT_USER, CURRENT_CATALOG,
// CURRENT_SCHEMA
struct CurrentValue {
  std::string name;
  std::optional<uint32_t> precision;
};
// TRIM([LEADING|TRAILING|BOTH] [chars] FROM source); SUBSTRING(a FROM b FOR c), POSITION(a IN b), NORMALIZE(..) become
// FunctionCalls of "substring"/"strpos"/"normalize".
enum class TrimKind : uint8_t { kBoth, kLeading, kTrailing };
struct Trim {
  TrimKind kind = TrimKind::kBoth;
  ExpressionPointer characters;
  ExpressionPointer source;
};
// JSON_VALUE / JSON_QUERY / JSON_EXISTS (SQL/JSON): path text such as 'lax $.a' and the clauses as written, lower case;
// empty where there is none. on_empty and on_error are "error", "null", "true", "false", "unknown", "empty array",
// "empty object" or "default", whose expression stands beside.
// A format is "json" or "json utf8" … as FORMAT JSON [ENCODING UTF8] says it, or empty.
struct JsonPassing {
  ExpressionPointer value;
  std::string format;
  Identifier name;
};
struct SqlJson {
  std::string function;  // "json_value", "json_query", "json_exists"
  ExpressionPointer input;
  std::string input_format;
  std::string path;
  Position path_position;
  std::vector<JsonPassing> passing;
  std::optional<TypeName> returning;
  std::string returning_format;
  std::string on_empty;
  std::string on_error;
  std::string wrapper;  // "without", "with conditional", "with unconditional"
  std::string quotes;   // "keep", "omit"
  ExpressionPointer default_on_empty;
  ExpressionPointer default_on_error;
};

// JSON_OBJECT(k : v, …), JSON_ARRAY(v, …), whose members have no key.
struct JsonMember {
  ExpressionPointer key;
  ExpressionPointer value;
  std::string format;
};
struct JsonConstructor {
  bool object = false;
  std::vector<JsonMember> members;
  bool null_on_null = false;
  bool unique_keys = false;
  std::optional<TypeName> returning;
  std::string returning_format;
};

enum class FrameUnit : uint8_t { kRows, kRange, kGroups };
enum class FrameBoundKind : uint8_t { kUnboundedPreceding, kPreceding, kCurrentRow, kFollowing, kUnboundedFollowing };
struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kCurrentRow;
  ExpressionPointer value;
};
struct WindowFrame {
  Position position;
  FrameUnit unit = FrameUnit::kRange;
  FrameBound start;
  std::optional<FrameBound> end;
};
struct WindowSpecification {
  std::optional<Identifier> base;  // an existing window's name, extended by the rest
  std::vector<ExpressionPointer> partition_by;
  std::vector<SortItem> order_by;
  Position order_position;  // of ORDER
  std::optional<WindowFrame> frame;
  Position position;
};
enum class NullTreatment : uint8_t { kUnspecified, kRespect, kIgnore };
struct FunctionCall {
  QualifiedName name;
  std::vector<ExpressionPointer> arguments;
  bool star = false;  // count(*)
  bool distinct = false;
  std::vector<SortItem> order_by;  // array_agg(x ORDER BY y), listagg(..) WITHIN GROUP (ORDER BY y)
  ExpressionPointer filter;        // FILTER (WHERE …)
  NullTreatment null_treatment = NullTreatment::kUnspecified;
  std::optional<Identifier> window_name;      // OVER w
  std::optional<WindowSpecification> window;  // OVER (…)
  // listagg's ON OVERFLOW: "error", "truncate with count", "truncate without count", or empty. A filler is the third
  // argument, after the separator.
  std::string listagg_overflow;
};
// GROUPING(a, b)
struct GroupingOperation {
  std::vector<ExpressionPointer> columns;
};

struct Expression {
  using Node = std::variant<NullLiteral, BooleanLiteral, LongLiteral, DecimalLiteral, DoubleLiteral, StringLiteral,
                            BinaryLiteral, GenericLiteral, IntervalLiteral, Parameter, ColumnReference, Dereference,
                            Subscript, Binary, Unary, IsNull, Between, InList, InSubquery, Like, Exists, ScalarSubquery,
                            QuantifiedComparison, Case, Cast, TryExpression, Extract, AtTimeZone, RowConstructor,
                            ArrayConstructor, Lambda, CurrentValue, Trim, SqlJson, JsonConstructor, FunctionCall,
                            GroupingOperation>;
  Node node;
  Position position;

  ~Expression();  // of many terms, without recursion
};

// ---- Relations ---------------------------------------------------------------------------------------------------

struct Relation;
using RelationPointer = std::unique_ptr<Relation>;

struct TableReference {
  QualifiedName name;
};
struct SubqueryRelation {
  QueryPointer query;
};
struct LateralRelation {
  QueryPointer query;
};
struct UnnestRelation {
  std::vector<ExpressionPointer> arrays;
  bool with_ordinality = false;
};
struct AliasedRelation {
  RelationPointer relation;
  Identifier alias;
  std::vector<Identifier> column_aliases;
};
// JSON_TABLE(input, path … COLUMNS (…)). A column reads by its path, by default its own name; NESTED gives further
// rows.
enum class JsonColumnKind : uint8_t { kOrdinality, kValue, kQuery, kNested };
struct JsonColumn {
  JsonColumnKind kind = JsonColumnKind::kValue;
  Identifier name;  // NESTED: of the path, empty where it has none
  TypeName type;
  std::optional<std::string> path;
  Position path_position;
  std::string format;   // of kQuery
  std::string wrapper;  // these as in SqlJson
  std::string quotes;
  std::string on_empty;
  std::string on_error;
  ExpressionPointer default_on_empty;
  ExpressionPointer default_on_error;
  std::vector<JsonColumn> columns;  // of NESTED
  Position position;
};
struct JsonTableRelation {
  ExpressionPointer input;
  std::string input_format;
  std::string path;
  Position path_position;
  std::vector<JsonPassing> passing;
  std::vector<JsonColumn> columns;
  bool error_on_error = false;
};
// TABLE(f(name => value, …)): an argument is an expression, TABLE(…) or DESCRIPTOR(…).
struct TableArgument {
  std::optional<Identifier> name;
  ExpressionPointer value;
  RelationPointer table;
  std::optional<std::vector<Identifier>> descriptor;
  Position position;
};
struct TableFunctionRelation {
  QualifiedName name;
  std::vector<TableArgument> arguments;
};
enum class SampleMethod : uint8_t { kBernoulli, kSystem };
struct SampledRelation {
  RelationPointer relation;
  SampleMethod method = SampleMethod::kBernoulli;
  ExpressionPointer percentage;
};
enum class JoinKind : uint8_t { kImplicit, kCross, kInner, kLeft, kRight, kFull };  // kImplicit: FROM a, b
struct JoinRelation {
  JoinKind kind = JoinKind::kInner;
  bool natural = false;
  RelationPointer left;
  RelationPointer right;
  ExpressionPointer on;  // null where USING, NATURAL or CROSS
  std::vector<Identifier> using_columns;
};
struct Relation {
  using Node = std::variant<TableReference, SubqueryRelation, LateralRelation, UnnestRelation, AliasedRelation,
                            SampledRelation, JoinRelation, JsonTableRelation, TableFunctionRelation>;
  Node node;
  Position position;

  ~Relation();  // of many joins, without recursion
};

// ---- Queries -----------------------------------------------------------------------------------------------------

struct SelectAll {
  ExpressionPointer target;
  std::vector<Identifier> aliases;
};  // *, t.*, row.* AS (a, b); target may be null
struct SelectExpression {
  ExpressionPointer expression;
  std::optional<Identifier> alias;
};
struct SelectItem {
  std::variant<SelectAll, SelectExpression> node;
  Position position;
};

struct GroupingSets {
  std::vector<std::vector<ExpressionPointer>> sets;
};
struct Cube {
  std::vector<std::vector<ExpressionPointer>> sets;
};
struct Rollup {
  std::vector<std::vector<ExpressionPointer>> sets;
};
struct SimpleGroupBy {
  std::vector<ExpressionPointer> expressions;
};  // one item: x, or (x, y), or ()
using GroupingElement = std::variant<SimpleGroupBy, GroupingSets, Cube, Rollup>;

struct NamedWindow {
  Identifier name;
  WindowSpecification window;
};

struct Select {
  bool distinct = false;
  std::vector<SelectItem> items;
  RelationPointer from;  // null where there is none
  ExpressionPointer where;
  bool has_group_by = false;
  bool group_by_distinct = false;  // GROUP BY DISTINCT
  std::vector<GroupingElement> group_by;
  ExpressionPointer having;
  std::vector<NamedWindow> windows;
  Position position;
};
struct Values {
  std::vector<ExpressionPointer> rows;
  Position position;
};
struct TableQuery {
  QualifiedName name;
  Position position;
};  // TABLE t
enum class SetOperator : uint8_t { kUnion, kIntersect, kExcept };
struct QueryBody;
using QueryBodyPointer = std::unique_ptr<QueryBody>;
struct SetOperation {
  SetOperator operation = SetOperator::kUnion;
  bool all = false;
  QueryBodyPointer left;
  QueryBodyPointer right;
  Position position;
};
struct ParenthesizedQuery {
  QueryPointer query;
  Position position;
};
struct QueryBody {
  std::variant<Select, Values, TableQuery, SetOperation, ParenthesizedQuery> node;

  ~QueryBody();  // of many set operations, without recursion
};

struct CommonTableExpression {
  Identifier name;
  std::vector<Identifier> columns;
  QueryPointer query;
};

struct Query {
  bool recursive = false;
  std::vector<CommonTableExpression> with;
  QueryBodyPointer body;
  std::vector<SortItem> order_by;
  Position order_position;        // of ORDER
  Position rows_position;         // of LIMIT or FETCH
  ExpressionPointer offset;       // OFFSET n
  ExpressionPointer limit;        // LIMIT n; LIMIT ALL leaves it null
  ExpressionPointer fetch_first;  // FETCH FIRST n ROWS …; FETCH FIRST ROW ONLY is 1
  bool with_ties = false;
  Position position;
};

// What a statement can be. The Athena issue adds DDL and utility statements beside Query.
enum class ExplainFormat : uint8_t { kText, kJson, kGraphviz };
struct QueryStatement {
  QueryPointer query;
};
struct Statement {
  std::variant<QueryStatement> node;
  Position position;
};

}  // namespace opentrail::sql
