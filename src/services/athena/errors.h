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

// What the catalog behind Athena answered: its own exception, in the words of the client that Athena calls it with.
[[nodiscard]] inline std::unexpected<AwsError> MetadataFailure(const AwsError& error, const std::string& request_id) {
  return AwsFailure("MetadataException",
                    "{} (Service: AmazonDataCatalog; Status Code: 400; Error Code: {}; Request ID: {}; Proxy: null)",
                    error.message, error.code, request_id);
}

}  // namespace opentrail::services::athena
