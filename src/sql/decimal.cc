#include "sql/decimal.h"

#include <algorithm>

namespace opentrail::sql {

namespace {

DecimalShape Capped(uint32_t precision, uint32_t scale) { return {std::min(precision, kMaxDecimalPrecision), scale}; }

uint32_t WholeDigits(DecimalShape shape) { return shape.precision - shape.scale; }

}  // namespace

std::optional<DecimalShape> DecimalResult(BinaryOperator operation, DecimalShape left, DecimalShape right) {
  const uint32_t scale = std::max(left.scale, right.scale);
  switch (operation) {
    case BinaryOperator::kAdd:
    case BinaryOperator::kSubtract: return Capped(1 + scale + std::max(WholeDigits(left), WholeDigits(right)), scale);
    case BinaryOperator::kMultiply:
      if (left.scale + right.scale > kMaxDecimalPrecision) return std::nullopt;
      return Capped(left.precision + right.precision, left.scale + right.scale);
    case BinaryOperator::kDivide:
      return Capped(left.precision + right.scale + (right.scale > left.scale ? right.scale - left.scale : 0), scale);
    case BinaryOperator::kModulus:
      return Capped(std::max(1U, scale + std::min(WholeDigits(left), WholeDigits(right))), scale);
    case BinaryOperator::kConcat:
    case BinaryOperator::kEqual:
    case BinaryOperator::kNotEqual:
    case BinaryOperator::kLess:
    case BinaryOperator::kLessOrEqual:
    case BinaryOperator::kGreater:
    case BinaryOperator::kGreaterOrEqual:
    case BinaryOperator::kIsDistinctFrom:
    case BinaryOperator::kIsNotDistinctFrom:
    case BinaryOperator::kAnd:
    case BinaryOperator::kOr: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace opentrail::sql
