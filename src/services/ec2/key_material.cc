#include "services/ec2/key_material.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::services::ec2 {
namespace {

struct KeyFreer {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFreer>;

constexpr int kRsaBits = 2048;
constexpr size_t kMaxPublicKeyBytes = 16 * 1024;
constexpr size_t kPemLine = 70;
constexpr size_t kPpkLine = 64;

AwsError InternalError() { return {"InternalError", "An internal error has occurred", 500}; }

// SSH's wire form (RFC 4251): a length of four bytes and the bytes.
std::string WireString(std::string_view bytes) {
  std::string out;
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(bytes.size() >> shift & 255);
  return out + std::string(bytes);
}

std::string BigNumber(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return {};
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  if (!bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0x80) != 0) bytes.insert(bytes.begin(), '\0');
  return bytes;
}

std::string Colons(std::string_view digest) {
  const std::string hex = codec::HexEncode(digest);
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 2) out += (i == 0 ? "" : ":") + hex.substr(i, 2);
  return out;
}

std::string PemOf(const Key& key) {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey_traditional(memory, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(memory, &data));
  std::string pem(data, size);
  BIO_free(memory);
  while (pem.ends_with('\n')) pem.pop_back();
  return pem;
}

// SHA-1 of the PKCS#8 private key: what EC2 shows of an RSA key that it made.
std::string PrivateFingerprint(const Key& key) {
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key.get());
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(std::max(0, size)));
  OPENSSL_free(der);
  PKCS8_PRIV_KEY_INFO_free(info);
  return Colons(codec::Sha1(bytes));
}

std::string Ed25519Fingerprint(std::string_view blob) { return codec::Base64Encode(codec::Sha256(blob)); }

std::string PpkLines(std::string_view bytes) {
  const std::string text = codec::Base64Encode(bytes);
  std::string lines;
  for (size_t i = 0; i < text.size(); i += kPpkLine) lines += text.substr(i, kPpkLine) + "\r\n";
  return fmt::format("{}\r\n{}", (text.size() + kPpkLine - 1) / kPpkLine, lines);
}

// PuTTY's format 2, without a passphrase: https://the.earth.li/~sgtatham/putty/0.78/htmldoc/AppendixC.html
std::string PpkOf(std::string_view algorithm, std::string_view name, std::string_view public_blob,
                  std::string_view private_blob) {
  const std::string signed_bytes = WireString(algorithm) + WireString("none") + WireString(name) +
                                   WireString(public_blob) + WireString(private_blob);
  const std::string mac = codec::HmacSha1(codec::Sha1("putty-private-key-file-mac-key"), signed_bytes);
  return fmt::format(
      "PuTTY-User-Key-File-2: {}\r\nEncryption: none\r\nComment: {}\r\nPublic-Lines: {}Private-Lines: {}Private-MAC: "
      "{}\r\n",
      algorithm, name, PpkLines(public_blob), PpkLines(private_blob), codec::HexEncode(mac));
}

// The private exponent, the primes, and the inverse of the second in the first.
std::string RsaPpk(const Key& key, std::string_view name, std::string_view blob) {
  std::string secret;
  for (const char* number : {OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
                             OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
    secret += WireString(BigNumber(key.get(), number));
  }
  return PpkOf("ssh-rsa", name, blob, secret);
}

std::string RsaBlob(const Key& key) {
  return WireString("ssh-rsa") + WireString(BigNumber(key.get(), OSSL_PKEY_PARAM_RSA_E)) +
         WireString(BigNumber(key.get(), OSSL_PKEY_PARAM_RSA_N));
}

AwsResult<KeyMaterial> MakeRsa(KeyFormat format, std::string_view name) {
  const Key key(EVP_RSA_gen(kRsaBits));
  if (key == nullptr) return std::unexpected(InternalError());
  const std::string blob = RsaBlob(key);
  return KeyMaterial{format == KeyFormat::kPem ? PemOf(key) : RsaPpk(key, name, blob),
                     "ssh-rsa " + codec::Base64Encode(blob), PrivateFingerprint(key), KeyType::kRsa};
}

// https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
std::string OpenSshPrivateKey(std::string_view blob, std::string_view public_key, std::string_view seed,
                              RandomSource& random) {
  std::string check(4, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(check.data()), check.size()});
  std::string secret = check + check + WireString("ssh-ed25519") + WireString(public_key) +
                       WireString(std::string(seed) + std::string(public_key)) + WireString("");
  for (char padding = 1; secret.size() % 8 != 0; ++padding) secret += padding;
  const std::string one("\0\0\0\1", 4);
  const std::string text =
      codec::Base64Encode(std::string("openssh-key-v1\0", 15) + WireString("none") + WireString("none") +
                          WireString("") + one + WireString(blob) + WireString(secret));
  std::string pem = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  for (size_t i = 0; i < text.size(); i += kPemLine) pem += text.substr(i, kPemLine) + "\n";
  return pem + "-----END OPENSSH PRIVATE KEY-----";
}

AwsResult<KeyMaterial> MakeEd25519(KeyFormat format, std::string_view name, RandomSource& random) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  std::string public_key(32, '\0'), seed(32, '\0');
  size_t size = 32;
  if (key == nullptr ||
      EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(public_key.data()), &size) != 1 ||
      EVP_PKEY_get_raw_private_key(key.get(), reinterpret_cast<unsigned char*>(seed.data()), &size) != 1) {
    return std::unexpected(InternalError());
  }
  const std::string blob = WireString("ssh-ed25519") + WireString(public_key);
  std::string private_key = format == KeyFormat::kPem ? OpenSshPrivateKey(blob, public_key, seed, random)
                                                      : PpkOf("ssh-ed25519", name, blob, WireString(seed));
  return KeyMaterial{std::move(private_key), "ssh-ed25519 " + codec::Base64Encode(blob), Ed25519Fingerprint(blob),
                     KeyType::kEd25519};
}

