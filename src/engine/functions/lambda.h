#pragma once

#include <optional>
#include <vector>

#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/planner/expression.hpp"

// Functions whose second argument is a lambda, and whose parameters are not just a list's elements. The engine binds
// the lambda's body to one chunk: the parameters in reverse, then the columns that the body captures.
namespace opentrail::engine {

// The type that the body is brought to; nullopt leaves it as it is.
using LambdaResult = std::optional<duckdb::LogicalType>;

struct LambdaData : duckdb::FunctionData {
  LambdaData(duckdb::unique_ptr<duckdb::Expression> lambda_body, duckdb::idx_t others)
      : body(std::move(lambda_body)), argument_count(others) {}
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<LambdaData>(body->Copy(), argument_count);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    const auto& data = other.Cast<LambdaData>();
    return argument_count == data.argument_count && duckdb::Expression::Equals(*body, *data.body);
  }

  duckdb::unique_ptr<duckdb::Expression> body;
  duckdb::idx_t argument_count;  // the call's arguments without the lambda; captured columns follow them
};

// Takes the lambda out of a call that is being bound; the rest of the arguments keep their types.
duckdb::unique_ptr<LambdaData> TakeLambda(duckdb::ClientContext& context, duckdb::ScalarFunction& function,
                                          duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments,
                                          const LambdaResult& result);
// The call's argument types without the lambda's own.
std::vector<duckdb::LogicalType> WithoutLambda(const duckdb::vector<duckdb::LogicalType>& types);
[[noreturn]] void ThrowTooManyParameters();

// One lambda over one chunk of a call's arguments.
class LambdaCall {
 public:
  LambdaCall(duckdb::DataChunk& arguments, duckdb::ExpressionState& state);

  [[nodiscard]] const duckdb::LogicalType& ResultType() const { return data_.body->return_type; }
  // The body over `count` (at most STANDARD_VECTOR_SIZE) rows of parameters, given in the lambda's own order; rows[i]
  // is the call's row that parameter row i belongs to.
  void Evaluate(std::vector<duckdb::Vector*> parameters, const duckdb::SelectionVector& rows, duckdb::idx_t count,
                duckdb::Vector& result);

 private:
  duckdb::DataChunk& arguments_;
  const LambdaData& data_;
  duckdb::ExpressionExecutor executor_;
};

}  // namespace opentrail::engine
