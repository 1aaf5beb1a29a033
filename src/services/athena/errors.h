#pragma once

#include <string>

#include "base/aws_error.h"

// Athena's errors of a request, each with the code that clients look at beside the exception's name.
// https://docs.aws.amazon.com/athena/latest/APIReference/API_InvalidRequestException.html
namespace opentrail::services::athena {

// AthenaErrorCode of an InvalidRequestException.
inline constexpr const char* kInvalidInput = "INVALID_INPUT";
inline constexpr const char* kMalformedQuery = "MALFORMED_QUERY";
inline constexpr const char* kIdempotentMismatch = "IDEMPOTENT_PARAMETER_MISMATCH";
inline constexpr const char* kInvalidState = "INVALID_QUERY_EXECUTION_STATE";
inline constexpr const char* kResultNotFound = "RESULT_NOT_FOUND";
inline constexpr const char* kExecutionNotFound = "QUERY_EXECUTION_NOT_FOUND";
inline constexpr const char* kInvalidParameters = "INVALID_PARAMETER_USAGE";

template <typename... Args>
[[nodiscard]] std::unexpected<AwsError> InvalidRequest(const char* athena_code, fmt::format_string<Args...> format,
                                                       Args&&... args) {
  auto failure = AwsFailure("InvalidRequestException", format, std::forward<Args>(args)...);
  failure.error().details = {{"AthenaErrorCode", athena_code}};
  return failure;
}

// StartQueryExecution while as many wait or run as may.
[[nodiscard]] inline std::unexpected<AwsError> TooManyQueries() {
  auto failure = AwsFailure("TooManyRequestsException",
                            "You have exceeded the limit for the number of queries you can "
                            "run concurrently. Please reduce the number of concurrent queries submitted by this "
                            "account.");
  failure.error().details = {{"Reason", "CONCURRENT_QUERY_LIMIT_EXCEEDED"}};
  return failure;
}

// An error of the catalog in the words of the client that Athena calls it with.
[[nodiscard]] inline std::string CatalogClientText(std::string_view message, std::string_view code,
                                                   std::string_view request_id) {
  return fmt::format("{} (Service: AmazonDataCatalog; Status Code: 400; Error Code: {}; Request ID: {}; Proxy: null)",
                     message, code, request_id);
}

// What the catalog behind Athena answered: its own exception, in the words of the client that Athena calls it with.
[[nodiscard]] inline std::unexpected<AwsError> MetadataFailure(const AwsError& error, const std::string& request_id) {
  return AwsFailure("MetadataException", "{}", CatalogClientText(error.message, error.code, request_id));
}

}  // namespace opentrail::services::athena
