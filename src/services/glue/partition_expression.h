#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/aws_error.h"
#include "codec/value.h"
#include "sql/ast.h"

namespace opentrail::services::glue {

// Expression of GetPartitions: a predicate on a table's partition keys, in SQL: comparisons, BETWEEN, IN, LIKE, IS
// NULL, AND, OR, NOT. Keys of a number's type compare as numbers, others as text. Thread-compatible.
// https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html
class PartitionExpression {
 public:
  // "" is true of all. InvalidInputException for what is no predicate of this kind.
  static AwsResult<PartitionExpression> Parse(std::string_view text, const Value& partition_keys);

  // Of a partition's values, in the order of the keys.
  [[nodiscard]] bool Matches(const Value& values) const;

 private:
  class Evaluation;
  struct Key {
    std::string name;
    bool is_number = false;
  };
  [[nodiscard]] AwsStatus Check(const sql::Expression& expression) const;
  [[nodiscard]] bool IsOperand(const sql::Expression& expression) const;

  sql::ExpressionPointer root_;  // nullptr: true of all
  std::vector<Key> keys_;
};

}  // namespace opentrail::services::glue
