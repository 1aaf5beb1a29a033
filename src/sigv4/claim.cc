#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "codec/text.h"
#include "codec/timestamp.h"
#include "sigv4/scheme.h"

// What a request says of its signature: the Authorization header, or parameters of the query.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
namespace opentrail::sigv4 {
namespace {

using Read = std::expected<void, Fault>;

constexpr int64_t kMaxExpiresSeconds = 604'800;
// Of Version 2, in seconds since 1970: from the year 1, the first that can be written as a date, to what 32 bits hold.
constexpr int64_t kMinExpiresEpoch = -62'135'596'800;
constexpr int64_t kMaxExpiresEpoch = 2'147'483'647;
constexpr size_t kMaxSignedHeaders = 256;
constexpr std::string_view kCredentialForm =
    R"(the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".)";
constexpr std::string_view kMissingQueryParameters =
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
    "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
constexpr std::string_view kPayloadWords =
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 "
    "value.";

// A claim that cannot be read: the words of S3 and of all others.
Fault Malformed(const Claim& claim, std::string detail, std::string s3_message, std::string s3_code = {}) {
  Fault fault = FaultOf(claim, FaultKind::kMalformed, std::move(detail));
  fault.s3_code = std::move(s3_code);
  fault.s3_message = std::move(s3_message);
  if (!fault.s3_code.empty()) return fault;
  const bool in_query = claim.scheme == Scheme::kQuery;
  fault.s3_code = in_query ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed";
  if (!in_query) fault.s3_message = "The authorization header is malformed; " + fault.s3_message;
  return fault;
}

Fault BadScope(const Claim& claim, std::string detail, std::string s3_message, std::string s3_code = {}) {
  Fault fault = Malformed(claim, std::move(detail), std::move(s3_message), std::move(s3_code));
  fault.kind = FaultKind::kBadScope;
  return fault;
}

Fault InvalidArgument(const Claim& claim, std::string message, std::string name, std::string_view value) {
  Fault fault = Malformed(claim, message, message, "InvalidArgument");
  fault.s3_details = {{"ArgumentName", std::move(name)}, {"ArgumentValue", std::string(value)}};
  return fault;
}

Fault ManyMechanisms(const Claim& claim, std::optional<std::string_view> authorization) {
  Fault fault = InvalidArgument(claim,
                                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature "
                                "query string parameter or the Authorization header should be specified",
                                "Authorization", "");
  fault.s3_details.pop_back();
  // The header's type alone: what follows is a secret.
  if (authorization) fault.s3_details.emplace_back("ArgumentValue", authorization->substr(0, authorization->find(' ')));
  return fault;
}

// One parameter of the query, by its name as sent; the first of that name.
std::optional<std::string_view> FindRaw(std::string_view query, std::string_view name) {
  for (size_t at = 0; at <= query.size();) {
    const std::string_view pair = query.substr(at, query.find('&', at) - at);
    at += pair.size() + 1;
    if (!pair.starts_with(name)) continue;
    const std::string_view rest = pair.substr(name.size());
    if (rest.empty()) return rest;
    if (rest.front() == '=') return rest.substr(1);
  }
  return std::nullopt;
}

std::optional<std::string> FindParameter(std::string_view query, std::string_view name) {
  const auto raw = FindRaw(query, name);
  if (!raw) return std::nullopt;
  return codec::UriDecode(*raw, codec::Plus::kSpace);
}

Read ReadCredential(Claim& claim, std::string_view credential) {
  const auto parts = Split(credential, '/');
  if (parts.size() != 5 || parts[0].empty()) {
    const std::string s3 = claim.scheme == Scheme::kQuery
                               ? fmt::format("Error parsing the X-Amz-Credential parameter; {}", kCredentialForm)
                               : std::string(kCredentialForm);
    return std::unexpected(Malformed(claim,
                                     fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                                                 "keyid/date/region/service/term, got '{}'",
                                                 credential),
                                     s3));
  }
  claim.access_key_id = parts[0];
  claim.date = parts[1];
  claim.region = parts[2];
  claim.service = parts[3];
  if (parts[4] == kTerminator) return {};
  return std::unexpected(BadScope(
      claim, fmt::format("Credential should be scoped with a valid terminator: '{}', not '{}'.", kTerminator, parts[4]),
      fmt::format(R"(incorrect terminal "{}". This endpoint uses "{}".)", parts[4], kTerminator)));
}

