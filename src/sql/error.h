#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "sql/position.h"

namespace opentrail::sql {

// Trino's StandardErrorCode, as far as a statement can earn one before it runs. The name that Athena prints is
// ErrorCodeName(code): "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved ...".
enum class ErrorCode : uint8_t {
  kSyntaxError,  // not in the grammar; Athena refuses it synchronously as MALFORMED_QUERY
  kColumnNotFound,
  kTableNotFound,
  kSchemaNotFound,
  kCatalogNotFound,
  kFunctionNotFound,
  kTypeMismatch,
  kTypeNotFound,
  kAmbiguousName,
  kAmbiguousFunctionCall,
  kDuplicateColumnName,
  kDuplicateNamedQuery,
  kDuplicateWindowName,
  kMissingColumnAliases,
  kMismatchedColumnAliases,
  kExpressionNotAggregate,
  kExpressionNotInDistinct,
  kExpressionNotScalar,
  kExpressionNotConstant,
  kNestedAggregation,
  kNestedWindow,
  kFunctionNotAggregate,
  kFunctionNotWindow,
  kMissingOver,
  kNullTreatmentNotAllowed,
  kMissingGroupBy,
  kMissingOrderBy,
  kInvalidColumnReference,
  kInvalidOrderBy,
  kInvalidPartitionBy,
  kInvalidLiteral,
  kInvalidFunctionArgument,
  kInvalidArguments,
  kInvalidCastArgument,
  kInvalidWindowFrame,
  kInvalidWindowReference,
  kInvalidParameterUsage,
  kInvalidLimitClause,
  kInvalidRecursiveReference,
  kNestedRecursive,
  kInvalidPath,
  kMissingArgument,
  kNumericValueOutOfRange,
  kOperatorNotFound,
  kDivisionByZero,
  kTooManyArguments,
  kTooManyGroupingSets,
  kSubqueryMultipleRows,
  kUnsupportedSubquery,
  kViewIsRecursive,
  kNotSupported,
  kQueryTextTooLarge,
  kExceededDepthLimit,  // our own bound on nesting
  kInvalidView,
};

[[nodiscard]] std::string_view ErrorCodeName(ErrorCode code);

// A statement refused. message is without code and position; Text() joins the three as Athena prints them.
struct Error {
  ErrorCode code = ErrorCode::kSyntaxError;
  std::optional<Position> position;
  std::string message;

  // "TYPE_MISMATCH: line 1:44: Cannot apply operator: varchar = integer"; a syntax error has no code in front.
  [[nodiscard]] std::string Text() const;
};

template <typename T>
using Result = std::expected<T, Error>;

}  // namespace opentrail::sql
