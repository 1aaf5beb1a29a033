#include "engine/functions/lambda.h"

#include "duckdb/common/exception/binder_exception.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/expression/bound_lambda_expression.hpp"

namespace opentrail::engine {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;

duckdb::unique_ptr<duckdb::ListLambdaBindData> TakeLambda(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments, const LambdaResult& result) {
  if (arguments.size() < 2 || arguments[1]->GetExpressionClass() != duckdb::ExpressionClass::BOUND_LAMBDA) {
    throw duckdb::BinderException("%s: the second argument must be a lambda", function.name);
  }
  for (idx_t i = 0; i < arguments.size(); i++) {
    if (i != 1) function.arguments[i] = arguments[i]->return_type;
  }
  // From here on an ordinary function: the optimizer would take the bind data of any other for that of its own lists.
  function.bind_lambda = nullptr;
  auto body = std::move(arguments[1]->Cast<duckdb::BoundLambdaExpression>().lambda_expr);
  if (result) body = duckdb::BoundCastExpression::AddCastToType(context, std::move(body), *result);
  const LogicalType type = body->return_type;
  return duckdb::make_uniq<duckdb::ListLambdaBindData>(type, std::move(body));
}

std::vector<LogicalType> WithoutLambda(const duckdb::vector<LogicalType>& types) {
  std::vector<LogicalType> others;
  for (const LogicalType& type : types) {
    if (type.id() != duckdb::LogicalTypeId::LAMBDA) others.push_back(type);
  }
  return others;
}

void ThrowTooManyParameters() { throw duckdb::BinderException("the lambda has too many parameters"); }

namespace {

const duckdb::Expression& BodyOf(const duckdb::ExpressionState& state) {
  const auto& call = state.expr.Cast<duckdb::BoundFunctionExpression>();
  return *call.bind_info->Cast<duckdb::ListLambdaBindData>().lambda_expr;
}

}  // namespace

LambdaCall::LambdaCall(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, idx_t argument_count)
    : arguments_(arguments),
      body_(BodyOf(state)),
      argument_count_(argument_count),
      executor_(state.GetContext(), body_) {}

void LambdaCall::Evaluate(std::vector<Vector*> parameters, const duckdb::SelectionVector& rows, idx_t count,
                          Vector& result) {
  duckdb::vector<LogicalType> types;
  for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
    types.push_back((*parameter)->GetType());
  }
  for (idx_t i = argument_count_; i < arguments_.ColumnCount(); i++) types.push_back(arguments_.data[i].GetType());
  duckdb::DataChunk chunk;
  chunk.InitializeEmpty(types);
  idx_t column = 0;
  for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
    chunk.data[column++].Reference(**parameter);
  }
  for (idx_t i = argument_count_; i < arguments_.ColumnCount(); i++) {
    chunk.data[column++].Slice(arguments_.data[i], rows, count);
  }
  chunk.SetCardinality(count);
  executor_.ExecuteExpression(chunk, result);
}

}  // namespace opentrail::engine
