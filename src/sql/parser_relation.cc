#include "sql/parser_impl.h"

namespace opentrail::sql {

using enum TokenKind;

RelationPointer Parser::ParseFrom() {
  RelationPointer left = ParseRelation();
  while (cursor_.Accept(kComma)) {
    const Position position = left ? left->position : Position{};
    JoinRelation join{JoinKind::kImplicit, false, std::move(left), ParseRelation(), nullptr, {}};
    left = MakeRelation(position, std::move(join));
  }
  return left;
}

RelationPointer Parser::ParseRelation() {
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  return ContinueRelation(ParseSampledRelation());
}

RelationPointer Parser::ContinueRelation(RelationPointer left) {
  while (!cursor_.failed()) {
    JoinRelation join;
    if (cursor_.Accept(kCross)) {
      join.kind = JoinKind::kCross;
      cursor_.Require(kJoin);
      join.right = ParseSampledRelation();
    } else if (cursor_.Accept(kNatural)) {
      join.natural = true;
      join.kind = ParseJoinType().value_or(JoinKind::kInner);
      cursor_.Require(kJoin);
      join.right = ParseSampledRelation();
    } else {
      const std::optional<JoinKind> kind = ParseJoinType();
      if (!kind && !cursor_.Check(kJoin)) return left;
      join.kind = kind.value_or(JoinKind::kInner);
      cursor_.Require(kJoin);
      join.right = ParseRelation();
      ParseJoinCriteria(join);
    }
    join.left = std::move(left);
    const Position position = join.left->position;
    left = MakeRelation(position, std::move(join));
  }
  return left;
}

// The words before JOIN; nullopt where there is none of them.
std::optional<JoinKind> Parser::ParseJoinType() {
  if (cursor_.Accept(kInner)) return JoinKind::kInner;
  std::optional<JoinKind> kind;
  if (cursor_.Accept(kLeft)) {
    kind = JoinKind::kLeft;
  } else if (cursor_.Accept(kRight)) {
    kind = JoinKind::kRight;
  } else if (cursor_.Accept(kFull)) {
    kind = JoinKind::kFull;
  }
  if (kind) cursor_.Accept(kOuter);
  return kind;
}

void Parser::ParseJoinCriteria(JoinRelation& join) {
  cursor_.Forget();  // Trino does not tell that the relation might go on
  if (cursor_.Accept(kOn)) {
    join.on = ParseExpression();
  } else if (cursor_.Require(kUsing)) {
    join.using_columns = ParseColumnAliases();
  }
}

RelationPointer Parser::ParseSampledRelation() { return ContinueSampledRelation(ParseRelationPrimary()); }

RelationPointer Parser::ContinueSampledRelation(RelationPointer primary) {
  RelationPointer relation = ParseRelationAlias(std::move(primary));
  if (cursor_.Check(kMatch_Recognize)) Unsupported(cursor_.Here(), "MATCH_RECOGNIZE");
  if (!cursor_.Accept(kTablesample) || !relation) return relation;
  SampledRelation sampled;
  const Position position = relation->position;
  sampled.relation = std::move(relation);
  if (cursor_.Accept(kSystem)) {
    sampled.method = SampleMethod::kSystem;
  } else {
    cursor_.Require(kBernoulli);
  }
  cursor_.Require(kLeftParenthesis);
  sampled.percentage = ParseExpression();
  cursor_.Require(kRightParenthesis);
  return MakeRelation(position, std::move(sampled));
}

RelationPointer Parser::ParseRelationPrimary() {
  cursor_.Expect(kLateral);
  if (cursor_.Check(kLeftParenthesis)) return ParseParenthesizedRelation();
  if (cursor_.Check(kUnnest)) return ParseUnnest();
  if (cursor_.At(kLateral) && cursor_.At(kLeftParenthesis, 1)) return ParseLateral();
  if (cursor_.Check(kTable)) return ParseTableFunction();
  if (cursor_.Check(kJson_Table)) return ParseJsonTable();
  return ParseTable();
}

RelationPointer Parser::ParseTable() {
  const Position position = cursor_.Here();
  TableReference table{ParseQualifiedName()};
  if (cursor_.Check(kFor)) Unsupported(cursor_.Here(), "FOR … AS OF");
  return MakeRelation(position, std::move(table));
}

// TABLE(name(argument, …))
RelationPointer Parser::ParseTableFunction() {
  const Position position = cursor_.Take().position;
  cursor_.Require(kLeftParenthesis);
  TableFunctionRelation function{ParseQualifiedName(), {}};
  cursor_.Require(kLeftParenthesis);
  if (!cursor_.Check(kRightParenthesis)) {
    do {
      function.arguments.push_back(ParseTableArgument());
    } while (cursor_.Accept(kComma));
  }
  cursor_.Require(kRightParenthesis);
  cursor_.Require(kRightParenthesis);
  return MakeRelation(position, std::move(function));
}

TableArgument Parser::ParseTableArgument() {
  TableArgument argument;
  argument.position = cursor_.Here();
  if (cursor_.AtIdentifier() && cursor_.At(kDoubleArrow, 1)) {
    argument.name = ParseIdentifier();
    cursor_.Take();
  }
  if (cursor_.At(kTable) && cursor_.At(kLeftParenthesis, 1)) {
    const Position position = cursor_.Take().position;
    cursor_.Take();
    argument.table = AtQueryStart() ? MakeRelation(position, SubqueryRelation{ParseQuery()}) : ParseTable();
    cursor_.Require(kRightParenthesis);
    argument.table = ParseRelationAlias(std::move(argument.table));
  } else if (cursor_.At(kDescriptor) && cursor_.At(kLeftParenthesis, 1)) {
    cursor_.Take();
    argument.descriptor = ParseColumnAliases();
  } else {
    argument.value = ParseExpression();
  }
  return argument;
}

RelationPointer Parser::ParseUnnest() {
  const Position position = cursor_.Take().position;
  UnnestRelation unnest;
  cursor_.Require(kLeftParenthesis);
  unnest.arrays = ParseExpressionList();
  cursor_.Require(kRightParenthesis);
  if (cursor_.Accept(kWith)) unnest.with_ordinality = cursor_.Require(kOrdinality);
  return MakeRelation(position, std::move(unnest));
}

RelationPointer Parser::ParseLateral() {
  const Position position = cursor_.Take().position;
  return MakeRelation(position, LateralRelation{ParseParenthesizedQuery()});
}

// "(" query ")" or "(" relation ")"; what starts with a further "(" may be either until its end.
RelationPointer Parser::ParseParenthesizedRelation() {
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  const Position position = cursor_.Take().position;
  RelationPointer relation;
  if (AtQueryStart() && !(cursor_.At(kTable) && cursor_.At(kLeftParenthesis, 1))) {
    relation = MakeRelation(position, SubqueryRelation{ParseQuery()});
  } else if (cursor_.At(kLeftParenthesis)) {
    const Position inner = cursor_.Here();
    relation = ParseParenthesizedRelation();
    auto* subquery = relation ? std::get_if<SubqueryRelation>(&relation->node) : nullptr;
    if (subquery && subquery->query && AtContinuationOf(*subquery->query)) {
      relation = MakeRelation(position, SubqueryRelation{ContinueQuery(std::move(subquery->query), inner)});
    } else {
      relation = ContinueRelation(ContinueSampledRelation(std::move(relation)));
    }
  } else {
    cursor_.Expect(Rule::kQuery);
    relation = ParseRelation();
  }
  cursor_.Require(kRightParenthesis);
  return relation;
}

RelationPointer Parser::ParseRelationAlias(RelationPointer relation) {
  const bool explicit_alias = cursor_.Accept(kAs);
  cursor_.Expect(Rule::kIdentifier);
  if (!relation || (!explicit_alias && (!cursor_.AtIdentifier() || AtRelationClause()))) return relation;
  const Position position = relation->position;
  AliasedRelation aliased{std::move(relation), ParseIdentifier(), {}};
  if (cursor_.Check(kLeftParenthesis)) aliased.column_aliases = ParseColumnAliases();
  return MakeRelation(position, std::move(aliased));
}

// Whether the word here, a name elsewhere, begins a clause after a relation.
bool Parser::AtRelationClause() const {
  if (AtRowCountClause() || AtWindowClause()) return true;
  if (cursor_.At(kTablesample)) return cursor_.At(kBernoulli, 1) || cursor_.At(kSystem, 1);
  if (!cursor_.At(kMatch_Recognize) || !cursor_.At(kLeftParenthesis, 1)) return false;
  const bool columns = cursor_.AtIdentifier(2) && (cursor_.At(kComma, 3) || cursor_.At(kRightParenthesis, 3));
  return !columns;
}

}  // namespace opentrail::sql
