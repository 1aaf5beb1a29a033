#pragma once

#include <optional>
#include <vector>

#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/lambda_functions.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/planner/expression.hpp"

// Functions whose second argument is a lambda, and whose parameters are not just a list's elements. The engine binds
// the lambda's body to one chunk: the parameters in reverse, then the columns that the body captures.
namespace opentrail::engine {

// The type that the body is brought to; nullopt leaves it as it is.
using LambdaResult = std::optional<duckdb::LogicalType>;

// Takes the lambda out of a call that is being bound; the rest of the arguments keep their types. The data must be the
// engine's own type: it looks into that of any function with a lambda.
duckdb::unique_ptr<duckdb::ListLambdaBindData> TakeLambda(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments, const LambdaResult& result);
// The call's argument types without the lambda's own.
std::vector<duckdb::LogicalType> WithoutLambda(const duckdb::vector<duckdb::LogicalType>& types);
[[noreturn]] void ThrowTooManyParameters();

// One lambda over one chunk of a call's arguments.
class LambdaCall {
 public:
  // argument_count: the call's arguments without the lambda; captured columns follow them in the chunk.
  LambdaCall(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::idx_t argument_count);

  [[nodiscard]] const duckdb::LogicalType& ResultType() const { return body_.return_type; }
  // The body over `count` (at most STANDARD_VECTOR_SIZE) rows of parameters, given in the lambda's own order; rows[i]
  // is the call's row that parameter row i belongs to.
  void Evaluate(std::vector<duckdb::Vector*> parameters, const duckdb::SelectionVector& rows, duckdb::idx_t count,
                duckdb::Vector& result);

 private:
  duckdb::DataChunk& arguments_;
  const duckdb::Expression& body_;
  duckdb::idx_t argument_count_;
  duckdb::ExpressionExecutor executor_;
};

}  // namespace opentrail::engine