Read ReadSignedHeaders(Claim& claim, std::string_view list) {
  for (const std::string_view name : Split(list, ';')) {
    if (!name.empty() && claim.signed_headers.size() < kMaxSignedHeaders) {
      claim.signed_headers.push_back(LowerCase(name));
    }
  }
  std::ranges::sort(claim.signed_headers);
  const auto twice = std::ranges::unique(claim.signed_headers);
  claim.signed_headers.erase(twice.begin(), twice.end());
  if (std::ranges::binary_search(claim.signed_headers, "host")) return {};
  Fault fault = BadScope(claim, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
                         "There were headers present in the request which were not signed", "AccessDenied");
  fault.s3_details = {{"HeadersNotSigned", "host"}};
  return std::unexpected(std::move(fault));
}

// Credential=..., SignedHeaders=..., Signature=... in any order, with or without spaces.
Read ReadAuthorization(Claim& claim, std::string_view header) {
  std::string_view credential;
  std::string_view signed_headers;
  for (std::string_view part : Split(header.substr(kAlgorithm.size()), ',')) {
    part = Trim(part);
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return std::unexpected(
          Malformed(claim,
                    fmt::format("'{}' not a valid key=value pair (missing equal-sign) in Authorization header: '{}'.",
                                part, header),
                    fmt::format(R"(the authorization component "{}" is malformed.)", part)));
    }
    const std::string_view value = part.substr(equals + 1);
    if (part.starts_with("Credential=")) credential = value;
    if (part.starts_with("SignedHeaders=")) signed_headers = value;
    if (part.starts_with("Signature=")) claim.signature = value;
  }
  std::string missing;
  for (const auto& [name, value] : {std::pair<std::string_view, std::string_view>{"Credential", credential},
                                    {"Signature", claim.signature},
                                    {"SignedHeaders", signed_headers}}) {
    if (value.empty()) missing += fmt::format("Authorization header requires '{}' parameter. ", name);
  }
  if (!missing.empty()) {
    return std::unexpected(
        Malformed(claim, fmt::format("{}Authorization={}", missing, header),
                  "the authorization header requires three components: Credential, SignedHeaders, and Signature."));
  }
  if (Read read = ReadCredential(claim, credential); !read) return read;
  return ReadSignedHeaders(claim, signed_headers);
}

Read ReadDate(Claim& claim, const http::RequestHead& head) {
  const auto amz_date = head.fields.Find("x-amz-date");
  const auto date = amz_date ? amz_date : head.fields.Find("date");
  if (!date) {
    return std::unexpected(
        Malformed(claim, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
                  "AWS authentication requires a valid Date or x-amz-date header", "AccessDenied"));
  }
  auto time = codec::ParseBasic(*date);
  if (!time) time = codec::ParseHttpDate(*date);
  if (!time) time = codec::ParseIso8601(*date);
  if (!time) {
    return std::unexpected(Malformed(
        claim,
        fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601",
                    *date),
        "AWS authentication requires a valid Date or x-amz-date header", "AccessDenied"));
  }
  claim.time = *time;
  claim.amz_date = codec::FormatBasic(*time);
  return {};
}

bool IsSha256(std::string_view text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  return text.size() == kEmptySha256.size() && std::ranges::all_of(text, is_hex);
}

Read ReadPayload(Claim& claim, std::optional<std::string_view> sent) {
  if (!sent) return {};
  claim.payload_hash = *sent;
  const auto* name = std::ranges::find(kPayloadNames, *sent, &PayloadName::text);
  if (name != std::end(kPayloadNames)) {
    claim.payload = name->payload;
  } else if (!IsSha256(*sent) && claim.service == kS3) {
    return std::unexpected(InvalidArgument(claim, std::string(kPayloadWords), "x-amz-content-sha256", *sent));
  }
  return {};
}

