#include "sql/query_walk.h"

#include "sql/expression_walk.h"
#include "sql/text.h"

namespace opentrail::sql {
namespace {

class ReferenceFinder {
 public:
  explicit ReferenceFinder(std::string_view name) : name_(name) {}

  void Walk(const Query& query) {
    for (const CommonTableExpression& table : query.with) {
      Walk(*table.query);
      if (LowerCase(table.name.text) == name_) return;
    }
    Walk(*query.body);
    for (const SortItem& item : query.order_by) Walk(item.expression);
  }

  void Walk(const QueryBody& body) {
    if (const auto* operation = std::get_if<SetOperation>(&body.node)) {
      Walk(*operation->left);
      Walk(*operation->right);
    } else if (const auto* inner = std::get_if<ParenthesizedQuery>(&body.node)) {
      Walk(*inner->query);
    } else if (const auto* table = std::get_if<TableQuery>(&body.node)) {
      Note(table->name, table->name.position);
    } else if (const auto* values = std::get_if<Values>(&body.node)) {
      for (const ExpressionPointer& row : values->rows) Walk(row);
    } else {
      Walk(std::get<Select>(body.node));
    }
  }

  void Walk(const Relation& relation) {
    const auto& node = relation.node;
    if (const auto* table = std::get_if<TableReference>(&node)) Note(table->name, relation.position);
    if (const auto* query = std::get_if<SubqueryRelation>(&node)) Walk(*query->query);
    if (const auto* query = std::get_if<LateralRelation>(&node)) Walk(*query->query);
    if (const auto* aliased = std::get_if<AliasedRelation>(&node)) Walk(*aliased->relation);
    if (const auto* sampled = std::get_if<SampledRelation>(&node)) Walk(*sampled->relation);
    if (const auto* table = std::get_if<JsonTableRelation>(&node)) Walk(table->input);
    if (const auto* unnest = std::get_if<UnnestRelation>(&node)) {
      for (const ExpressionPointer& array : unnest->arrays) Walk(array);
    }
    if (const auto* join = std::get_if<JoinRelation>(&node)) {
      Walk(*join->left);
      Walk(*join->right);
      Walk(join->on);
    }
  }

  std::vector<Position> found;

 private:
  void Walk(const Select& select) {
    for (const SelectItem& item : select.items) {
      if (const auto* single = std::get_if<SelectExpression>(&item.node)) Walk(single->expression);
    }
    if (select.from) Walk(*select.from);
    Walk(select.where);
    Walk(select.having);
  }

  void Walk(const ExpressionPointer& expression) {
    if (!expression) return;
    WalkExpression(*expression, [&](const Expression& node) {
      if (const auto* in = std::get_if<InSubquery>(&node.node)) Walk(*in->query);
      if (const auto* exists = std::get_if<Exists>(&node.node)) Walk(*exists->query);
      if (const auto* scalar = std::get_if<ScalarSubquery>(&node.node)) Walk(*scalar->query);
      if (const auto* quantified = std::get_if<QuantifiedComparison>(&node.node)) Walk(*quantified->query);
      return true;
    });
  }

  void Note(const QualifiedName& name, Position position) {
    if (name.parts.size() == 1 && LowerCase(name.parts[0].text) == name_) found.push_back(position);
  }

  std::string_view name_;
};

template <typename Node>
std::vector<Position> Find(const Node& node, std::string_view name) {
  ReferenceFinder finder(name);
  finder.Walk(node);
  return std::move(finder.found);
}

}  // namespace

std::vector<Position> FindTableReferences(const QueryBody& body, std::string_view name) { return Find(body, name); }
std::vector<Position> FindTableReferences(const Query& query, std::string_view name) { return Find(query, name); }
std::vector<Position> FindTableReferences(const Relation& relation, std::string_view name) {
  return Find(relation, name);
}

}  // namespace opentrail::sql
