#include "engine/error_text.h"

#include <string_view>

#include "duckdb/common/error_data.hpp"

namespace opentrail::engine {
namespace {

using duckdb::ExceptionType;

// "DIVISION_BY_ZERO: …": a code of Trino's in front.
bool HasCode(std::string_view text) {
  const size_t end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
  return end != std::string_view::npos && end >= 3 && text.substr(end).starts_with(": ");
}

constexpr std::string_view kManyRows = "More than one row returned by a subquery";

// The library shows its own SQL below its message, and names columns that our SQL made.
std::string_view FirstSentence(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  return text.substr(0, text.find(" when casting from source column"));
}

Error User(std::string_view code, std::string_view text) {
  return {ErrorCode::kInvalidArgument, fmt::format("{}: {}", code, text)};
}

}  // namespace

Error MapError(const duckdb::ErrorData& error) {
  if (HasCode(error.RawMessage())) return {ErrorCode::kInvalidArgument, error.RawMessage()};
  const std::string_view text = FirstSentence(error.RawMessage());
  if (text.starts_with(kManyRows)) {
    return User("SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned multiple rows");
  }
  switch (error.Type()) {
    case ExceptionType::INTERRUPT: return {ErrorCode::kCancelled, "Query cancelled by user"};
    case ExceptionType::OUT_OF_RANGE: return User("NUMERIC_VALUE_OUT_OF_RANGE", text);
    case ExceptionType::CONVERSION: return User("INVALID_CAST_ARGUMENT", text);
    case ExceptionType::DIVIDE_BY_ZERO: return User("DIVISION_BY_ZERO", "Division by zero");
    case ExceptionType::INVALID_INPUT: return User("INVALID_FUNCTION_ARGUMENT", text);
    case ExceptionType::OBJECT_SIZE: return User("INVALID_FUNCTION_ARGUMENT", text);
    case ExceptionType::OUT_OF_MEMORY:
      return {ErrorCode::kLimitExceeded, fmt::format("EXCEEDED_LOCAL_MEMORY_LIMIT: {}", text)};
    case ExceptionType::IO: return {ErrorCode::kIo, fmt::format("GENERIC_INTERNAL_ERROR: {}", text)};
    default: return {ErrorCode::kInternal, fmt::format("GENERIC_INTERNAL_ERROR: {}", text)};
  }
}

}  // namespace opentrail::engine
