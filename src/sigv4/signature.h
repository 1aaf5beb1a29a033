#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/aws_error.h"
#include "base/clock.h"
#include "http/message.h"

// AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html, and the query form of
// Signature Version 2 for S3. Pure; thread-safe.
namespace opentrail::sigv4 {

enum class Scheme : uint8_t {
  kNone,     // the request carries no signature
  kHeader,   // Authorization: AWS4-HMAC-SHA256 ...
  kQuery,    // X-Amz-Algorithm=AWS4-HMAC-SHA256&... (presigned)
  kV2Query,  // AWSAccessKeyId=...&Signature=...&Expires=... (S3, old clients)
};

// What stands for the body in the canonical request.
enum class Payload : uint8_t {
  kHashed,                    // the hash of the body
  kUnsigned,                  // UNSIGNED-PAYLOAD
  kSignedChunks,              // STREAMING-AWS4-HMAC-SHA256-PAYLOAD
  kSignedChunksWithTrailer,   // STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
  kUnsignedChunksWithTrailer  // STREAMING-UNSIGNED-PAYLOAD-TRAILER
};

// What a request says of its signature; nothing of it is proved yet.
struct Claim {
  Scheme scheme = Scheme::kNone;
  std::string access_key_id;
  std::string date;                         // YYYYMMDD of the credential scope
  std::string region;                       // of the credential scope
  std::string service;                      // of the credential scope: the signing name
  std::vector<std::string> signed_headers;  // lower case, sorted
  std::string signature;
  Time time;                               // X-Amz-Date or Date
  std::string amz_date;                    // as it was sent, YYYYMMDDThhmmssZ
  std::optional<int64_t> expires_seconds;  // presigned (kV2Query: the absolute epoch in `expires_at`)
  std::optional<Time> expires_at;
  std::string security_token;
  Payload payload = Payload::kHashed;
  std::string payload_hash;  // what x-amz-content-sha256 says; "" where there is no such header
  std::string trailer;       // what x-amz-trailer says: the names of the fields that follow the chunks
};

enum class FaultKind : uint8_t {
  kMissing,     // no signature at all
  kMalformed,   // the header or the query cannot be read; `detail` has the words
  kUnknownKey,  // made by the caller, who looks keys up
  kBadScope,    // it can be read, but is not what AWS signs; `detail` has the words
  kSignatureMismatch,
  kWrongRegion,   // `detail`: the region that would be right
  kWrongService,  // `detail`: the signing name that would be right
  kWrongDate,
  kTimeSkewed,
  kExpiredPresign,
  kExpiredToken,     // made by the caller
  kInvalidToken,     // made by the caller: the session token is not the key's
  kPayloadMismatch,  // x-amz-content-sha256 is not the body's
};

struct Fault {
  FaultKind kind;
  std::string detail;
  std::string access_key_id;
  std::string canonical_request;  // kSignatureMismatch
  std::string string_to_sign;
  std::string signature;
  Time request_time;
  Time server_time;
  Scheme scheme = Scheme::kNone;
  // Where S3 has a code, words or elements of its own beside those of the kind.
  std::string s3_code = {};
  std::string s3_message = {};
  std::vector<std::pair<std::string, std::string>> s3_details = {};
};

// Reads what the request claims. kNone for a request without any signature.
[[nodiscard]] std::expected<Claim, Fault> ParseClaim(const http::RequestHead& head);

struct VerifyInput {
  const http::RequestHead& head;
  const Claim& claim;
  std::string_view secret_access_key;
  // Lower-case hex SHA-256 of the body; not looked at where the claim has another payload form. nullopt: the body has
  // not been read, what the header says is taken and the caller compares it later (S3 uploads).
  std::optional<std::string_view> body_sha256;
  std::string_view service;                // the signing name that the endpoint expects
  std::optional<std::string_view> region;  // the region it expects; nullopt: whatever the scope says
  Time now;
  std::string_view bucket = {};  // where the host names it: Signature Version 2 signs it as part of the path
};
// Scope, clock (S3 15 minutes, others 5), expiry, signature (constant time). The signing key of a day is cached.
[[nodiscard]] std::expected<void, Fault> Verify(const VerifyInput& input);

// How each family of services words a fault.
enum class ErrorFamily : uint8_t { kS3, kQuery, kEc2, kJson };
[[nodiscard]] AwsError ToAwsError(const Fault& fault, ErrorFamily family);

// The parts, for the chunked bodies and for clients.
[[nodiscard]] std::string SigningKey(std::string_view secret, std::string_view date, std::string_view region,
                                     std::string_view service);
enum class PathStyle : uint8_t { kEncodeTwice, kAsSent /* S3 */ };
[[nodiscard]] std::string CanonicalRequest(const http::RequestHead& head,
                                           const std::vector<std::string>& signed_headers,
                                           std::string_view payload_hash, PathStyle style);

struct ClientCredentials {
  std::string access_key_id, secret_access_key, session_token;
};
// Adds Authorization, X-Amz-Date and the rest to a request whose Host stands: for tests, benches and our own calls.
void Sign(http::RequestHead& head, std::string_view body, const ClientCredentials& credentials, std::string_view region,
          std::string_view service, Time now);

}  // namespace opentrail::sigv4
