#include "services/s3/errors.h"

namespace opentrail::services::s3 {

std::unexpected<AwsError> Refusal(std::string code, int http_status, std::string message, ErrorDetails details) {
  return std::unexpected(AwsError{std::move(code), std::move(message), http_status, std::move(details)});
}

std::unexpected<AwsError> AccessDenied(std::string message) { return Refusal("AccessDenied", 403, std::move(message)); }

std::unexpected<AwsError> NoSuchBucket(std::string_view bucket) {
  return Refusal("NoSuchBucket", 404, "The specified bucket does not exist", {{"BucketName", std::string(bucket)}});
}

std::unexpected<AwsError> NoSuchKey(std::string_view key) {
  return Refusal("NoSuchKey", 404, "The specified key does not exist.", {{"Key", std::string(key)}});
}

std::unexpected<AwsError> NoSuchVersion(std::string_view key, std::string_view version_id) {
  return Refusal("NoSuchVersion", 404, "The specified version does not exist.",
                 {{"Key", std::string(key)}, {"VersionId", std::string(version_id)}});
}

std::unexpected<AwsError> NoSuchUpload(std::string_view upload_id) {
  return Refusal(
      "NoSuchUpload", 404,
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
      "or completed.",
      {{"UploadId", std::string(upload_id)}});
}

std::unexpected<AwsError> InvalidArgument(std::string message, std::string_view name, std::string_view value) {
  return Refusal("InvalidArgument", 400, std::move(message),
                 {{"ArgumentName", std::string(name)}, {"ArgumentValue", std::string(value)}});
}

std::unexpected<AwsError> InvalidRequest(std::string message) {
  return Refusal("InvalidRequest", 400, std::move(message));
}

std::unexpected<AwsError> MalformedXml() {
  return Refusal("MalformedXML", 400,
                 "The XML you provided was not well-formed or did not validate against our published schema");
}

std::unexpected<AwsError> NotImplementedHeader(std::string_view header) {
  return Refusal("NotImplemented", 501, "A header you provided implies functionality that is not implemented",
                 {{"Header", std::string(header)}});
}

std::unexpected<AwsError> PreconditionFailed(std::string_view condition) {
  return Refusal("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold",
                 {{"Condition", std::string(condition)}});
}

std::unexpected<AwsError> InternalError() {
  return Refusal("InternalError", 500, "We encountered an internal error. Please try again.");
}

}  // namespace opentrail::services::s3
