#include "services/athena/query_failure.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

// https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
namespace opentrail::services::athena {
namespace {

struct KnownError {
  std::string_view name;
  int category, type;
};
constexpr KnownError kKnown[] = {
    {"AMBIGUOUS_NAME", 2, 1006},
    {"CATALOG_NOT_FOUND", 2, 1006},
    {"COLUMN_NOT_FOUND", 2, 1006},
    {"DIVISION_BY_ZERO", 2, 1001},
    {"EXCEEDED_DEPTH_LIMIT", 2, 1006},
    {"EXCEEDED_MEMORY_LIMIT", 2, 1},
    {"EXPRESSION_NOT_AGGREGATE", 2, 1006},
    {"FUNCTION_NOT_FOUND", 2, 1303},
    {"GENERIC_INTERNAL_ERROR", 1, 100},
    {"HIVE_BAD_DATA", 2, 1001},
    {"HIVE_CANNOT_OPEN_SPLIT", 2, 1001},
    {"HIVE_COLUMN_ORDER_MISMATCH", 2, 1103},
    {"HIVE_CURSOR_ERROR", 2, 1001},
    {"HIVE_METASTORE_ERROR", 2, 1004},
    {"HIVE_PATH_ALREADY_EXISTS", 2, 1103},
    {"HIVE_TOO_MANY_OPEN_PARTITIONS", 2, 1202},
    {"INVALID_CAST_ARGUMENT", 2, 1100},
    {"INVALID_FUNCTION_ARGUMENT", 2, 1106},
    {"INVALID_TABLE_PROPERTY", 2, 1103},
    {"NOT_SUPPORTED", 2, 1200},
    {"NUMERIC_VALUE_OUT_OF_RANGE", 2, 1001},
    {"PERMISSION_DENIED", 2, 1500},
    {"SCHEMA_NOT_FOUND", 2, 1301},
    {"SYNTAX_ERROR", 2, 1006},
    {"TABLE_NOT_FOUND", 2, 1301},
    {"TYPE_MISMATCH", 2, 1002},
};
static_assert(std::ranges::is_sorted(kKnown, {}, &KnownError::name));

constexpr int kUser = 2;
constexpr int kUserError = 1000;
constexpr int kCannotWrite = 401;

}  // namespace

Failure EngineFailure(std::string_view message) {
  const std::string_view name = message.substr(0, message.find(':'));
  const auto known = std::ranges::lower_bound(kKnown, name, {}, &KnownError::name);
  if (known != std::end(kKnown) && known->name == name) return {std::string(message), known->category, known->type};
  return {std::string(message), kUser, kUserError};
}

Failure OutputFailure(std::string_view uri, const AwsError& error) {
  if (error.code == "AccessDenied") {
    return {fmt::format("Access denied when writing output to url: {} . Please ensure you are allowed to access the S3 "
                        "bucket. If you are encrypting query results with KMS key, please ensure you are allowed to "
                        "access your KMS key",
                        uri),
            kUser, kCannotWrite};
  }
  return {fmt::format("Unable to write output to url: {}: {}: {}", uri, error.code, error.message), kUser,
          kCannotWrite};
}

Failure ObjectFailure(std::string_view uri, const AwsError& error) {
  if (error.code == "AccessDenied") {
    return EngineFailure(fmt::format("PERMISSION_DENIED: Permission denied on S3 path: {}", uri));
  }
  return EngineFailure(fmt::format("HIVE_WRITER_CLOSE_ERROR: {}: {}: {}", uri, error.code, error.message));
}

Failure CatalogFailure(const AwsError& error) {
  if (error.code == "AccessDeniedException") return EngineFailure("PERMISSION_DENIED: " + error.message);
  return EngineFailure(fmt::format("HIVE_METASTORE_ERROR: {}: {}", error.code, error.message));
}

}  // namespace opentrail::services::athena
