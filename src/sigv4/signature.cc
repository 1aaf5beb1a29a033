#include "sigv4/signature.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "codec/digest.h"
#include "codec/text.h"
#include "codec/timestamp.h"
#include "sigv4/scheme.h"

namespace opentrail::sigv4 {
namespace {

using Verdict = std::expected<void, Fault>;
using std::chrono::minutes;

constexpr minutes kMaxSkewS3{15};
constexpr minutes kMaxSkew{5};
constexpr size_t kMaxCachedKeys = 4096;

std::string DeriveSigningKey(std::string_view secret, std::string_view date, std::string_view region,
                             std::string_view service) {
  std::string first = "AWS4";
  first += secret;
  std::string key = codec::HmacSha256(first, date);
  OPENSSL_cleanse(first.data(), first.size());
  key = codec::HmacSha256(key, region);
  key = codec::HmacSha256(key, service);
  return codec::HmacSha256(key, kTerminator);
}

// Keys of a day, region and service, found by a digest of what they were made from. When it is full it begins anew:
// most of what it holds then is of days gone by. Thread-safe.
class SigningKeyCache {
 public:
  std::string Find(std::string_view secret, std::string_view date, std::string_view region, std::string_view service) {
    const std::string name = NameOf(secret, date, region, service);
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = keys_.find(name); found != keys_.end()) return found->second;
    }
    std::string key = DeriveSigningKey(secret, date, region, service);
    const std::lock_guard lock(mutex_);
    if (keys_.size() >= kMaxCachedKeys) keys_.clear();
    keys_.emplace(name, key);
    return key;
  }

