#include "trail/digest.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/gzip_writer.h"
#include "codec/json_value.h"
#include "codec/text.h"
#include "codec/timestamp.h"

namespace opentrail::trail {
namespace {

constexpr std::string_view kHashAlgorithm = "SHA-256";

std::string Sha256Hex(std::string_view text) { return codec::HexEncode(codec::Sha256(text)); }

Value Describe(const DigestedFile& file) {
  return Value::Object({{"s3Bucket", file.bucket},
                        {"s3Object", file.object},
                        {"hashValue", file.sha256},
                        {"hashAlgorithm", kHashAlgorithm},
                        {"newestEventTime", file.newest_event_time},
                        {"oldestEventTime", file.oldest_event_time}});
}

}  // namespace

std::string KeyFingerprint(std::string_view public_der) { return codec::HexEncode(codec::Md5(public_der)); }

std::string DigestText(const Digest& digest, std::string_view fingerprint) {
  Value newest = nullptr;
  Value oldest = nullptr;
  Value files = Value::List();
  if (!digest.files.empty()) {
    newest = std::ranges::max(digest.files, {}, &DigestedFile::newest_event_time).newest_event_time;
    oldest = std::ranges::min(digest.files, {}, &DigestedFile::oldest_event_time).oldest_event_time;
    for (const DigestedFile& file : digest.files) files.Append(Describe(file));
  }
  const auto previous = [&](std::string DigestLink::* member) {
    return digest.previous ? Value((*digest.previous).*member) : Value(nullptr);
  };
  return codec::WriteJson(Value::Object({
      {"awsAccountId", digest.account_id},
      {"digestStartTime", codec::FormatIso8601(digest.start)},
      {"digestEndTime", codec::FormatIso8601(digest.end)},
      {"digestS3Bucket", digest.bucket},
      {"digestS3Object", digest.object},
      {"digestPublicKeyFingerprint", fingerprint},
      {"digestSignatureAlgorithm", kDigestSignatureAlgorithm},
      {"newestEventTime", std::move(newest)},
      {"oldestEventTime", std::move(oldest)},
      {"previousDigestS3Bucket", previous(&DigestLink::bucket)},
      {"previousDigestS3Object", previous(&DigestLink::object)},
      {"previousDigestHashValue", previous(&DigestLink::sha256)},
      {"previousDigestHashAlgorithm", digest.previous ? Value(kHashAlgorithm) : Value(nullptr)},
      {"previousDigestSignature", previous(&DigestLink::signature)},
      {"logFiles", std::move(files)},
  }));
}

std::string SigningText(const Digest& digest, std::string_view sha256) {
  return fmt::format("{}\n{}/{}\n{}\n{}", codec::FormatIso8601(digest.end), digest.bucket, digest.object, sha256,
                     digest.previous ? std::string_view(digest.previous->signature) : "null");
}

SignedDigest SignDigest(const Digest& digest, const codec::RsaKey& key) {
  const std::string text = DigestText(digest, KeyFingerprint(key.PublicDer()));
  std::string sha256 = Sha256Hex(text);
  std::string signature = codec::HexEncode(key.SignSha256(SigningText(digest, sha256)));
  return {.bytes = codec::GzipCompress(text), .sha256 = std::move(sha256), .signature = std::move(signature)};
}

}  // namespace opentrail::trail
