#include "http/certificate_maker.h"

#include <arpa/inet.h>

#include <algorithm>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace opentrail::http {
namespace {

constexpr int kServerDays = 365;
constexpr int kSerialBits = 120;

std::string AlternativeNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ',';
    text += (IsAddress(name) ? "IP:" : "DNS:") + name;
  }
  return text;
}

}  // namespace

std::unexpected<Error> OpenSslError(std::string_view doing) {
  return MakeError(ErrorCode::kInternal, "{}: {}", doing, ERR_error_string(ERR_get_error(), nullptr));
}

Certificate ReadCertificate(const std::string& path) {
  const Memory file(BIO_new_file(path.c_str(), "r"));
  return Certificate(file != nullptr ? PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

Key ReadKey(const std::string& path) {
  const Memory file(BIO_new_file(path.c_str(), "r"));
  return Key(file != nullptr ? PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool IsAddress(const std::string& name) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(AF_INET, name.c_str(), buffer) == 1 || inet_pton(AF_INET6, name.c_str(), buffer) == 1;
}

bool IsName(const std::string& name) {
  if (IsAddress(name)) return true;
  const std::string_view host = std::string_view(name).substr(name.starts_with("*.") ? 2 : 0);
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  });
}

Certificate NewCertificate(EVP_PKEY* key, std::string_view common_name, Time now, int days) {
  Certificate certificate(X509_new());
  X509* x = certificate.get();
  X509_set_version(x, 2);
  BIGNUM* serial = BN_new();
  BN_rand(serial, kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
  BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x));
  BN_free(serial);
  auto seconds = static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  X509_time_adj_ex(X509_getm_notBefore(x), -1, 0, &seconds);  // a day back: clocks differ
  X509_time_adj_ex(X509_getm_notAfter(x), days, 0, &seconds);
  X509_set_pubkey(x, key);
  X509_NAME* subject = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("opentrail"), -1, -1,
                             0);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name.data()),
                             static_cast<int>(common_name.size()), -1, 0);
  return certificate;
}

Result<Authority> ReadAuthority(const std::string& certificate_path, const std::string& key_path) {
  Authority authority{ReadCertificate(certificate_path), ReadKey(key_path)};
  if (authority.certificate != nullptr && authority.key != nullptr) return authority;
  return MakeError(ErrorCode::kCorrupt, "{} or {} cannot be read; remove both to make a new authority",
                   certificate_path, key_path);
}

Result<Certificate> MakeServerCertificate(const Authority& authority, EVP_PKEY* key,
                                          const std::vector<std::string>& names, Time now) {
  Certificate certificate = NewCertificate(key, names.front(), now, kServerDays);
  X509* x = certificate.get();
  X509* issuer = authority.certificate.get();
  X509_set_issuer_name(x, X509_get_subject_name(issuer));
  const bool made = AddExtension(x, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                    AddExtension(x, issuer, NID_key_usage, "critical,digitalSignature") &&
                    AddExtension(x, issuer, NID_ext_key_usage, "serverAuth") &&
                    AddExtension(x, issuer, NID_subject_key_identifier, "hash") &&
                    AddExtension(x, issuer, NID_authority_key_identifier, "keyid:always") &&
                    AddExtension(x, issuer, NID_subject_alt_name, AlternativeNames(names)) &&
                    X509_sign(x, authority.key.get(), EVP_sha256()) > 0;
  if (!made) return OpenSslError("making the server's certificate");
  return certificate;
}

}  // namespace opentrail::http
