#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "sigv4/signature.h"

// The texts that all of sigv4/ shares. Internal to sigv4/.
namespace opentrail::sigv4 {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kTerminator = "aws4_request";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kS3 = "s3";
inline constexpr std::string_view kEmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// What x-amz-content-sha256 may say, beside a hash.
struct PayloadName {
  std::string_view text;
  Payload payload;
};
inline constexpr PayloadName kPayloadNames[] = {
    {kUnsignedPayload, Payload::kUnsigned},
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", Payload::kSignedChunks},
    {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", Payload::kSignedChunksWithTrailer},
    {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", Payload::kUnsignedChunksWithTrailer},
};

// Without case, as header names are.
[[nodiscard]] std::string LowerCase(std::string_view text);
[[nodiscard]] std::vector<std::string_view> Split(std::string_view text, char separator);
[[nodiscard]] std::string_view Trim(std::string_view text);

// "20261123/us-east-1/s3/aws4_request"
[[nodiscard]] std::string CredentialScope(const Claim& claim);
[[nodiscard]] std::string StringToSign(const Claim& claim, std::string_view canonical_request);
// The string that Signature Version 2's query form signs. `bucket` as in VerifyInput.
[[nodiscard]] std::string StringToSignV2(const http::RequestHead& head, std::string_view bucket);

// A fault of this claim, with what each of its answers needs.
[[nodiscard]] Fault FaultOf(const Claim& claim, FaultKind kind, std::string detail = {});

}  // namespace opentrail::sigv4
