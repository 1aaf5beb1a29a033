#include <algorithm>
#include <array>

#include "protocol/codec.h"

namespace opentrail::protocol {
namespace {

struct StatusRow {
  std::string_view code;
  int status;
};

// Codes that a whole protocol shares; the models do not have them. All others answer 400, but for what a server alone
// can be at fault for. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
constexpr std::array<StatusRow, 9> kEc2 = {{{"AuthFailure", 401},
                                            {"Blocked", 403},
                                            {"DryRunOperation", 412},
                                            {"InsufficientInstanceCapacity", 500},
                                            {"OptInRequired", 401},
                                            {"PendingVerification", 403},
                                            {"RequestLimitExceeded", 503},
                                            {"SignatureDoesNotMatch", 403},
                                            {"UnauthorizedOperation", 403}}};
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
constexpr std::array<StatusRow, 10> kQuery = {{{"AccessDenied", 403},
                                               {"ExpiredToken", 403},
                                               {"InvalidAccessKeyId", 403},
                                               {"InvalidClientTokenId", 403},
                                               {"MalformedQueryString", 404},
                                               {"MissingAuthenticationToken", 403},
                                               {"NotAuthorized", 403},
                                               {"OptInRequired", 403},
                                               {"RequestEntityTooLarge", 413},
                                               {"SignatureDoesNotMatch", 403}}};
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
constexpr std::array<StatusRow, 60> kS3 = {{{"AccessControlListNotSupported", 400},
                                            {"AccessDenied", 403},
                                            {"AccountProblem", 403},
                                            {"AllAccessDisabled", 403},
                                            {"BucketAlreadyExists", 409},
                                            {"BucketAlreadyOwnedByYou", 409},
                                            {"BucketNotEmpty", 409},
                                            {"ConditionalRequestConflict", 409},
                                            {"CrossLocationLoggingProhibited", 403},
                                            {"EntityTooLarge", 400},
                                            {"InvalidAccessKeyId", 403},
                                            {"InvalidBucketState", 409},
                                            {"InvalidObjectState", 403},
                                            {"InvalidPayer", 403},
                                            {"InvalidRange", 416},
                                            {"InvalidSecurity", 403},
                                            {"MethodNotAllowed", 405},
                                            {"MissingContentLength", 411},
                                            {"MissingSecurityHeader", 400},
                                            {"NoSuchAccessGrantsLocationError", 404},
                                            {"NoSuchAccessPoint", 404},
                                            {"NoSuchAsyncRequest", 404},
                                            {"NoSuchBucket", 404},
                                            {"NoSuchBucketPolicy", 404},
                                            {"NoSuchCORSConfiguration", 404},
                                            {"NoSuchConfiguration", 404},
                                            {"NoSuchKey", 404},
                                            {"NoSuchLifecycleConfiguration", 404},
                                            {"NoSuchObjectLockConfiguration", 404},
                                            {"NoSuchPublicAccessBlockConfiguration", 404},
                                            {"NoSuchTagSet", 404},
                                            {"NoSuchUpload", 404},
                                            {"NoSuchVersion", 404},
                                            {"NoSuchWebsiteConfiguration", 404},
                                            {"NotFound", 404},
                                            {"NotImplemented", 501},
                                            {"NotModified", 304},
                                            {"NotSignedUp", 403},
                                            {"ObjectAlreadyInActiveTierError", 403},
                                            {"ObjectLockConfigurationNotFoundError", 404},
                                            {"ObjectNotInActiveTierError", 403},
                                            {"OperationAborted", 409},
                                            {"OwnershipControlsNotFoundError", 404},
                                            {"PermanentRedirect", 301},
                                            {"PreconditionFailed", 412},
                                            {"Redirect", 307},
                                            {"ReplicationConfigurationNotFoundError", 404},
                                            {"RequestExpired", 403},
                                            {"RequestTimeTooSkewed", 403},
                                            {"RestoreAlreadyInProgress", 409},
                                            {"ServerSideEncryptionConfigurationNotFoundError", 404},
                                            {"ServiceUnavailable", 503},
                                            {"SignatureDoesNotMatch", 403},
                                            {"SlowDown", 503},
                                            {"TemporaryRedirect", 307},
                                            {"TooManyBuckets", 400},
                                            {"UnauthorizedAccess", 403},
                                            {"UnauthorizedAccessError", 403},
                                            {"UnexpectedContent", 400},
                                            {"UnresolvableGrantByEmailAddress", 400}}};
constexpr std::array<StatusRow, 1> kJson = {{{"RequestEntityTooLargeException", 413}}};
// Of every service.
constexpr std::array<StatusRow, 8> kServerFaults = {{{"InternalError", 500},
                                                     {"InternalFailure", 500},
                                                     {"InternalServerError", 500},
                                                     {"InternalServerException", 500},
                                                     {"ServiceFailure", 500},
                                                     {"ServiceUnavailable", 503},
                                                     {"ServiceUnavailableException", 503},
                                                     {"Unavailable", 503}}};

std::span<const StatusRow> StatusTable(Protocol protocol) {
  switch (protocol) {
    case Protocol::kEc2: return kEc2;
    case Protocol::kQuery: return kQuery;
    case Protocol::kRestXml: return kS3;
    case Protocol::kJson:
    case Protocol::kRestJson: break;
  }
  return kJson;
}

int FindStatus(std::span<const StatusRow> rows, std::string_view code) {
  const auto found = std::ranges::find(rows, code, &StatusRow::code);
  return found != rows.end() ? found->status : 0;
}

}  // namespace

int ErrorStatus(const Service& service, const AwsError& error) {
  constexpr int kBadRequest = 400;
  if (error.http_status != 0) return error.http_status;
  if (const int status = FindStatus(StatusTable(service.protocol), error.code)) return status;
  if (const ErrorShape* shape = service.FindError(error.code)) return shape->http_status;
  if (const int status = FindStatus(kServerFaults, error.code)) return status;
  return kBadRequest;
}

}  // namespace opentrail::protocol
