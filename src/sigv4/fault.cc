#include <fmt/format.h>

#include "codec/timestamp.h"
#include "sigv4/scheme.h"

// How each family of services words what is wrong with a signature.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html ,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
namespace opentrail::sigv4 {
namespace {

constexpr std::string_view kMismatchWords =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";
constexpr std::string_view kInvalidTokenWords = "The security token included in the request is invalid.";
constexpr std::string_view kExpiredTokenWords = "The security token included in the request is expired";

// "47 45 54": how S3 shows the bytes of a text.
std::string SpacedHex(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 3);
  for (const char c : text) {
    if (!out.empty()) out += ' ';
    fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<uint8_t>(c));
  }
  return out;
}

// What the services but S3 and EC2 say; both of their families have the same words.
std::string Words(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kMissing: return "Request is missing Authentication Token";
    case FaultKind::kMalformed:
    case FaultKind::kBadScope: return fault.detail;
    case FaultKind::kUnknownKey:
    case FaultKind::kInvalidToken: return std::string(kInvalidTokenWords);
    case FaultKind::kSignatureMismatch:
    case FaultKind::kPayloadMismatch: return std::string(kMismatchWords);
    case FaultKind::kWrongRegion: return "Credential should be scoped to a valid region.";
    case FaultKind::kWrongService:
      return fmt::format("Credential should be scoped to correct service: '{}'.", fault.detail);
    case FaultKind::kWrongDate: {
      const std::string basic = codec::FormatBasic(fault.request_time);
      return fmt::format(
          "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', "
          "from '{}'.",
          fault.detail, basic.substr(0, 8), basic);
    }
    case FaultKind::kTimeSkewed:
    case FaultKind::kExpiredPresign: return fault.detail;
    case FaultKind::kExpiredToken: return std::string(kExpiredTokenWords);
  }
  return {};
}

struct Naming {
  const char* code;
  int http_status;
};

Naming QueryNaming(FaultKind kind) {
  switch (kind) {
    case FaultKind::kMissing: return {"MissingAuthenticationToken", 403};
    case FaultKind::kMalformed: return {"IncompleteSignature", 400};
    case FaultKind::kUnknownKey:
    case FaultKind::kInvalidToken: return {"InvalidClientTokenId", 403};
    case FaultKind::kBadScope:
    case FaultKind::kSignatureMismatch:
    case FaultKind::kPayloadMismatch:
    case FaultKind::kWrongRegion:
    case FaultKind::kWrongService:
    case FaultKind::kWrongDate:
    case FaultKind::kTimeSkewed:
    case FaultKind::kExpiredPresign: return {"SignatureDoesNotMatch", 403};
    case FaultKind::kExpiredToken: return {"ExpiredToken", 403};
  }
  return {"SignatureDoesNotMatch", 403};
}

const char* JsonCode(FaultKind kind) {
  switch (kind) {
    case FaultKind::kMissing: return "MissingAuthenticationTokenException";
    case FaultKind::kMalformed: return "IncompleteSignatureException";
    case FaultKind::kUnknownKey:
    case FaultKind::kInvalidToken: return "UnrecognizedClientException";
    case FaultKind::kBadScope:
    case FaultKind::kSignatureMismatch:
    case FaultKind::kPayloadMismatch:
    case FaultKind::kWrongRegion:
    case FaultKind::kWrongService:
    case FaultKind::kWrongDate:
    case FaultKind::kTimeSkewed:
    case FaultKind::kExpiredPresign: return "InvalidSignatureException";
    case FaultKind::kExpiredToken: return "ExpiredTokenException";
  }
  return "InvalidSignatureException";
}