 private:
  static std::string NameOf(std::string_view secret, std::string_view date, std::string_view region,
                            std::string_view service) {
    std::string all;
    all.reserve(256);
    for (const std::string_view part : {secret, date, region, service}) {
      all += std::to_string(part.size());  // so that no two lists of parts read the same
      all += ':';
      all += part;
    }
    std::string name = codec::Sha256(all);
    OPENSSL_cleanse(all.data(), all.size());
    return name;
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::string> keys_;
};

Fault MakeFault(const VerifyInput& input, FaultKind kind, std::string detail = {}) {
  Fault fault = FaultOf(input.claim, kind, std::move(detail));
  fault.server_time = input.now;
  return fault;
}

Verdict CheckScope(const VerifyInput& input) {
  const Claim& claim = input.claim;
  if (claim.service != input.service) {
    Fault fault = MakeFault(input, FaultKind::kWrongService, std::string(input.service));
    fault.s3_message = fmt::format(R"(incorrect service "{}". This endpoint belongs to "s3".)", claim.service);
    return std::unexpected(std::move(fault));
  }
  if (input.region && claim.region != *input.region) {
    Fault fault = MakeFault(input, FaultKind::kWrongRegion, std::string(*input.region));
    fault.s3_message = fmt::format("the region '{}' is wrong; expecting '{}'", claim.region, *input.region);
    fault.s3_details = {{"Region", std::string(*input.region)}};
    return std::unexpected(std::move(fault));
  }
  if (claim.date != std::string_view(claim.amz_date).substr(0, 8)) {
    Fault fault = MakeFault(input, FaultKind::kWrongDate, claim.date);
    fault.s3_message = fmt::format(R"(Invalid credential date "{}". This date is not the same as X-Amz-Date: "{}".)",
                                   claim.date, claim.amz_date.substr(0, 8));
    return std::unexpected(std::move(fault));
  }
  return {};
}

std::string ExpiredWords(Time signed_at, Time now, minutes skew) {
  return fmt::format("Signature expired: {} is now earlier than {} ({} - {} min.)", codec::FormatBasic(signed_at),
                     codec::FormatBasic(now - skew), codec::FormatBasic(now), skew.count());
}

std::string NotYetWords(Time signed_at, Time now, minutes skew) {
  return fmt::format("Signature not yet current: {} is still later than {} ({} + {} min.)",
                     codec::FormatBasic(signed_at), codec::FormatBasic(now + skew), codec::FormatBasic(now),
                     skew.count());
}

Verdict CheckSkew(const VerifyInput& input) {
  const minutes skew = input.service == kS3 ? kMaxSkewS3 : kMaxSkew;
  const Time signed_at = input.claim.time;
  if (signed_at >= input.now - skew && signed_at <= input.now + skew) return {};
  const bool early = signed_at > input.now;
  Fault fault = MakeFault(input, FaultKind::kTimeSkewed,
                          early ? NotYetWords(signed_at, input.now, skew) : ExpiredWords(signed_at, input.now, skew));
  fault.s3_details = {{"RequestTime", input.claim.amz_date},
                      {"ServerTime", codec::FormatIso8601(input.now)},
                      {"MaxAllowedSkewMilliseconds", std::to_string(std::chrono::milliseconds(skew).count())}};
  return std::unexpected(std::move(fault));
}

Verdict CheckLifetime(const VerifyInput& input) {
  const Claim& claim = input.claim;
  if (claim.scheme == Scheme::kHeader || !claim.expires_at) return CheckSkew(input);
  if (claim.scheme == Scheme::kQuery && claim.time > input.now + kMaxSkewS3) {
    Fault fault = MakeFault(input, FaultKind::kTimeSkewed, NotYetWords(claim.time, input.now, kMaxSkewS3));
    fault.s3_code = "AccessDenied";
    fault.s3_message = "Request is not yet valid";
    return std::unexpected(std::move(fault));
  }
  if (input.now <= *claim.expires_at) return {};
  Fault fault = MakeFault(input, FaultKind::kExpiredPresign,
                          ExpiredWords(claim.time, input.now, minutes((claim.expires_seconds.value_or(0) + 59) / 60)));
  if (claim.expires_seconds) fault.s3_details.emplace_back("X-Amz-Expires", std::to_string(*claim.expires_seconds));
  fault.s3_details.emplace_back("Expires", codec::FormatIso8601(*claim.expires_at));
  fault.s3_details.emplace_back("ServerTime", codec::FormatIso8601(input.now));
  return std::unexpected(std::move(fault));
}

// S3 takes no x-amz-* header that the signature does not cover: whoever passes a presigned URL on could add one.
Verdict CheckCoverage(const VerifyInput& input) {
  std::string uncovered;
  for (const auto& [sent, value] : input.head.fields.entries()) {
    const std::string name = LowerCase(sent);
    if (!name.starts_with("x-amz-") || std::ranges::binary_search(input.claim.signed_headers, name)) continue;
    if (!uncovered.empty()) uncovered += ", ";
    uncovered += name;
  }
  if (uncovered.empty()) return {};
  Fault fault = MakeFault(input, FaultKind::kMalformed);
  fault.s3_code = "AccessDenied";
  fault.s3_message = "There were headers present in the request which were not signed";
  fault.s3_details = {{"HeadersNotSigned", std::move(uncovered)}};
  return std::unexpected(std::move(fault));
}

// What stands for the body in the canonical request. Outside S3 it is the body's own hash whatever a header says.
std::expected<std::string, Fault> PayloadHash(const VerifyInput& input) {
  const Claim& claim = input.claim;
  if (input.service != kS3) {
    if (input.body_sha256) return std::string(*input.body_sha256);
    return claim.payload_hash.empty() ? std::string(kEmptySha256) : claim.payload_hash;
  }
  if (!claim.payload_hash.empty()) return claim.payload_hash;
  if (claim.scheme == Scheme::kQuery) return std::string(kUnsignedPayload);
  Fault fault = MakeFault(input, FaultKind::kMalformed);
  fault.s3_code = "InvalidRequest";
  fault.s3_message = "Missing required header for this request: x-amz-content-sha256";
  return std::unexpected(std::move(fault));
}

bool Matches(const VerifyInput& input, std::string_view key, std::string_view canonical_request) {
  const std::string expected = codec::HexEncode(codec::HmacSha256(key, StringToSign(input.claim, canonical_request)));
  return codec::ConstantTimeEquals(expected, input.claim.signature);
}

// S3 signs the path as it is sent; a client that sends it less encoded than it signs it is understood too.
bool MatchesEncodedPath(const VerifyInput& input, std::string_view key, std::string_view payload_hash) {
  const auto decoded = codec::UriDecode(input.head.path);
  if (!decoded) return false;
  http::RequestHead head = input.head;
  head.path = codec::UriEncode(*decoded, codec::Slash::kKeep);
  if (head.path == input.head.path) return false;
  return Matches(input, key, CanonicalRequest(head, input.claim.signed_headers, payload_hash, PathStyle::kAsSent));
}

Verdict CheckSignature(const VerifyInput& input) {
  const Claim& claim = input.claim;
  const auto payload_hash = PayloadHash(input);
  if (!payload_hash) return std::unexpected(payload_hash.error());
  const bool is_s3 = input.service == kS3;
  const std::string key = SigningKey(input.secret_access_key, claim.date, claim.region, claim.service);
  std::string canonical = CanonicalRequest(input.head, claim.signed_headers, *payload_hash,
                                           is_s3 ? PathStyle::kAsSent : PathStyle::kEncodeTwice);
  if (!Matches(input, key, canonical) && !(is_s3 && MatchesEncodedPath(input, key, *payload_hash))) {
    Fault fault = MakeFault(input, FaultKind::kSignatureMismatch);
    fault.string_to_sign = StringToSign(claim, canonical);
    fault.canonical_request = std::move(canonical);
    return std::unexpected(std::move(fault));
  }
  if (!is_s3 || claim.payload != Payload::kHashed || !input.body_sha256) return {};
  if (LowerCase(claim.payload_hash) == *input.body_sha256) return {};
  Fault fault = MakeFault(input, FaultKind::kPayloadMismatch);
  fault.s3_details = {{"ClientComputedContentSHA256", claim.payload_hash},
                      {"S3ComputedContentSHA256", std::string(*input.body_sha256)}};
  return std::unexpected(std::move(fault));
}

Verdict VerifyV2(const VerifyInput& input) {
  if (input.service != kS3) {
    return std::unexpected(MakeFault(input, FaultKind::kWrongService, std::string(input.service)));
  }
  if (Verdict verdict = CheckLifetime(input); !verdict) return verdict;
  std::string text = StringToSignV2(input.head, input.bucket);
  const std::string expected = codec::Base64Encode(codec::HmacSha1(input.secret_access_key, text));
  if (codec::ConstantTimeEquals(expected, input.claim.signature)) return {};
  Fault fault = MakeFault(input, FaultKind::kSignatureMismatch);
  fault.string_to_sign = std::move(text);
  return std::unexpected(std::move(fault));
}

// What a server before the signed service may change, or the transport itself sets.
bool IsSigned(std::string_view lower_name) {
  constexpr std::string_view kNotSigned[] = {"authorization", "connection",        "expect",
                                             "user-agent",    "transfer-encoding", "x-amzn-trace-id"};
  return std::ranges::find(kNotSigned, lower_name) == std::end(kNotSigned);
}

}  // namespace

