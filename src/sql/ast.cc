#include "sql/ast.h"

namespace opentrail::sql {
namespace {

// The child on the side that grows with every term of a chain: 1 + 2 + 3 …, a.b.c …, a JOIN b JOIN c …
ExpressionPointer* Spine(Expression& expression) {
  if (auto* binary = std::get_if<Binary>(&expression.node)) return &binary->left;
  if (auto* dereference = std::get_if<Dereference>(&expression.node)) return &dereference->base;
  if (auto* subscript = std::get_if<Subscript>(&expression.node)) return &subscript->base;
  if (auto* zone = std::get_if<AtTimeZone>(&expression.node)) return &zone->operand;
  return nullptr;
}

RelationPointer* Spine(Relation& relation) {
  auto* join = std::get_if<JoinRelation>(&relation.node);
  return join ? &join->left : nullptr;
}

QueryBodyPointer* Spine(QueryBody& body) {
  auto* operation = std::get_if<SetOperation>(&body.node);
  return operation ? &operation->left : nullptr;
}

template <typename Node>
std::unique_ptr<Node> TakeSpine(Node& node) {
  std::unique_ptr<Node>* child = Spine(node);
  return child ? std::move(*child) : nullptr;
}

// Takes the chain apart from its top, each node bereft of the rest before it goes.
template <typename Node>
void DestroySpine(Node& node) {
  for (std::unique_ptr<Node> rest = TakeSpine(node); rest;) rest = TakeSpine(*rest);
}

}  // namespace

Expression::~Expression() { DestroySpine(*this); }
Relation::~Relation() { DestroySpine(*this); }
QueryBody::~QueryBody() { DestroySpine(*this); }

}  // namespace opentrail::sql
