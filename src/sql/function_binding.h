#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sql/error.h"
#include "sql/function_signature.h"
#include "sql/operators.h"

// Which signature a call means, and with which types: Trino's overload resolution.
namespace opentrail::sql {

// A call's argument as overload resolution sees it: a value's type, or a lambda with its number of parameters.
struct CallArgument {
  std::optional<Type> type;  // nullopt: a lambda
  size_t lambda_parameters = 0;
  Position position;
};

// Resolves the lambda at `argument` with its parameters of these types: the body.
using LambdaResolver = std::function<Result<TypedSql>(size_t argument, const std::vector<Type>& parameters)>;

struct BoundFunction {
  const Signature* signature = nullptr;
  std::vector<Type> parameters;                        // one an argument; a lambda's is a function type
  std::vector<std::optional<TypedSql>> lambda_bodies;  // one an argument, where it is a lambda
  Type result;
};

// The signatures by name. Immutable; thread-safe.
class FunctionRegistry {
 public:
  // Rows that are not of the notation are a defect of the tables, and left out.
  explicit FunctionRegistry(std::span<const FunctionSignature> rows);
  // Of AllFunctions(), made once.
  [[nodiscard]] static const FunctionRegistry& Default();

  // nullptr: no function of this name. The name in lower case.
  [[nodiscard]] const std::vector<Signature>* Find(std::string_view name) const;
  [[nodiscard]] size_t size() const { return size_; }

 private:
  std::unordered_map<std::string, std::vector<Signature>> signatures_;
  size_t size_ = 0;
};

// The most specific signature that takes the arguments: one without coercions first, then with. Refuses as Trino does:
// "Unexpected parameters (integer) for function upper. Expected: upper(varchar(x))"; where the body of a lambda is
// itself refused, that is the error. Where a NULL of no type leaves several that would give different types, the call
// is ambiguous.
[[nodiscard]] Result<BoundFunction> BindFunction(std::string_view name, const std::vector<Signature>& candidates,
                                                 const std::vector<CallArgument>& arguments,
                                                 const LambdaResolver& resolve_lambda, Position position);

// A type as those refusals spell it: "map(integer,varchar(1))", where Type::Name() has "map(integer, varchar(1))".
[[nodiscard]] std::string SignatureTypeName(const Type& type);

// Whether values of the type can be compared for equality, and sorted.
[[nodiscard]] bool IsComparable(const Type& type);
[[nodiscard]] bool IsOrderable(const Type& type);

}  // namespace opentrail::sql
