#include "services/s3/object_body.h"

#include <algorithm>
#include <charconv>

#include <strings.h>

#include "codec/text.h"
#include "services/s3/errors.h"
#include "store/secrets.h"

namespace opentrail::services::s3 {
namespace {

constexpr size_t kMd5Bytes = 16;
constexpr size_t kSha256HexDigits = 64;
constexpr std::string_view kChecksumFields = "x-amz-checksum-";

std::unexpected<AwsError> TooLarge(uint64_t size) {
  return Refusal("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size",
                 {{"ProposedSize", std::to_string(size)}, {"MaxSizeAllowed", std::to_string(kMaxPutBytes)}});
}

std::optional<uint64_t> ParseSize(std::string_view text) {
  uint64_t size = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return size;
}

// x-amz-checksum-algorithm, -type and -mode are no checksums.
bool IsChecksumField(std::string_view name) {
  if (name.size() <= kChecksumFields.size() ||
      strncasecmp(name.data(), kChecksumFields.data(), kChecksumFields.size()) != 0) {
    return false;
  }
  const std::string_view kind = name.substr(kChecksumFields.size());
  return std::ranges::none_of(
      std::initializer_list<std::string_view>{"algorithm", "type", "mode"}, [&](std::string_view other) {
        return kind.size() == other.size() && strncasecmp(kind.data(), other.data(), kind.size()) == 0;
      });
}

std::unexpected<AwsError> UnsupportedChecksum() {
  return InvalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, "
      "CRC64NVME, SHA1, SHA256]");
}

AwsStatus ParseChecksum(const http::RequestHead& head, BodyClaims& claims) {
  for (const auto& [name, value] : head.fields.entries()) {
    if (!IsChecksumField(name)) continue;
    if (claims.algorithm != nullptr) {
      return InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    }
    claims.algorithm = FindChecksum(name);
    if (claims.algorithm == nullptr) return UnsupportedChecksum();
    const auto bytes = codec::Base64Decode(value);
    if (!bytes || bytes->size() != claims.algorithm->bytes) {
      return InvalidRequest(fmt::format("Value for {} header is invalid.", claims.algorithm->field));
    }
    claims.checksum = value;
  }
  const std::string_view trailer = head.fields.Get("x-amz-trailer");
  if (claims.algorithm == nullptr && !trailer.empty()) {
    claims.algorithm = FindChecksum(trailer);
    if (claims.algorithm == nullptr) return UnsupportedChecksum();
  }
  const std::string_view announced = head.fields.Get("x-amz-sdk-checksum-algorithm");
  if (announced.empty()) return {};
  if (claims.algorithm == nullptr) {
    return InvalidRequest(
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were "
        "found.");
  }
  if (FindChecksum(announced) != claims.algorithm) {
    return InvalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  return {};
}

}  // namespace

AwsResult<BodyClaims> BodyClaims::Parse(const http::RequestHead& head) {
  BodyClaims claims;
  const auto decoded = head.fields.Find("x-amz-decoded-content-length");
  claims.size = ParseSize(decoded ? *decoded : head.fields.Get("content-length"));
  if (claims.size && *claims.size > kMaxPutBytes) return TooLarge(*claims.size);
  if (const auto md5 = head.fields.Find("content-md5")) {
    auto bytes = codec::Base64Decode(*md5);
    if (!bytes || bytes->size() != kMd5Bytes) {
      return Refusal("InvalidDigest", 400, "The Content-MD5 you specified was invalid.",
                     {{"Content-MD5", std::string(*md5)}});
    }
    claims.md5 = std::move(*bytes);
  }
  const std::string_view sha256 = head.fields.Get("x-amz-content-sha256");
  if (sha256.size() == kSha256HexDigits && codec::HexDecode(sha256)) claims.sha256 = sha256;
  if (AwsStatus status = ParseChecksum(head, claims); !status) return std::unexpected(std::move(status.error()));
  return claims;
}

AwsResult<std::unique_ptr<BodySink>> ObjectBody::Begin(store::ObjectStore& objects, RandomSource& random,
                                                       BodyClaims claims) {
  std::string key(store::Secrets::kKeyBytes, '\0');
  random.Fill(std::span(reinterpret_cast<uint8_t*>(key.data()), key.size()));
  auto writer = objects.Create(key);
  if (!writer) return InternalError();
  return std::unique_ptr<BodySink>(new ObjectBody(objects, std::move(key), std::move(*writer), std::move(claims)));
}

ObjectBody::ObjectBody(store::ObjectStore& objects, std::string key, std::unique_ptr<store::ObjectStore::Writer> writer,
                       BodyClaims claims)
    : objects_(objects),
      key_(std::move(key)),
      writer_(std::move(writer)),
      claims_(std::move(claims)),
      algorithm_(claims_.algorithm != nullptr ? *claims_.algorithm : DefaultChecksum()),
      md5_digest_(codec::DigestAlgorithm::kMd5),
      checksum_digest_(algorithm_.digest) {
  if (!claims_.sha256.empty()) sha256_digest_.emplace(codec::DigestAlgorithm::kSha256);
}

ObjectBody::~ObjectBody() {
  if (staged_) objects_.Drop(*staged_);
}

AwsStatus ObjectBody::Write(std::string_view bytes) {
  size_ += bytes.size();
  if (size_ > kMaxPutBytes) return TooLarge(size_);
  md5_digest_.Update(bytes);
  checksum_digest_.Update(bytes);
  if (sha256_digest_) sha256_digest_->Update(bytes);
  if (!writer_->Write(bytes)) return InternalError();
  return {};
}

AwsStatus ObjectBody::Finish(const http::Fields& trailers) {
  if (claims_.size && *claims_.size != size_) {
    return Refusal("IncompleteBody", 400,
                   "You did not provide the number of bytes specified by the Content-Length HTTP header");
  }
  md5_ = md5_digest_.Finish();
  checksum_ = codec::Base64Encode(checksum_digest_.Finish());
  AwsStatus status = CheckMd5();
  if (status) status = CheckSha256();
  if (status) status = CheckChecksum(trailers);
  if (!status) return status;
  auto staged = writer_->Finish();
  if (!staged) return InternalError();
  staged_ = std::move(*staged);
  return {};
}

AwsStatus ObjectBody::CheckMd5() const {
  if (claims_.md5.empty() || claims_.md5 == md5_) return {};
  return Refusal(
      "BadDigest", 400, "The Content-MD5 you specified did not match what we received.",
      {{"ExpectedDigest", codec::Base64Encode(claims_.md5)}, {"CalculatedDigest", codec::Base64Encode(md5_)}});
}

AwsStatus ObjectBody::CheckSha256() {
  if (!sha256_digest_) return {};
  const std::string computed = codec::HexEncode(sha256_digest_->Finish());
  if (strcasecmp(computed.c_str(), claims_.sha256.c_str()) == 0) return {};
  return Refusal("XAmzContentSHA256Mismatch", 400,
                 "The provided 'x-amz-content-sha256' header does not match what was computed.",
                 {{"ClientComputedContentSHA256", claims_.sha256}, {"S3ComputedContentSHA256", computed}});
}

AwsStatus ObjectBody::CheckChecksum(const http::Fields& trailers) const {
  if (claims_.algorithm == nullptr) return {};
  std::string_view expected = claims_.checksum;
  if (expected.empty()) expected = trailers.Get(algorithm_.field);
  if (expected.empty()) {
    return Refusal("MalformedTrailerError", 400,
                   "The request contained trailing data that was not well-formed or did not conform to our published "
                   "schema.");
  }
  if (expected == checksum_) return {};
  return Refusal("BadDigest", 400,
                 fmt::format("The {} you specified did not match the calculated checksum.", algorithm_.name));
}

int64_t ObjectBody::Adopt(store::Transaction& transaction) {
  const int64_t content = objects_.Adopt(transaction, *staged_);
  staged_.reset();
  return content;
}

}  // namespace opentrail::services::s3
