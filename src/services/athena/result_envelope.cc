#include "services/athena/result_envelope.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/json_value.h"
#include "codec/stream_cipher.h"
#include "codec/text.h"

namespace opentrail::services::athena {
namespace {

constexpr const char* kWrappedKey = "x-amz-key-v2";
constexpr const char* kNonce = "x-amz-iv";
constexpr const char* kContext = "x-amz-matdesc";
constexpr const char* kContentCipher = "x-amz-cek-alg";
constexpr const char* kKeyWrap = "x-amz-wrap-alg";
constexpr const char* kTagBits = "x-amz-tag-len";
constexpr const char* kPlainLength = "x-amz-unencrypted-content-length";
constexpr std::string_view kGcm = "AES/GCM/NoPadding";
constexpr std::string_view kKms = "kms";
constexpr size_t kPieceBytes = 64 << 10;

// KMS's: texts by name.
bool IsContext(const Value& context) {
  return context.IsObject() &&
         std::ranges::all_of(context.members(), [](const Value::Member& member) { return member.value.IsString(); });
}

class Sealing final : public BodySink {
 public:
  Sealing(BodySink& sealed, const ResultKey& key) : sealed_(sealed), sealer_(key.key, key.envelope.nonce) {}

  AwsStatus Write(std::string_view bytes) override {
    piece_.clear();
    sealer_.Write(bytes, piece_);
    return sealed_.Write(piece_);
  }
  AwsStatus Finish(const http::Fields& trailers) override {
    const AwsStatus written = sealed_.Write(sealer_.Finish());
    return written ? sealed_.Finish(trailers) : written;
  }

 private:
  BodySink& sealed_;
  codec::StreamSealer sealer_;
  std::string piece_;
};

class Opening final : public http::BodySource {
 public:
  Opening(std::unique_ptr<http::BodySource> sealed, const ResultKey& key, uint64_t offset)
      : sealed_(std::move(sealed)),
        opener_(key.key, key.envelope.nonce, SealedOffset(offset)),
        skip_(offset - SealedOffset(offset)),
        left_(key.envelope.length - std::min(key.envelope.length, offset)),
        size_(left_) {}

  [[nodiscard]] uint64_t size() const override { return size_; }

  int64_t Read(char* buffer, size_t capacity) override {
    while (skip_ > 0) {
      char skipped[codec::kCipherBlockBytes];
      const int64_t got = ReadOpened(skipped, skip_);
      if (got <= 0) return got;
      skip_ -= static_cast<size_t>(got);
    }
    const int64_t got = ReadOpened(buffer, std::min<uint64_t>(capacity, left_));
    if (got > 0) left_ -= static_cast<uint64_t>(got);
    return got;
  }

 private:
  int64_t ReadOpened(char* buffer, size_t capacity) {
    if (capacity == 0) return 0;
    const int64_t got = sealed_->Read(buffer, capacity);
    if (got > 0) opener_.Read(buffer, static_cast<size_t>(got));
    return got;
  }

  std::unique_ptr<http::BodySource> sealed_;
  codec::StreamOpener opener_;
  size_t skip_;
  uint64_t left_;  // the tag behind it is no part of the result
  const uint64_t size_;
};

}  // namespace

Value ResultEnvelope::Metadata() const {
  return Value::Object({{kWrappedKey, codec::Base64Encode(wrapped_key)},
                        {kNonce, codec::Base64Encode(nonce)},
                        {kContext, codec::WriteJson(context)},
                        {kContentCipher, kGcm},
                        {kKeyWrap, kKms},
                        {kTagBits, std::to_string(codec::kCipherTagBytes * 8)},
                        {kPlainLength, std::to_string(length)}});
}

std::optional<ResultEnvelope> ResultEnvelope::Read(const Value& metadata) {
  if (metadata[kContentCipher].Text() != kGcm || metadata[kKeyWrap].Text() != kKms) return std::nullopt;
  auto key = codec::Base64Decode(metadata[kWrappedKey].Text());
  auto nonce = codec::Base64Decode(metadata[kNonce].Text());
  auto context = codec::ParseJsonValue(metadata[kContext].Text());
  ResultEnvelope envelope;
  const std::string_view length = metadata[kPlainLength].Text();
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), envelope.length);
  const bool is_length = !length.empty() && error == std::errc() && envelope.length <= codec::kMaxStreamBytes;
  if (!key || !nonce || nonce->size() != codec::kCipherNonceBytes || !is_length) return std::nullopt;
  if (!context || !IsContext(*context)) return std::nullopt;
  envelope.wrapped_key = *std::move(key);
  envelope.nonce = *std::move(nonce);
  envelope.context = *std::move(context);
  return envelope;
}