AwsError Ec2Error(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kMissing: return {"MissingParameter", "The request must contain the parameter AWSAccessKeyId", 400};
    case FaultKind::kMalformed: return {"IncompleteSignature", fault.detail, 400};
    case FaultKind::kTimeSkewed:
    case FaultKind::kExpiredPresign:
    case FaultKind::kExpiredToken: return {"RequestExpired", "Request has expired.", 400};
    case FaultKind::kUnknownKey:
    case FaultKind::kInvalidToken:
    case FaultKind::kBadScope:
    case FaultKind::kSignatureMismatch:
    case FaultKind::kPayloadMismatch:
    case FaultKind::kWrongRegion:
    case FaultKind::kWrongService:
    case FaultKind::kWrongDate: break;
  }
  return {"AuthFailure", "AWS was not able to validate the provided access credentials", 401};
}

AwsError S3Mismatch(const Fault& fault) {
  AwsError error{"SignatureDoesNotMatch",
                 "The request signature we calculated does not match the signature you provided. Check your key and "
                 "signing method.",
                 403};
  error.details = {{"AWSAccessKeyId", fault.access_key_id},
                   {"StringToSign", fault.string_to_sign},
                   {"SignatureProvided", fault.signature},
                   {"StringToSignBytes", SpacedHex(fault.string_to_sign)}};
  if (fault.scheme == Scheme::kV2Query) return error;
  error.details.emplace_back("CanonicalRequest", fault.canonical_request);
  error.details.emplace_back("CanonicalRequestBytes", SpacedHex(fault.canonical_request));
  return error;
}

// A scope that is not this endpoint's, in the header or in the query.
AwsError S3WrongScope(const Fault& fault) {
  if (fault.scheme == Scheme::kQuery) {
    return {"AuthorizationQueryParametersError", "Error parsing the X-Amz-Credential parameter; " + fault.s3_message,
            400, fault.s3_details};
  }
  return {"AuthorizationHeaderMalformed", "The authorization header is malformed; " + fault.s3_message, 400,
          fault.s3_details};
}

AwsError S3Error(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kMissing: return {"AccessDenied", "Access Denied", 403};
    case FaultKind::kMalformed:
    case FaultKind::kBadScope:
      return {fault.s3_code, fault.s3_message, fault.s3_code == "AccessDenied" ? 403 : 400, fault.s3_details};
    case FaultKind::kUnknownKey:
      return {"InvalidAccessKeyId",
              "The AWS Access Key Id you provided does not exist in our records.",
              403,
              {{"AWSAccessKeyId", fault.access_key_id}}};
    case FaultKind::kSignatureMismatch: return S3Mismatch(fault);
    case FaultKind::kWrongRegion:
    case FaultKind::kWrongService:
    case FaultKind::kWrongDate: return S3WrongScope(fault);
    case FaultKind::kTimeSkewed:
      if (!fault.s3_code.empty()) return {fault.s3_code, fault.s3_message, 403, fault.s3_details};
      return {"RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", 403,
              fault.s3_details};
    case FaultKind::kExpiredPresign: return {"AccessDenied", "Request has expired", 403, fault.s3_details};
    case FaultKind::kExpiredToken: return {"ExpiredToken", "The provided token has expired.", 400};
    case FaultKind::kInvalidToken:
      return {"InvalidToken", "The provided token is malformed or otherwise invalid.", 400};
    case FaultKind::kPayloadMismatch:
      return {"XAmzContentSHA256Mismatch",
              "The provided 'x-amz-content-sha256' header does not match what was computed.", 400, fault.s3_details};
  }
  return {"AccessDenied", "Access Denied", 403};
}

}  // namespace

AwsError ToAwsError(const Fault& fault, ErrorFamily family) {
  switch (family) {
    case ErrorFamily::kS3: return S3Error(fault);
    case ErrorFamily::kEc2: return Ec2Error(fault);
    case ErrorFamily::kQuery: {
      const Naming naming = QueryNaming(fault.kind);
      return {naming.code, Words(fault), naming.http_status};
    }
    case ErrorFamily::kJson: {
      if (fault.kind == FaultKind::kMissing) return {JsonCode(fault.kind), "Missing Authentication Token", 400};
      return {JsonCode(fault.kind), Words(fault), 400};
    }
  }
  return {};
}

}  // namespace opentrail::sigv4