std::string ShownFingerprint(int bits, std::string_view blob, std::string_view name) {
  std::string digest = codec::Base64Encode(codec::Sha256(blob));
  while (digest.ends_with('=')) digest.pop_back();
  return fmt::format("{} SHA256:{} no comment ({})", bits, digest, name);
}

// https://www.rfc-editor.org/rfc/rfc5656#section-3.1
std::optional<instances::HostKey> MakeEcdsaHostKey() {
  constexpr int kBits = 256;
  constexpr std::string_view kCurve = "nistp256", kName = "ecdsa-sha2-nistp256";
  const Key key(EVP_EC_gen("P-256"));
  unsigned char* point = nullptr;
  const size_t size = key ? EVP_PKEY_get1_encoded_public_key(key.get(), &point) : 0;
  if (size == 0) return std::nullopt;
  const std::string blob =
      WireString(kName) + WireString(kCurve) + WireString({reinterpret_cast<const char*>(point), size});
  OPENSSL_free(point);
  return instances::HostKey{.type = "ecdsa",
                            .private_key = PemOf(key),
                            .public_key = fmt::format("{} {}", kName, codec::Base64Encode(blob)),
                            .fingerprint = ShownFingerprint(kBits, blob, "ECDSA")};
}

// MD5 of the public key's DER: what EC2 shows of an RSA key that was imported. The blob is ssh-rsa, e, n.
std::optional<std::string> ImportedRsaFingerprint(std::string_view blob) {
  const auto take = [&blob]() -> std::optional<std::string_view> {
    if (blob.size() < 4) return std::nullopt;
    size_t size = 0;
    for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(blob[static_cast<size_t>(i)]);
    if (size > blob.size() - 4) return std::nullopt;
    const std::string_view part = blob.substr(4, size);
    blob.remove_prefix(4 + size);
    return part;
  };
  const auto name = take(), exponent = take(), modulus = take();
  if (!name || !exponent || !modulus || *name != "ssh-rsa" || !blob.empty()) return std::nullopt;
  const auto number = [](std::string_view bytes) {
    return BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr);
  };
  // SubjectPublicKeyInfo, by hand of the library's parameter builder.
  BIGNUM* n = number(*modulus);
  BIGNUM* e = number(*exponent);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context);
  EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
  unsigned char* der = nullptr;
  const int size = key != nullptr ? i2d_PUBKEY(key, &der) : -1;
  std::optional<std::string> fingerprint;
  if (size > 0) fingerprint = Colons(codec::Md5({reinterpret_cast<char*>(der), static_cast<size_t>(size)}));
  OPENSSL_free(der);
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  BN_free(n);
  BN_free(e);
  return fingerprint;
}

}  // namespace

AwsResult<KeyMaterial> MakeKeyMaterial(KeyType type, KeyFormat format, std::string_view name, RandomSource& random) {
  return type == KeyType::kRsa ? MakeRsa(format, name) : MakeEd25519(format, name, random);
}

std::vector<instances::HostKey> MakeHostKeys(RandomSource& random) {
  constexpr int kEd25519Bits = 256;
  std::vector<instances::HostKey> keys;
  if (auto ecdsa = MakeEcdsaHostKey()) keys.push_back(std::move(*ecdsa));
  auto made = MakeEd25519(KeyFormat::kPem, "", random);
  if (!made) return keys;
  const std::string blob = codec::Base64Decode(made->public_key.substr(made->public_key.find(' ') + 1)).value_or("");
  keys.push_back({.type = "ed25519",
                  .private_key = std::move(made->private_key),
                  .public_key = std::move(made->public_key),
                  .fingerprint = ShownFingerprint(kEd25519Bits, blob, "ED25519")});
  return keys;
}

AwsResult<std::string> PpkFromPem(std::string_view pem, std::string_view name) {
  BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(std::min(pem.size(), kMaxPublicKeyBytes)));
  const Key key(PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr));
  BIO_free(memory);
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
    return AwsFailure("InvalidKey.Format", "Key is not an RSA private key in PEM");
  }
  return RsaPpk(key, name, RsaBlob(key));
}

AwsResult<KeyMaterial> ReadPublicKey(std::string_view text) {
  const auto refuse = [] { return AwsFailure("InvalidKey.Format", "Key is not in valid OpenSSH public key format"); };
  if (text.size() > kMaxPublicKeyBytes) return refuse();
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return refuse();
  const std::string_view name = text.substr(0, space);
  const std::string_view encoded = text.substr(space + 1, text.find_first_of(" \r\n", space + 1) - space - 1);
  const auto blob = codec::Base64Decode(encoded);
  if (!blob) return refuse();
  const std::string line = std::string(name) + " " + std::string(encoded);
  if (name == "ssh-ed25519" && blob->size() == 51 && blob->starts_with(WireString("ssh-ed25519"))) {
    return KeyMaterial{"", line, Ed25519Fingerprint(*blob), KeyType::kEd25519};
  }
  if (name != "ssh-rsa") return refuse();
  auto fingerprint = ImportedRsaFingerprint(*blob);
  if (!fingerprint) return refuse();
  return KeyMaterial{"", line, std::move(*fingerprint), KeyType::kRsa};
}

}  // namespace opentrail::services::ec2