AwsResult<ResultKey> MakeResultKey(CallerCalls& calls, RandomSource& random, std::string_view kms_key) {
  if (kms_key.empty()) return AwsFailure("ValidationException", "CSE_KMS needs a KmsKey");
  ResultKey made;
  made.envelope.context = Value::Object({{"kms_cmk_id", kms_key}});
  auto reply = calls.Invoke(
      "kms", "GenerateDataKey",
      Value::Object({{"KeyId", kms_key}, {"EncryptionContext", made.envelope.context}, {"KeySpec", "AES_256"}}));
  if (!reply) {
    if (reply.error().code.starts_with("AccessDenied")) reply.error().code = "AccessDenied";  // as S3's is called
    return std::unexpected(std::move(reply.error()));
  }
  made.key = reply->output["Plaintext"].Bytes();
  made.envelope.wrapped_key = reply->output["CiphertextBlob"].Bytes();
  std::string& nonce = made.envelope.nonce;
  nonce.resize(codec::kCipherNonceBytes);
  random.Fill({reinterpret_cast<uint8_t*>(nonce.data()), nonce.size()});
  return made;
}

Value ResultEnvelope::DecryptInput() const {
  return Value::Object({{"CiphertextBlob", Value::Blob(wrapped_key)}, {"EncryptionContext", context}});
}

std::string ResultEnvelope::SealOf(std::string_view etag) const {
  return codec::HexEncode(codec::Sha256(fmt::format("{}\n{}", etag, codec::WriteJson(Metadata()))));
}

std::optional<ResultKey> ResultKeyOf(const Value& decrypted, ResultEnvelope envelope) {
  // Whoever may write the object may have put another text there than a key.
  const std::string_view key = decrypted["Plaintext"].Bytes();
  if (key.size() != codec::kCipherKeyBytes) return std::nullopt;
  return ResultKey{std::string(key), std::move(envelope)};
}

AwsResult<ResultKey> OpenResultKey(CallerCalls& calls, ResultEnvelope envelope) {
  const auto reply = calls.Invoke("kms", "Decrypt", envelope.DecryptInput());
  if (!reply && reply.error().code.starts_with("AccessDenied")) {
    return AwsFailure("AccessDenied", "{}", reply.error().message);
  }
  if (!reply) return std::unexpected(reply.error());
  auto key = ResultKeyOf(reply->output, std::move(envelope));
  if (!key) return AwsFailure("InvalidCiphertextException", "The object's key is none");
  return *std::move(key);
}

bool IsGenuine(http::BodySource& sealed, const ResultKey& key) {
  if (sealed.size() != key.envelope.SealedBytes()) return false;
  codec::StreamVerifier verifier(key.key, key.envelope.nonce);
  std::string tag;
  std::vector<char> piece(kPieceBytes);
  uint64_t left = key.envelope.length;
  while (tag.size() < codec::kCipherTagBytes) {
    const uint64_t wanted = left > 0 ? left : codec::kCipherTagBytes - tag.size();
    const int64_t got = sealed.Read(piece.data(), std::min<uint64_t>(piece.size(), wanted));
    if (got <= 0) return false;
    const auto size = static_cast<size_t>(got);
    if (left == 0) {
      tag.append(piece.data(), size);
    } else {
      verifier.Read(piece.data(), size);
      left -= size;
    }
  }
  return verifier.IsGenuine(tag);
}

bool OpenWhole(std::vector<uint8_t>& sealed, const ResultKey& key) {
  if (sealed.size() != key.envelope.SealedBytes()) return false;
  char* const bytes = reinterpret_cast<char*>(sealed.data());
  const std::string tag(bytes + key.envelope.length, codec::kCipherTagBytes);
  codec::StreamVerifier verifier(key.key, key.envelope.nonce);
  verifier.Read(bytes, key.envelope.length);
  sealed.resize(key.envelope.length);
  return verifier.IsGenuine(tag);
}

std::unique_ptr<BodySink> SealingSink(BodySink& sealed, const ResultKey& key) {
  return std::make_unique<Sealing>(sealed, key);
}

std::unique_ptr<http::BodySource> OpeningSource(std::unique_ptr<http::BodySource> sealed, const ResultKey& key,
                                                uint64_t offset) {
  return std::make_unique<Opening>(std::move(sealed), key, offset);
}

uint64_t SealedOffset(uint64_t offset) { return offset - offset % codec::kCipherBlockBytes; }

}  // namespace opentrail::services::athena
