#include "services/ec2/identity_signer.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "codec/text.h"

namespace opentrail::services::ec2 {
namespace {

class IdentitySignerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/opentrail-identity-XXXXXX";
    directory_ = mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // As `openssl dgst -sha256 -verify`, with the certificate that is handed out.
  bool Verifies(const std::string& signature, std::string_view document) {
    X509* certificate = Certificate();
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(certificate));
    const std::string raw = Decoded(signature);
    const bool good = EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(raw.data()), raw.size(),
                                       reinterpret_cast<const unsigned char*>(document.data()), document.size()) == 1;
    EVP_MD_CTX_free(context);
    X509_free(certificate);
    return good;
  }

  // What `openssl smime -verify -noverify -certfile` prints: the document inside; "" where its signature is not good.
  std::string ContentOf(const std::string& message) {
    X509* certificate = Certificate();
    const std::string der = Decoded(message);
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    PKCS7* parsed = d2i_PKCS7(nullptr, &at, static_cast<long>(der.size()));
    STACK_OF(X509)* certificates = sk_X509_new_null();
    sk_X509_push(certificates, certificate);
    BIO* out = BIO_new(BIO_s_mem());
    std::string content;
    if (PKCS7_verify(parsed, certificates, nullptr, nullptr, out, PKCS7_NOVERIFY) == 1) {
      char* data = nullptr;
      const long size = BIO_get_mem_data(out, &data);
      content.assign(data, static_cast<size_t>(size));
    }
    BIO_free(out);
    sk_X509_free(certificates);
    PKCS7_free(parsed);
    X509_free(certificate);
    return content;
  }

  [[nodiscard]] X509* Certificate() const {
    BIO* file = BIO_new_file((directory_ + "/identity.pem").c_str(), "r");
    X509* certificate = PEM_read_bio_X509(file, nullptr, nullptr, nullptr);
    BIO_free(file);
    return certificate;
  }

  static std::string Decoded(std::string text) {
    std::erase(text, '\n');
    return codec::Base64Decode(text).value_or("");
  }

  ManualClock clock_{Time(std::chrono::milliseconds(1'772'625'600'000))};
  std::string directory_;
};

constexpr std::string_view kDocument = "{\n  \"instanceId\" : \"i-0123456789abcdef0\"\n}";

TEST_F(IdentitySignerTest, SignsSoThatOpensslVerifies) {
  DocumentSigner signer(directory_, clock_);
  const std::string signature = signer.Signature(kDocument), message = signer.Pkcs7(kDocument);
  EXPECT_TRUE(Verifies(signature, kDocument));
  EXPECT_FALSE(Verifies(signature, "{}"));
  EXPECT_EQ(ContentOf(message), kDocument);
  for (const std::string& text : {signature, message}) {
    EXPECT_EQ(text.find('\n'), 64u);
    EXPECT_FALSE(text.ends_with('\n'));
  }
}

TEST_F(IdentitySignerTest, KeepsItsKey) {
  const std::string signature = DocumentSigner(directory_, clock_).Signature(kDocument);
  EXPECT_EQ(DocumentSigner(directory_, clock_).Signature(kDocument), signature);
  EXPECT_EQ(std::filesystem::status(directory_ + "/identity.key").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(IdentitySignerTest, SaysNothingWithoutAKey) {
  DocumentSigner signer(directory_ + "/nowhere", clock_);
  EXPECT_EQ(signer.Signature(kDocument), "");
  EXPECT_EQ(signer.Pkcs7(kDocument), "");
}

}  // namespace
}  // namespace opentrail::services::ec2
