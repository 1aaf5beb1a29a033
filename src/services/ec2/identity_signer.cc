#include "services/ec2/identity_signer.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "codec/text.h"
#include "http/certificate.h"

namespace opentrail::services::ec2 {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Memory = std::unique_ptr<BIO, Freer<BIO_free_all>>;

constexpr size_t kLine = 64;  // as PEM has it: AWS leaves only the marks around it away

std::string Lines(std::string_view bytes) {
  const std::string text = codec::Base64Encode(bytes);
  std::string lines;
  for (size_t i = 0; i < text.size(); i += kLine) lines += (i == 0 ? "" : "\n") + text.substr(i, kLine);
  return lines;
}

}  // namespace

struct DocumentSigner::Keys {
  std::unique_ptr<X509, Freer<X509_free>> certificate;
  std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>> key;
};

DocumentSigner::DocumentSigner(std::string directory, Clock& clock) : directory_(std::move(directory)), clock_(clock) {}
DocumentSigner::~DocumentSigner() = default;

const DocumentSigner::Keys* DocumentSigner::EnsureKeys() {
  if (keys_) return keys_.get();
  const auto files = http::EnsureSigner(directory_, "identity", clock_.Now());
  if (!files) {
    fmt::print(stderr, "identity documents are not signed: {}\n", files.error().message);
    return nullptr;
  }
  const Memory certificate(BIO_new_file(files->certificate.c_str(), "r")), key(BIO_new_file(files->key.c_str(), "r"));
  auto keys = std::make_unique<Keys>();
  if (certificate != nullptr && key != nullptr) {
    keys->certificate.reset(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
    keys->key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
  }
  if (keys->certificate == nullptr || keys->key == nullptr) return nullptr;
  keys_ = std::move(keys);
  return keys_.get();
}

std::string DocumentSigner::Signature(std::string_view document) {
  const std::lock_guard lock(mutex_);
  const Keys* keys = EnsureKeys();
  const std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  if (keys == nullptr || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, keys->key.get()) != 1)
    return {};
  const auto* bytes = reinterpret_cast<const unsigned char*>(document.data());
  size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, bytes, document.size()) != 1) return {};
  std::string signature(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, bytes, document.size()) != 1) return {};
  signature.resize(size);
  return Lines(signature);
}

std::string DocumentSigner::Pkcs7(std::string_view document) {
  const std::lock_guard lock(mutex_);
  const Keys* keys = EnsureKeys();
  if (keys == nullptr) return {};
  const Memory content(BIO_new_mem_buf(document.data(), static_cast<int>(document.size())));
  constexpr int kFlags = PKCS7_BINARY | PKCS7_NOCERTS;
  const std::unique_ptr<PKCS7, Freer<PKCS7_free>> message(
      PKCS7_sign(nullptr, nullptr, nullptr, nullptr, kFlags | PKCS7_PARTIAL));
  if (message == nullptr ||
      PKCS7_sign_add_signer(message.get(), keys->certificate.get(), keys->key.get(), EVP_sha256(), kFlags) == nullptr ||
      PKCS7_final(message.get(), content.get(), kFlags) != 1) {
    return {};
  }
  const int size = i2d_PKCS7(message.get(), nullptr);
  std::string der(static_cast<size_t>(std::max(size, 0)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  if (size <= 0 || i2d_PKCS7(message.get(), &out) != size) return {};
  return Lines(der);
}

}  // namespace opentrail::services::ec2