Read ReadHeaderClaim(Claim& claim, const http::RequestHead& head, std::string_view authorization) {
  claim.scheme = Scheme::kHeader;
  if (Read read = ReadAuthorization(claim, authorization); !read) return read;
  claim.security_token = head.fields.Get("x-amz-security-token");
  claim.trailer = head.fields.Get("x-amz-trailer");
  if (Read read = ReadDate(claim, head); !read) return read;
  return ReadPayload(claim, head.fields.Find("x-amz-content-sha256"));
}

Read ReadExpires(Claim& claim, std::string_view text) {
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  std::string_view wrong;
  if (error == std::errc::result_out_of_range) seconds = text.starts_with('-') ? -1 : kMaxExpiresSeconds + 1;
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) {
    wrong = "X-Amz-Expires should be a number";
  } else if (seconds < 0) {
    wrong = "X-Amz-Expires must be non-negative";
  } else if (seconds > kMaxExpiresSeconds) {
    wrong =
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
        "604800 "
        "seconds";
  } else if (seconds == 0) {
    wrong = "X-Amz-Expires must be at least 1 second";
  }
  if (!wrong.empty()) return std::unexpected(Malformed(claim, std::string(wrong), std::string(wrong)));
  claim.expires_seconds = seconds;
  claim.expires_at = claim.time + std::chrono::seconds(seconds);
  return {};
}

