#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/aws_error.h"

// Errors that several operations of S3 answer, in S3's words.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
namespace opentrail::services::s3 {

using ErrorDetails = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] std::unexpected<AwsError> Refusal(std::string code, int http_status, std::string message,
                                                ErrorDetails details = {});
[[nodiscard]] std::unexpected<AwsError> AccessDenied(std::string message = "Access Denied");
[[nodiscard]] std::unexpected<AwsError> NoSuchBucket(std::string_view bucket);
[[nodiscard]] std::unexpected<AwsError> NoSuchKey(std::string_view key);
[[nodiscard]] std::unexpected<AwsError> NoSuchVersion(std::string_view key, std::string_view version_id);
[[nodiscard]] std::unexpected<AwsError> NoSuchUpload(std::string_view upload_id);
[[nodiscard]] std::unexpected<AwsError> InvalidArgument(std::string message, std::string_view name,
                                                        std::string_view value);
[[nodiscard]] std::unexpected<AwsError> InvalidRequest(std::string message);
[[nodiscard]] std::unexpected<AwsError> MalformedXml();
// A header that asks for what is not here.
[[nodiscard]] std::unexpected<AwsError> NotImplementedHeader(std::string_view header);
[[nodiscard]] std::unexpected<AwsError> PreconditionFailed(std::string_view condition);
// The store failed: nothing that a caller could mend. The words go no further than this.
[[nodiscard]] std::unexpected<AwsError> InternalError();

}  // namespace opentrail::services::s3
