#include "gateway/request_checksum.h"

#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::gateway {
namespace {

using codec::DigestAlgorithm;

struct Checksum {
  std::string_view field;
  std::string_view name;
  DigestAlgorithm algorithm;
};

constexpr Checksum kChecksums[] = {
    {"x-amz-checksum-crc32", "CRC32", DigestAlgorithm::kCrc32},
    {"x-amz-checksum-crc32c", "CRC32C", DigestAlgorithm::kCrc32c},
    {"x-amz-checksum-crc64nvme", "CRC64NVME", DigestAlgorithm::kCrc64Nvme},
    {"x-amz-checksum-sha1", "SHA1", DigestAlgorithm::kSha1},
    {"x-amz-checksum-sha256", "SHA256", DigestAlgorithm::kSha256},
};

std::string DigestOf(DigestAlgorithm algorithm, std::string_view body) {
  codec::Digest digest(algorithm);
  digest.Update(body);
  return digest.Finish();
}

AwsStatus CheckFields(const http::Fields& fields, std::string_view body) {
  for (const Checksum& checksum : kChecksums) {
    const auto sent = fields.Find(checksum.field);
    if (!sent) continue;
    const auto bytes = codec::Base64Decode(*sent);
    const std::string actual = DigestOf(checksum.algorithm, body);
    if (!bytes || bytes->size() != actual.size()) {
      return AwsFailure("InvalidRequest", "Value for {} header is invalid.", checksum.field);
    }
    if (*bytes != actual) {
      return AwsFailure("BadDigest", "The {} you specified did not match the calculated checksum.", checksum.name);
    }
  }
  return {};
}

}  // namespace

AwsStatus CheckWholeBody(const http::RequestHead& head, const sigv4::Claim& claim, std::string_view body) {
  const bool hashed = claim.scheme != sigv4::Scheme::kNone && claim.payload == sigv4::Payload::kHashed;
  if (hashed && !claim.payload_hash.empty()) {
    const std::string actual = codec::HexEncode(codec::Sha256(body));
    if (claim.payload_hash != actual) {
      AwsError error{"XAmzContentSHA256Mismatch",
                     "The provided 'x-amz-content-sha256' header does not match what was computed.", 400};
      error.details = {{"ClientComputedContentSHA256", claim.payload_hash}, {"S3ComputedContentSHA256", actual}};
      return std::unexpected(std::move(error));
    }
  }
  if (const auto md5 = head.fields.Find("content-md5")) {
    const auto bytes = codec::Base64Decode(*md5);
    if (!bytes || bytes->size() != 16) {
      return AwsFailure("InvalidDigest", "{}", "The Content-MD5 you specified was invalid.");
    }
    if (*bytes != codec::Md5(body)) {
      return AwsFailure("BadDigest", "{}", "The Content-MD5 you specified did not match what we received.");
    }
  }
  return CheckFields(head.fields, body);
}

AwsStatus CheckTrailers(const http::Fields& trailers, std::string_view body) { return CheckFields(trailers, body); }

}  // namespace opentrail::gateway
