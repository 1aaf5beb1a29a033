#include "engine/functions/lambda.h"

#include "duckdb/common/exception/binder_exception.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/expression/bound_lambda_expression.hpp"

namespace opentrail::engine {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;

duckdb::unique_ptr<LambdaData> TakeLambda(duckdb::ClientContext& context, duckdb::ScalarFunction& function,
                                          duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments,
                                          const LambdaResult& result) {
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
  return duckdb::make_uniq<LambdaData>(std::move(body), arguments.size() - 1);
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

const LambdaData& DataOf(const duckdb::ExpressionState& state) {
  return state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<LambdaData>();
}

}  // namespace

LambdaCall::LambdaCall(duckdb::DataChunk& arguments, duckdb::ExpressionState& state)
    : arguments_(arguments), data_(DataOf(state)), executor_(state.GetContext(), *data_.body) {}

void LambdaCall::Evaluate(std::vector<Vector*> parameters, const duckdb::SelectionVector& rows, idx_t count,
                          Vector& result) {
  duckdb::vector<LogicalType> types;
  for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
    types.push_back((*parameter)->GetType());
  }
  for (idx_t i = data_.argument_count; i < arguments_.ColumnCount(); i++) types.push_back(arguments_.data[i].GetType());
  duckdb::DataChunk chunk;
  chunk.InitializeEmpty(types);
  idx_t column = 0;
  for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
    chunk.data[column++].Reference(**parameter);
  }
  for (idx_t i = data_.argument_count; i < arguments_.ColumnCount(); i++) {
    chunk.data[column++].Slice(arguments_.data[i], rows, count);
  }
  chunk.SetCardinality(count);
  executor_.ExecuteExpression(chunk, result);
}

}  // namespace opentrail::engine