std::string SigningKey(std::string_view secret, std::string_view date, std::string_view region,
                       std::string_view service) {
  static SigningKeyCache cache;
  return cache.Find(secret, date, region, service);
}

std::expected<void, Fault> Verify(const VerifyInput& input) {
  if (input.claim.scheme == Scheme::kNone) return std::unexpected(MakeFault(input, FaultKind::kMissing));
  if (input.claim.scheme == Scheme::kV2Query) return VerifyV2(input);
  if (Verdict verdict = CheckScope(input); !verdict) return verdict;
  if (Verdict verdict = CheckLifetime(input); !verdict) return verdict;
  if (input.service == kS3) {
    if (Verdict verdict = CheckCoverage(input); !verdict) return verdict;
  }
  return CheckSignature(input);
}

void Sign(http::RequestHead& head, std::string_view body, const ClientCredentials& credentials, std::string_view region,
          std::string_view service, Time now) {
  Claim claim{.scheme = Scheme::kHeader, .access_key_id = credentials.access_key_id};
  claim.amz_date = codec::FormatBasic(now);
  claim.date = claim.amz_date.substr(0, 8);
  claim.region = region;
  claim.service = service;
  head.fields.Set("X-Amz-Date", claim.amz_date);
  if (!credentials.session_token.empty()) head.fields.Set("X-Amz-Security-Token", credentials.session_token);
  std::string payload_hash = codec::HexEncode(codec::Sha256(body));
  if (service == kS3) {
    // Whoever has set it signs another form of the body.
    if (const auto set = head.fields.Find("x-amz-content-sha256"); set) payload_hash = *set;
    head.fields.Set("X-Amz-Content-Sha256", payload_hash);
  }
  for (const auto& [name, value] : head.fields.entries()) {
    std::string lower = LowerCase(name);
    if (IsSigned(lower)) claim.signed_headers.push_back(std::move(lower));
  }
  std::ranges::sort(claim.signed_headers);
  const auto twice = std::ranges::unique(claim.signed_headers);
  claim.signed_headers.erase(twice.begin(), twice.end());
  const std::string canonical = CanonicalRequest(head, claim.signed_headers, payload_hash,
                                                 service == kS3 ? PathStyle::kAsSent : PathStyle::kEncodeTwice);
  const std::string key = SigningKey(credentials.secret_access_key, claim.date, region, service);
  head.fields.Set("Authorization",
                  fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm, claim.access_key_id,
                              CredentialScope(claim), fmt::join(claim.signed_headers, ";"),
                              codec::HexEncode(codec::HmacSha256(key, StringToSign(claim, canonical)))));
}

}  // namespace opentrail::sigv4
