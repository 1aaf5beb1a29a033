#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sql/ast.h"
#include "sql/lexer.h"
#include "sql/parser.h"
#include "sql/text.h"
#include "sql/token_cursor.h"
#include "sql/write_statement.h"

namespace opentrail::sql {

// Without the quotes around it, the doubled ones inside undone. quoted starts and ends with the same character.
[[nodiscard]] std::string Unquote(std::string_view quoted);

// The tokens of one statement, without the ';' that may end it. Refuses what is longer than kMaxStatementBytes, and a
// ';' between two statements.
[[nodiscard]] Result<std::vector<Token>> TokenizeStatement(std::string_view text, Quoting quoting,
                                                           Dialect dialect = Dialect::kAthena);

template <typename Range, typename Value>
[[nodiscard]] bool Contains(const Range& range, const Value& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

// Recursive descent over Trino's grammar, one function a rule, expressions by precedence. Lives for one statement.
// Errors live in the cursor (see TokenCursor): after one, functions return anything, null included, and only the entry
// points look.
//
// A pair Parse…/Continue… is one rule: Continue takes over where its first part was already read, because what it would
// be was not yet known ("(SELECT 1)" may be an operand, or the left of a UNION).
class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : cursor_(std::move(tokens)) {}

  Result<Statement> ParseWholeStatement();
  Result<ExpressionPointer> ParseWholeExpression();
  Result<WriteStatement> ParseWholeWrite();

 private:
  // Counts one level of nesting while it lives; false, and the statement refused, past the bound.
  class Nesting {
   public:
    explicit Nesting(Parser& parser);
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    explicit operator bool() const { return !parser_.cursor_.failed(); }

   private:
    Parser& parser_;
  };

  // One operand of a chain of ANDs or ORs, and where the operator before it stands.
  struct Term {
    ExpressionPointer expression;
    Position operator_position;
  };

  template <typename Node>
  static ExpressionPointer Make(Position position, Node node) {
    return std::make_unique<Expression>(Expression::Node(std::move(node)), position);
  }
  template <typename Node>
  static RelationPointer MakeRelation(Position position, Node node) {
    return std::make_unique<Relation>(Relation::Node(std::move(node)), position);
  }
  template <typename Node>
  static QueryBodyPointer MakeBody(Node node) {
    return std::make_unique<QueryBody>(std::move(node));
  }

  // parser.cc: statements, names
  bool RefuseOtherStatements();
  void Unsupported(Position position, std::string_view what);
  Identifier ParseIdentifier();
  QualifiedName ParseQualifiedName();
  Identifier ParseImplicitAlias();               // without AS
  std::vector<Identifier> ParseColumnAliases();  // (a, b)
  bool ParseQuantifier();                        // ALL or DISTINCT, true for the latter
  [[nodiscard]] bool AtExpressionStart(size_t distance) const;
  [[nodiscard]] bool AtQueryStart(size_t distance = 0) const;
  [[nodiscard]] bool AtContinuationOf(const Query& parenthesized) const;
  [[nodiscard]] bool AtRowCountClause() const;
  [[nodiscard]] bool AtWindowClause() const;

  // parser_write.cc: CREATE TABLE AS, INSERT, UNLOAD, their first word taken
  InsertInto ParseInsert();
  Unload ParseUnload();
  CreateTableAs ParseCreateTableAs();
  WriteProperties ParseWriteProperties();
  void ParsePropertyValue(WriteProperty& property);

  // parser_query.cc
  QueryPointer ParseQuery();
  QueryPointer ParseParenthesizedQuery();  // from "(" to ")"
  void ParseQueryWithoutWith(Query& query, QueryBodyPointer first = nullptr);
  QueryPointer ContinueQuery(QueryPointer parenthesized, Position position);
  CommonTableExpression ParseCommonTable();
  QueryBodyPointer ParseQueryTerm(QueryBodyPointer first);
  QueryBodyPointer ParseIntersection(QueryBodyPointer first);
  QueryBodyPointer ParseQueryPrimary();
  QueryBodyPointer MakeSetOperation(SetOperator operation, QueryBodyPointer left);
  QueryBodyPointer ParseSelect(Position position);
  SelectItem ParseSelectItem();
  std::optional<Identifier> ParseSelectAlias();
  void ParseGroupBy(Select& select);
  GroupingElement ParseGroupingElement();
  std::vector<ExpressionPointer> ParseGroupingSet();
  enum class EmptyList : uint8_t { kAllowed, kRefused };
  std::vector<std::vector<ExpressionPointer>> ParseGroupingSets(EmptyList empty);
  void ParseRowCounts(Query& query);
  ExpressionPointer ParseRowCount();
  void ParseFetch(Query& query);
  std::vector<SortItem> ParseSortItems();
  SortItem ParseSortItem();

  // parser_relation.cc
  RelationPointer ParseFrom();
  RelationPointer ParseRelation();
  RelationPointer ContinueRelation(RelationPointer left);
  std::optional<JoinKind> ParseJoinType();
  void ParseJoinCriteria(JoinRelation& join);
  RelationPointer ParseSampledRelation();
  RelationPointer ContinueSampledRelation(RelationPointer primary);
  RelationPointer ParseRelationPrimary();
  RelationPointer ParseParenthesizedRelation();
  RelationPointer ParseTable();
  RelationPointer ParseUnnest();
  RelationPointer ParseLateral();
  RelationPointer ParseTableFunction();
  TableArgument ParseTableArgument();
  RelationPointer ParseRelationAlias(RelationPointer relation);
  [[nodiscard]] bool AtRelationClause() const;

  // parser_expression.cc: from OR down to the operators of values
  ExpressionPointer ParseExpression();
  std::vector<ExpressionPointer> ParseExpressionList();
  ExpressionPointer ContinueExpression(ExpressionPointer value);
  static ExpressionPointer Fold(BinaryOperator operation, std::span<Term> terms);
  ExpressionPointer ParseConjunction(ExpressionPointer value);
  ExpressionPointer ParseNegation(ExpressionPointer value);
  ExpressionPointer ParsePredicate(ExpressionPointer value);
  [[nodiscard]] bool StandsInClause(size_t index) const;
  ExpressionPointer ParseComparison(ExpressionPointer left, BinaryOperator operation);
  ExpressionPointer ParseBetween(ExpressionPointer operand, Position position, bool negated);
  ExpressionPointer ParseIn(ExpressionPointer operand, Position position, bool negated);
  ExpressionPointer ParseLike(ExpressionPointer operand, Position position, bool negated);
  ExpressionPointer ParseIs(ExpressionPointer operand);
  ExpressionPointer ParseValue(int precedence = 0);
  ExpressionPointer ContinueValue(ExpressionPointer left, int precedence = 0);
  ExpressionPointer ParseSigned();
  ExpressionPointer ParseAtTimeZone(ExpressionPointer operand);
  void ExpectOperators();
  [[nodiscard]] bool CheckExpressionContinuation();

  // parser_primary.cc: what stands between operators
  ExpressionPointer ParsePrimary();
  ExpressionPointer ContinuePrimary(ExpressionPointer primary, bool all_columns = false);
  ExpressionPointer ParsePrimaryHead();
  ExpressionPointer ParseNameHead();
  ExpressionPointer ParseReservedHead();
  ExpressionPointer ParseColumn();
  ExpressionPointer ParseParenthesized();
  std::vector<ExpressionPointer> ParseParenthesizedItems();
  static ExpressionPointer MakeParenthesized(Position position, std::vector<ExpressionPointer> items);
  [[nodiscard]] bool AtLambda() const;
  ExpressionPointer ParseLambda();
  ExpressionPointer ParseRow();
  ExpressionPointer ParseArray();
  ExpressionPointer ParseCase();
  ExpressionPointer ParseCast(bool try_cast);
  ExpressionPointer ParseExists();

  // parser_literal.cc
  ExpressionPointer ParseNumber(bool negative, Position position);
  std::string ParseString();
  std::string DecodeUnicodeString(const Token& token);
  ExpressionPointer ParseBinaryLiteral();
  ExpressionPointer ParseGenericLiteral();
  [[nodiscard]] bool AtInterval() const;
  [[nodiscard]] bool AtIntervalField(size_t distance = 0) const;
  std::string ParseIntervalField();
  ExpressionPointer ParseInterval();

  // parser_function.cc: calls and windows
  ExpressionPointer ParseFunctionCall();
  void ParseArguments(FunctionCall& call);
  void ParseFilter(FunctionCall& call);
  void ParseOver(FunctionCall& call);
  ExpressionPointer FinishCall(FunctionCall call);
  bool CheckSpecialCall(const FunctionCall& call, std::string_view name);
  WindowSpecification ParseWindow();
  [[nodiscard]] bool AtWindowName() const;
  WindowFrame ParseFrame();
  FrameBound ParseFrameBound();

  // parser_special.cc
  ExpressionPointer MakeCall(Position position, std::string_view name, std::vector<ExpressionPointer> arguments);
  ExpressionPointer FinishPlainCall(const Token& name, std::vector<ExpressionPointer> arguments);
  [[nodiscard]] bool AtValueArgument() const;
  ExpressionPointer ParsePosition();
  ExpressionPointer ParseSubstring();
  ExpressionPointer ParseNormalize();
  ExpressionPointer ParseExtract();
  ExpressionPointer ParseTrim();
  std::optional<TrimKind> ParseTrimKind();
  ExpressionPointer ParseListagg();
  void ParseListaggOverflow(FunctionCall& call);
  ExpressionPointer ParseGrouping();
  ExpressionPointer ParseCurrent();

  // parser_json.cc
  ExpressionPointer ParseSqlJson();
  void ParseJsonInput(ExpressionPointer& input, std::string& format);
  std::string ParseJsonFormat();
  void ParseJsonPassing(std::vector<JsonPassing>& passing);
  void ParseJsonReturning(std::optional<TypeName>& type, std::string& format, bool formatted);
  void ParseJsonWrapper(std::string& wrapper);
  void ParseJsonQuotes(std::string& quotes);
  template <typename Node>
  void ParseJsonBehaviors(TokenKind function, Node& node);
  std::string ParseJsonBehavior(TokenKind function, ExpressionPointer& otherwise);
  ExpressionPointer ParseJsonConstructor();
  JsonMember ParseJsonMember();
  void ParseJsonNulls(JsonConstructor& json);
  void ParseUniqueKeys(JsonConstructor& json);
  RelationPointer ParseJsonTable();
  std::vector<JsonColumn> ParseJsonColumns();
  JsonColumn ParseJsonColumn();

  // parser_type.cc: types as text, in Trino's spelling
  TypeName ParseTypeName();
  std::string ParseType();
  std::string ParseTypeBase();
  std::string ParseRowType();
  std::string ParseRowField();
  [[nodiscard]] bool AtNamedField() const;
  std::string ParseDatetimeType();
  std::string ParseIntervalType();
  std::string ParseGenericType();
  std::string ParseTypeParameter();

  TokenCursor cursor_;
  uint32_t depth_ = 0;
  uint32_t parameters_ = 0;           // of ?, so far
  size_t select_item_at_ = SIZE_MAX;  // the token that a select item starts with: "x.*" is only right there
};

}  // namespace opentrail::sql
