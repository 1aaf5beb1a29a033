#include <libdeflate.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "engine/functions/base_encoding.h"
#include "engine/functions/hashes.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"
#include "engine/functions/string_families.h"
#include "engine/functions/utf8.h"
#include "engine/functions/utf8_repair.h"

namespace opentrail::engine {
namespace {

using Bytes = std::string_view;
using duckdb::LogicalType;

// OpenSSL refuses only what its build leaves out; a query must not read that as a value.
[[noreturn]] void ThrowNoDigest() {
  ThrowTrino("GENERIC_INTERNAL_ERROR", "the cryptographic library refused a digest");
}

// A digest of OpenSSL's. Each copy has a context, which finds the algorithm once: that takes longer than a short text.
class MessageDigest {
 public:
  explicit MessageDigest(const EVP_MD* algorithm) : algorithm_(algorithm) {}
  MessageDigest(const MessageDigest& other) : algorithm_(other.algorithm_) {}
  MessageDigest(MessageDigest&&) noexcept = default;
  MessageDigest& operator=(const MessageDigest&) = delete;
  MessageDigest& operator=(MessageDigest&&) = delete;
  ~MessageDigest() = default;

  std::string operator()(Bytes bytes) {
    std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
    unsigned length = 0;
    const bool is_first = context_ == nullptr;
    if (is_first) context_.reset(EVP_MD_CTX_new());
    if (EVP_DigestInit_ex(context_.get(), is_first ? algorithm_ : nullptr, nullptr) != 1 ||
        EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1 ||
        EVP_DigestFinal_ex(context_.get(), digest.data(), &length) != 1) {
      ThrowNoDigest();
    }
    return {reinterpret_cast<const char*>(digest.data()), length};
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };

  const EVP_MD* algorithm_;
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

template <const EVP_MD* (*kDigest)()>
std::string Hmac(Bytes bytes, Bytes key) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  if (key.empty()) ThrowTrino("GENERIC_INTERNAL_ERROR", "Empty key");  // as Java's own refuses it
  if (HMAC(kDigest(), key.data(), static_cast<int>(key.size()), data, bytes.size(), digest.data(), &length) ==
      nullptr) {
    ThrowNoDigest();
  }
  return {reinterpret_cast<const char*>(digest.data()), length};
}

// Unsigned integers as big-endian bytes and back.
template <typename T>
std::string BigEndian(T value) {
  std::string bytes(sizeof(T), '\0');
  for (size_t i = sizeof(T); i > 0; i--, value = static_cast<T>(value >> 8)) bytes[i - 1] = static_cast<char>(value);
  return bytes;
}

template <typename T>
T FromBigEndian(Bytes bytes) {
  T value = 0;
  for (const char byte : bytes) value = static_cast<T>(value << 8 | static_cast<uint8_t>(byte));
  return value;
}

template <typename Integer, typename Unsigned>
Integer IntegerFromBigEndian(Bytes bytes) {
  if (bytes.size() != sizeof(Integer)) {
    ThrowInvalidArgument("expected {}-byte input, but got instead: {}", sizeof(Integer), bytes.size());
  }
  return static_cast<Integer>(FromBigEndian<Unsigned>(bytes));
}

template <typename Float, typename Unsigned>
Float FloatFromBigEndian(Bytes bytes) {
  if (bytes.size() != sizeof(Float)) {
    ThrowInvalidArgument("Input floating-point value must be exactly {} bytes long", sizeof(Float));
  }
  return std::bit_cast<Float>(FromBigEndian<Unsigned>(bytes));
}

Bytes Substring(Bytes bytes, int64_t start, int64_t length) {
  const auto size = static_cast<int64_t>(bytes.size());
  if (start == 0 || length <= 0 || start > size || start < -size) return {};
  const int64_t first = start > 0 ? start - 1 : size + start;
  return bytes.substr(static_cast<size_t>(first), static_cast<size_t>(length));
}

Bytes SubstringToEnd(Bytes bytes, int64_t start) {
  return Substring(bytes, start, std::numeric_limits<int64_t>::max());
}

std::string Padding(Bytes bytes, int64_t target, Bytes fill) {
  constexpr int64_t kMaxInt32 = std::numeric_limits<int32_t>::max();
  if (target < 0 || target > kMaxInt32) ThrowInvalidArgument("Target length must be in the range [0..{}]", kMaxInt32);
  if (fill.empty()) ThrowInvalidArgument("Padding bytes must not be empty");
  const int64_t missing = target - static_cast<int64_t>(bytes.size());
  if (missing > kMaxPaddedCharacters) {
    ThrowInvalidArgument("Padding to {} bytes needs more than the {} that a value may grow by", target,
                         kMaxPaddedCharacters);
  }
  std::string padding;
  while (static_cast<int64_t>(padding.size()) < missing) {
    padding += fill.substr(0, static_cast<size_t>(missing) - padding.size());
  }
  return padding;
}

std::string LeftPad(Bytes bytes, int64_t target, Bytes fill) {
  return Padding(bytes, target, fill).append(bytes.substr(0, static_cast<size_t>(target)));
}

std::string RightPad(Bytes bytes, int64_t target, Bytes fill) {
  const std::string padding = Padding(bytes, target, fill);
  return std::string(bytes.substr(0, static_cast<size_t>(target))) + padding;
}

std::string FromUtf8With(Bytes bytes, std::string_view replacement) {
  if (CountCodePoints(replacement) > 1) {
    ThrowInvalidArgument("Replacement character string must empty or a single character");
  }
  return RepairedUtf8(bytes, replacement);
}

std::string FromUtf8WithCodePoint(Bytes bytes, int64_t code_point) {
  if (code_point < 0 || code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff)) {
    ThrowInvalidArgument("Invalid replacement character");
  }
  std::string replacement;
  AppendUtf8(static_cast<uint32_t>(code_point), replacement);
  return RepairedUtf8(bytes, replacement);
}

void RegisterDigests(duckdb::DatabaseInstance& database) {
  const auto digest = [&](const char* name, auto function) {
    RegisterScalar(database, name, {LogicalType::BLOB}, LogicalType::BLOB, function, Throws::kNever);
  };
  digest("trino_md5", MessageDigest(EVP_md5()));
  digest("trino_sha1", MessageDigest(EVP_sha1()));
  digest("trino_sha256", MessageDigest(EVP_sha256()));
  digest("trino_sha512", MessageDigest(EVP_sha512()));
  digest("trino_murmur3", [](Bytes bytes) {
    const std::array<uint64_t, 2> halves = Murmur3(bytes);  // in the order of their bytes in memory
    return std::string(reinterpret_cast<const char*>(halves.data()), sizeof(halves));
  });
  digest("trino_spooky_hash_v2_64", [](Bytes bytes) { return BigEndian(SpookyHash64(bytes)); });
  digest("trino_spooky_hash_v2_32", [](Bytes bytes) { return BigEndian(static_cast<uint32_t>(SpookyHash64(bytes))); });
  digest("trino_xxhash64", [](Bytes bytes) { return BigEndian<uint64_t>(XXH64(bytes.data(), bytes.size(), 0)); });
  const auto hmac = [&](const char* name, auto function) {
    RegisterScalar(database, name, {LogicalType::BLOB, LogicalType::BLOB}, LogicalType::BLOB, function);
  };
  hmac("trino_hmac_md5", Hmac<EVP_md5>);
  hmac("trino_hmac_sha1", Hmac<EVP_sha1>);
  hmac("trino_hmac_sha256", Hmac<EVP_sha256>);
  hmac("trino_hmac_sha512", Hmac<EVP_sha512>);
  RegisterScalar(
      database, "trino_crc32", {LogicalType::BLOB}, LogicalType::BIGINT,
      [](Bytes bytes) -> int64_t { return libdeflate_crc32(0, bytes.empty() ? "" : bytes.data(), bytes.size()); },
      Throws::kNever);
}

void RegisterEncodings(duckdb::DatabaseInstance& database) {
  const auto encode = [&](const char* name, auto function) {
    RegisterScalar(database, name, {LogicalType::BLOB}, LogicalType::VARCHAR, function, Throws::kNever);
  };
  // Text of an encoding is read from VARCHAR and from VARBINARY; the bytes are the same.
  const auto decode = [&](const std::string& name, auto function) {
    RegisterScalar(database, name, {LogicalType::VARCHAR}, LogicalType::BLOB, function);
    RegisterScalar(database, name, {LogicalType::BLOB}, LogicalType::BLOB, function);
  };
  encode("trino_to_hex", ToHex);
  decode("trino_from_hex", FromHex);
  encode("trino_to_base64", [](Bytes bytes) { return ToBase64(bytes, Base64Alphabet::kStandard); });
  decode("trino_from_base64", [](Bytes text) { return FromBase64(text, Base64Alphabet::kStandard); });
  encode("trino_to_base64url", [](Bytes bytes) { return ToBase64(bytes, Base64Alphabet::kUrl); });
  decode("trino_from_base64url", [](Bytes text) { return FromBase64(text, Base64Alphabet::kUrl); });
  encode("trino_to_base32", ToBase32);
  decode("trino_from_base32", FromBase32);
  encode("trino_from_utf8", [](Bytes bytes) { return RepairedUtf8(bytes); });
  RegisterScalar(database, "trino_from_utf8", {LogicalType::BLOB, LogicalType::VARCHAR}, LogicalType::VARCHAR,
                 FromUtf8With);
  RegisterScalar(database, "trino_from_utf8", {LogicalType::BLOB, LogicalType::BIGINT}, LogicalType::VARCHAR,
                 FromUtf8WithCodePoint);
  RegisterScalar(
      database, "trino_to_utf8", {LogicalType::VARCHAR}, LogicalType::BLOB, [](Bytes text) { return text; },
      Throws::kNever);
}

void RegisterNumbers(duckdb::DatabaseInstance& database) {
  const auto number = [&](const char* name, const LogicalType& from, const LogicalType& to, auto function) {
    RegisterScalar(database, name, {from}, to, function);
  };
  number("trino_to_big_endian_64", LogicalType::BIGINT, LogicalType::BLOB,
         [](int64_t value) { return BigEndian(static_cast<uint64_t>(value)); });
  number("trino_from_big_endian_64", LogicalType::BLOB, LogicalType::BIGINT, IntegerFromBigEndian<int64_t, uint64_t>);
  number("trino_to_big_endian_32", LogicalType::INTEGER, LogicalType::BLOB,
         [](int32_t value) { return BigEndian(static_cast<uint32_t>(value)); });
  number("trino_from_big_endian_32", LogicalType::BLOB, LogicalType::INTEGER, IntegerFromBigEndian<int32_t, uint32_t>);
  number("trino_to_ieee754_64", LogicalType::DOUBLE, LogicalType::BLOB,
         [](double value) { return BigEndian(std::bit_cast<uint64_t>(value)); });
  number("trino_from_ieee754_64", LogicalType::BLOB, LogicalType::DOUBLE, FloatFromBigEndian<double, uint64_t>);
  number("trino_to_ieee754_32", LogicalType::FLOAT, LogicalType::BLOB,
         [](float value) { return BigEndian(std::bit_cast<uint32_t>(value)); });
  number("trino_from_ieee754_32", LogicalType::BLOB, LogicalType::FLOAT, FloatFromBigEndian<float, uint32_t>);
}

}  // namespace

void RegisterBinaryFunctions(duckdb::DatabaseInstance& database) {
  const LogicalType blob = LogicalType::BLOB;
  const LogicalType bigint = LogicalType::BIGINT;
  RegisterScalar(database, "trino_binary_substr", {blob, bigint, bigint}, blob, Substring, Throws::kNever);
  RegisterScalar(database, "trino_binary_substr", {blob, bigint}, blob, SubstringToEnd, Throws::kNever);
  RegisterScalar(database, "trino_binary_lpad", {blob, bigint, blob}, blob, LeftPad);
  RegisterScalar(database, "trino_binary_rpad", {blob, bigint, blob}, blob, RightPad);
  RegisterScalar(
      database, "trino_binary_reverse", {blob}, blob,
      [](Bytes bytes) { return std::string(bytes.rbegin(), bytes.rend()); }, Throws::kNever);
  RegisterDigests(database);
  RegisterEncodings(database);
  RegisterNumbers(database);
}

}  // namespace opentrail::engine
