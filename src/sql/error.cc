#include "sql/error.h"

#include <fmt/format.h>

namespace opentrail::sql {

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kSyntaxError: return "SYNTAX_ERROR";
    case ErrorCode::kColumnNotFound: return "COLUMN_NOT_FOUND";
    case ErrorCode::kTableNotFound: return "TABLE_NOT_FOUND";
    case ErrorCode::kSchemaNotFound: return "SCHEMA_NOT_FOUND";
    case ErrorCode::kCatalogNotFound: return "CATALOG_NOT_FOUND";
    case ErrorCode::kFunctionNotFound: return "FUNCTION_NOT_FOUND";
    case ErrorCode::kTypeMismatch: return "TYPE_MISMATCH";
    case ErrorCode::kTypeNotFound: return "TYPE_NOT_FOUND";
    case ErrorCode::kAmbiguousName: return "AMBIGUOUS_NAME";
    case ErrorCode::kAmbiguousFunctionCall: return "AMBIGUOUS_FUNCTION_CALL";
    case ErrorCode::kDuplicateColumnName: return "DUPLICATE_COLUMN_NAME";
    case ErrorCode::kDuplicateNamedQuery: return "DUPLICATE_NAMED_QUERY";
    case ErrorCode::kDuplicateWindowName: return "DUPLICATE_WINDOW_NAME";
    case ErrorCode::kMissingColumnAliases: return "MISSING_COLUMN_ALIASES";
    case ErrorCode::kMismatchedColumnAliases: return "MISMATCHED_COLUMN_ALIASES";
    case ErrorCode::kExpressionNotAggregate: return "EXPRESSION_NOT_AGGREGATE";
    case ErrorCode::kExpressionNotInDistinct: return "EXPRESSION_NOT_IN_DISTINCT";
    case ErrorCode::kExpressionNotScalar: return "EXPRESSION_NOT_SCALAR";
    case ErrorCode::kExpressionNotConstant: return "EXPRESSION_NOT_CONSTANT";
    case ErrorCode::kNestedAggregation: return "NESTED_AGGREGATION";
    case ErrorCode::kNestedWindow: return "NESTED_WINDOW";
    case ErrorCode::kFunctionNotAggregate: return "FUNCTION_NOT_AGGREGATE";
    case ErrorCode::kFunctionNotWindow: return "FUNCTION_NOT_WINDOW";
    case ErrorCode::kMissingOver: return "MISSING_OVER";
    case ErrorCode::kNullTreatmentNotAllowed: return "NULL_TREATMENT_NOT_ALLOWED";
    case ErrorCode::kMissingGroupBy: return "MISSING_GROUP_BY";
    case ErrorCode::kMissingOrderBy: return "MISSING_ORDER_BY";
    case ErrorCode::kInvalidColumnReference: return "INVALID_COLUMN_REFERENCE";
    case ErrorCode::kInvalidOrderBy: return "INVALID_ORDER_BY";
    case ErrorCode::kInvalidPartitionBy: return "INVALID_PARTITION_BY";
    case ErrorCode::kInvalidLiteral: return "INVALID_LITERAL";
    case ErrorCode::kInvalidFunctionArgument: return "INVALID_FUNCTION_ARGUMENT";
    case ErrorCode::kInvalidArguments: return "INVALID_ARGUMENTS";
    case ErrorCode::kInvalidCastArgument: return "INVALID_CAST_ARGUMENT";
    case ErrorCode::kInvalidWindowFrame: return "INVALID_WINDOW_FRAME";
    case ErrorCode::kInvalidWindowReference: return "INVALID_WINDOW_REFERENCE";
    case ErrorCode::kInvalidParameterUsage: return "INVALID_PARAMETER_USAGE";
    case ErrorCode::kInvalidLimitClause: return "INVALID_LIMIT_CLAUSE";
    case ErrorCode::kInvalidRecursiveReference: return "INVALID_RECURSIVE_REFERENCE";
    case ErrorCode::kNestedRecursive: return "NESTED_RECURSIVE";
    case ErrorCode::kInvalidPath: return "INVALID_PATH";
    case ErrorCode::kMissingArgument: return "MISSING_ARGUMENT";
    case ErrorCode::kNumericValueOutOfRange: return "NUMERIC_VALUE_OUT_OF_RANGE";
    case ErrorCode::kOperatorNotFound: return "OPERATOR_NOT_FOUND";
    case ErrorCode::kDivisionByZero: return "DIVISION_BY_ZERO";
    case ErrorCode::kTooManyArguments: return "TOO_MANY_ARGUMENTS";
    case ErrorCode::kTooManyGroupingSets: return "TOO_MANY_GROUPING_SETS";
    case ErrorCode::kSubqueryMultipleRows: return "SUBQUERY_MULTIPLE_ROWS";
    case ErrorCode::kUnsupportedSubquery: return "UNSUPPORTED_SUBQUERY";
    case ErrorCode::kViewIsRecursive: return "VIEW_IS_RECURSIVE";
    case ErrorCode::kInvalidView: return "INVALID_VIEW";
    case ErrorCode::kNotSupported: return "NOT_SUPPORTED";
    case ErrorCode::kQueryTextTooLarge: return "QUERY_TEXT_TOO_LARGE";
    case ErrorCode::kExceededDepthLimit: return "EXCEEDED_DEPTH_LIMIT";
  }
  return "GENERIC_INTERNAL_ERROR";
}

std::string Error::Text() const {
  const std::string where = position ? fmt::format("line {}:{}: ", position->line, position->column) : std::string();
  if (code == ErrorCode::kSyntaxError) return where + message;
  return fmt::format("{}: {}{}", ErrorCodeName(code), where, message);
}

}  // namespace opentrail::sql
