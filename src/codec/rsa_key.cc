#include "codec/rsa_key.h"

#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace opentrail::codec {
namespace {

std::string Encode(EVP_PKEY* key, int selection, const char* structure) {
  const std::unique_ptr<OSSL_ENCODER_CTX, void (*)(OSSL_ENCODER_CTX*)> encoder(
      OSSL_ENCODER_CTX_new_for_pkey(key, selection, "DER", structure, nullptr), OSSL_ENCODER_CTX_free);
  unsigned char* data = nullptr;
  size_t size = 0;
  if (!encoder || OSSL_ENCODER_to_data(encoder.get(), &data, &size) != 1) return {};
  std::string der(reinterpret_cast<char*>(data), size);
  OPENSSL_clear_free(data, size);
  return der;
}

using DigestContext = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

Result<RsaKey> RsaKey::Generate(unsigned bits) {
  std::shared_ptr<EVP_PKEY> key(EVP_RSA_gen(bits), EVP_PKEY_free);
  if (!key) return MakeError(ErrorCode::kInternal, "OpenSSL could not make an RSA key of {} bits", bits);
  return RsaKey(std::move(key));
}

Result<RsaKey> RsaKey::FromPrivateDer(std::string_view der) {
  EVP_PKEY* key = nullptr;
  const std::unique_ptr<OSSL_DECODER_CTX, void (*)(OSSL_DECODER_CTX*)> decoder(
      OSSL_DECODER_CTX_new_for_pkey(&key, "DER", nullptr, "RSA", EVP_PKEY_KEYPAIR, nullptr, nullptr),
      OSSL_DECODER_CTX_free);
  const unsigned char* data = Bytes(der);
  size_t size = der.size();
  if (!decoder || OSSL_DECODER_from_data(decoder.get(), &data, &size) != 1) {
    return MakeError(ErrorCode::kCorrupt, "not an RSA private key");
  }
  return RsaKey(std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free));
}

std::string RsaKey::PrivateDer() const { return Encode(key_.get(), EVP_PKEY_KEYPAIR, "type-specific"); }

std::string RsaKey::PublicDer() const { return Encode(key_.get(), EVP_PKEY_PUBLIC_KEY, "type-specific"); }

std::string RsaKey::SignSha256(std::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(static_cast<size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  size_t size = signature.size();
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, Bytes(message),
                     message.size()) != 1) {
    return {};
  }
  signature.resize(size);
  return signature;
}

bool RsaKey::VerifySha256(std::string_view message, std::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
  return EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message), message.size()) == 1;
}

}  // namespace opentrail::codec