Read ReadQueryClaim(Claim& claim, const http::RequestHead& head) {
  claim.scheme = Scheme::kQuery;
  const auto algorithm = FindParameter(head.query, "X-Amz-Algorithm");
  const auto credential = FindParameter(head.query, "X-Amz-Credential");
  const auto signature = FindParameter(head.query, "X-Amz-Signature");
  const auto date = FindParameter(head.query, "X-Amz-Date");
  const auto signed_headers = FindParameter(head.query, "X-Amz-SignedHeaders");
  const auto expires = FindParameter(head.query, "X-Amz-Expires");
  for (const auto& [name, value] : {std::pair{"X-Amz-Algorithm", &algorithm},
                                    {"X-Amz-Credential", &credential},
                                    {"X-Amz-Signature", &signature},
                                    {"X-Amz-SignedHeaders", &signed_headers},
                                    {"X-Amz-Date", &date}}) {
    if (value->has_value() && !(*value)->empty()) continue;
    return std::unexpected(Malformed(
        claim,
        fmt::format("AWS query-string parameters must include '{}'. Re-examine the query-string parameters.", name),
        std::string(kMissingQueryParameters)));
  }
  if (*algorithm != kAlgorithm) {
    return std::unexpected(Malformed(claim, fmt::format("Unsupported AWS 'algorithm': '{}'.", *algorithm),
                                     R"(X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256")"));
  }
  claim.signature = *signature;
  if (Read read = ReadCredential(claim, *credential); !read) return read;
  if (Read read = ReadSignedHeaders(claim, *signed_headers); !read) return read;
  const auto time = codec::ParseBasic(*date);
  if (!time) {
    return std::unexpected(Malformed(
        claim,
        fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601",
                    *date),
        R"(X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'")"));
  }
  claim.time = *time;
  claim.amz_date = *date;
  claim.security_token = FindParameter(head.query, "X-Amz-Security-Token").value_or(std::string());
  claim.trailer = head.fields.Get("x-amz-trailer");
  // S3 alone insists on a lifetime; elsewhere a signature lasts as long as in a header.
  if (!expires && claim.service == kS3) {
    return std::unexpected(
        Malformed(claim, std::string(kMissingQueryParameters), std::string(kMissingQueryParameters)));
  }
  if (expires) {
    if (Read read = ReadExpires(claim, *expires); !read) return read;
  }
  if (claim.service == kS3) claim.payload = Payload::kUnsigned;
  const auto in_query = FindParameter(head.query, "X-Amz-Content-Sha256");
  return ReadPayload(claim,
                     in_query ? std::optional<std::string_view>(*in_query) : head.fields.Find("x-amz-content-sha256"));
}

Read ReadV2Claim(Claim& claim, const http::RequestHead& head) {
  claim.scheme = Scheme::kV2Query;
  claim.service = kS3;
  claim.payload = Payload::kUnsigned;
  claim.access_key_id = FindParameter(head.query, "AWSAccessKeyId").value_or(std::string());
  claim.signature = FindParameter(head.query, "Signature").value_or(std::string());
  std::ranges::replace(claim.signature, ' ', '+');  // base64 that was not encoded for the query
  const auto expires = FindParameter(head.query, "Expires");
  for (const auto& [name, value] :
       {std::pair<std::string_view, std::string_view>{"AWSAccessKeyId", claim.access_key_id},
        {"Signature", claim.signature},
        {"Expires", expires ? std::string_view(*expires) : std::string_view()}}) {
    if (!value.empty()) continue;
    const std::string words =
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters";
    return std::unexpected(Malformed(claim, words, words, "AccessDenied"));
  }
  int64_t seconds = 0;
  const char* const end = expires->data() + expires->size();
  const auto [stop, error] = std::from_chars(expires->data(), end, seconds);
  if (error != std::errc() || stop != end || seconds < kMinExpiresEpoch || seconds > kMaxExpiresEpoch) {
    const std::string words = fmt::format("Invalid date (should be seconds since epoch): {}", *expires);
    return std::unexpected(Malformed(claim, words, words, "AccessDenied"));
  }
  claim.expires_at = Time(std::chrono::seconds(seconds));
  auto token = FindParameter(head.query, "x-amz-security-token");
  if (!token) token = FindParameter(head.query, "X-Amz-Security-Token");
  claim.security_token = token.value_or(std::string(head.fields.Get("x-amz-security-token")));
  return {};
}

Read ReadOther(Claim& claim, std::string_view authorization) {
  claim.scheme = Scheme::kHeader;
  const std::string shown(authorization.substr(0, authorization.find(' ')));
  if (shown == "AWS" || shown.starts_with("AWS4-")) {
    return std::unexpected(
        Malformed(claim, fmt::format("Unsupported AWS 'algorithm': '{}'.", shown),
                  "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
                  "InvalidRequest"));
  }
  // What follows the type may be a secret of something else: it is not told back.
  Fault fault = InvalidArgument(claim, "Unsupported Authorization Type", "Authorization", shown);
  fault.detail =
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
      "parameter. Authorization header requires 'SignedHeaders' parameter.";
  return std::unexpected(std::move(fault));
}

}  // namespace

std::expected<Claim, Fault> ParseClaim(const http::RequestHead& head) {
  Claim claim;
  const auto authorization = head.fields.Find("authorization");
  const bool v4_query = FindRaw(head.query, "X-Amz-Algorithm") || FindRaw(head.query, "X-Amz-Signature");
  const bool v2_query = FindRaw(head.query, "Signature").has_value();  // an AWSAccessKeyId without it is no signature
  Read read;
  if ((authorization ? 1 : 0) + (v4_query ? 1 : 0) + (v2_query ? 1 : 0) > 1) {
    claim.scheme = Scheme::kHeader;
    read = std::unexpected(ManyMechanisms(claim, authorization));
  } else if (authorization) {
    const bool v4 = authorization->starts_with(kAlgorithm) &&
                    (authorization->size() == kAlgorithm.size() || (*authorization)[kAlgorithm.size()] == ' ');
    read = v4 ? ReadHeaderClaim(claim, head, *authorization) : ReadOther(claim, *authorization);
  } else if (v4_query) {
    read = ReadQueryClaim(claim, head);
  } else if (v2_query) {
    read = ReadV2Claim(claim, head);
  } else {
    read = ReadPayload(claim, head.fields.Find("x-amz-content-sha256"));
    claim.trailer = head.fields.Get("x-amz-trailer");
  }
  if (!read) return std::unexpected(std::move(read.error()));
  return claim;
}

}  // namespace opentrail::sigv4
