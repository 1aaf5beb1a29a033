#include "http/certificate.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace opentrail::http {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Memory = std::unique_ptr<BIO, Freer<BIO_free_all>>;

constexpr int kAuthorityDays = 3650;
constexpr int kServerDays = 365;
constexpr int kRenewDays = 30;
constexpr int kSerialBits = 120;

std::unexpected<Error> OpenSslError(std::string_view doing) {
  return MakeError(ErrorCode::kInternal, "{}: {}", doing, ERR_error_string(ERR_get_error(), nullptr));
}

std::string Written(const std::function<int(BIO*)>& write) {
  const Memory memory(BIO_new(BIO_s_mem()));
  if (write(memory.get()) != 1) return {};
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(memory.get(), &data));
  return {data, size};
}

// Written beside and renamed: nobody sees half a file, or a key that others may read.
Status WriteFile(const std::string& path, const std::string& text, mode_t mode) {
  const std::string temporary = path + ".new";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  const bool written = file >= 0 && fchmod(file, mode) == 0 &&
                       write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  if (file >= 0) close(file);
  if (!written || rename(temporary.c_str(), path.c_str()) != 0) {
    return MakeError(ErrorCode::kIo, "{}: cannot be written", path);
  }
  return {};
}

template <typename T>
std::unique_ptr<T, std::conditional_t<std::is_same_v<T, X509>, Freer<X509_free>, Freer<EVP_PKEY_free>>> ReadPem(
    const std::string& path) {
  const Memory file(BIO_new_file(path.c_str(), "r"));
  if (file == nullptr) return nullptr;
  if constexpr (std::is_same_v<T, X509>) {
    return Certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  } else {
    return Key(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
  }
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

// A DNS name, perhaps with * as its first label, or an address: what may stand in the list of names as it is.
bool IsName(const std::string& name) {
  if (IsAddress(name)) return true;
  const std::string_view host = std::string_view(name).substr(name.starts_with("*.") ? 2 : 0);
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  });
}

std::string AlternativeNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ',';
    text += (IsAddress(name) ? "IP:" : "DNS:") + name;
  }
  return text;
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

Status Store(const std::string& certificate_path, X509* certificate, const std::string& key_path, EVP_PKEY* key) {
  const std::string key_text =
      Written([&](BIO* out) { return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
  const std::string text = Written([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
  if (key_text.empty() || text.empty()) return OpenSslError("writing a certificate");
  if (const Status status = WriteFile(key_path, key_text, 0600); !status) return status;
  return WriteFile(certificate_path, text, 0644);
}

Status MakeAuthority(const CertificateFiles& files, Time now) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = NewCertificate(key.get(), "opentrail local authority", now, kAuthorityDays);
  X509* x = certificate.get();
  X509_set_issuer_name(x, X509_get_subject_name(x));
  const bool made = AddExtension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    AddExtension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    AddExtension(x, x, NID_subject_key_identifier, "hash") &&
                    AddExtension(x, x, NID_authority_key_identifier, "keyid:always") &&
                    X509_sign(x, key.get(), EVP_sha256()) > 0;
  if (!made) return OpenSslError("making the certificate authority");
  return Store(files.ca_certificate, x, files.ca_key, key.get());
}

Status MakeServer(const CertificateFiles& files, const std::vector<std::string>& names, Time now) {
  const Certificate authority = ReadPem<X509>(files.ca_certificate);
  const Key authority_key = ReadPem<EVP_PKEY>(files.ca_key);
  if (authority == nullptr || authority_key == nullptr) {
    return MakeError(ErrorCode::kCorrupt, "{} or {} cannot be read; remove both to make a new authority",
                     files.ca_certificate, files.ca_key);
  }
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = NewCertificate(key.get(), names.front(), now, kServerDays);
  X509* x = certificate.get();
  X509_set_issuer_name(x, X509_get_subject_name(authority.get()));
  const bool made = AddExtension(x, authority.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                    AddExtension(x, authority.get(), NID_key_usage, "critical,digitalSignature") &&
                    AddExtension(x, authority.get(), NID_ext_key_usage, "serverAuth") &&
                    AddExtension(x, authority.get(), NID_subject_key_identifier, "hash") &&
                    AddExtension(x, authority.get(), NID_authority_key_identifier, "keyid:always") &&
                    AddExtension(x, authority.get(), NID_subject_alt_name, AlternativeNames(names)) &&
                    X509_sign(x, authority_key.get(), EVP_sha256()) > 0;
  if (!made) return OpenSslError("making the server's certificate");
  return Store(files.server_certificate, x, files.server_key, key.get());
}

// The certificate's own list is read: OpenSSL matches no host with a wildcard over a single label (*.localhost).
bool HasName(X509* certificate, const std::string& name) {
  if (IsAddress(name)) return X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
  const std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* entry = sk_GENERAL_NAME_value(names.get(), i);
    if (entry->type != GEN_DNS) continue;
    const auto* text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(entry->d.dNSName));
    const auto size = static_cast<size_t>(ASN1_STRING_length(entry->d.dNSName));
    if (size == name.size() && strncasecmp(text, name.data(), size) == 0) return true;
  }
  return false;
}

bool IsGood(const CertificateFiles& files, const std::vector<std::string>& names, Time now) {
  const Certificate certificate = ReadPem<X509>(files.server_certificate);
  const Certificate authority = ReadPem<X509>(files.ca_certificate);
  const Key key = ReadPem<EVP_PKEY>(files.server_key);
  if (certificate == nullptr || authority == nullptr || key == nullptr) return false;
  if (X509_check_private_key(certificate.get(), key.get()) != 1) return false;
  if (X509_verify(certificate.get(), X509_get0_pubkey(authority.get())) != 1) return false;
  auto until = static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()) +
               kRenewDays * 86400L;
  if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &until) <= 0) return false;
  return std::ranges::all_of(names, [&](const std::string& name) { return HasName(certificate.get(), name); });
}

Status MakeSigner(const SignerFiles& files, const std::string& name, Time now) {
  constexpr unsigned kBits = 2048;
  const Key key(EVP_RSA_gen(kBits));
  if (key == nullptr) return OpenSslError("making a signer's key");
  const Certificate certificate = NewCertificate(key.get(), name, now, kAuthorityDays);
  X509* x = certificate.get();
  X509_set_issuer_name(x, X509_get_subject_name(x));
  const bool made = AddExtension(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    AddExtension(x, x, NID_subject_key_identifier, "hash") && X509_sign(x, key.get(), EVP_sha256()) > 0;
  if (!made) return OpenSslError("making a signer's certificate");
  return Store(files.certificate, x, files.key, key.get());
}

}  // namespace

Result<SignerFiles> EnsureSigner(const std::string& directory, const std::string& name, Time now) {
  SignerFiles files{directory + "/" + name + ".pem", directory + "/" + name + ".key"};
  const Certificate certificate = ReadPem<X509>(files.certificate);
  const Key key = ReadPem<EVP_PKEY>(files.key);
  if (certificate != nullptr && key != nullptr && X509_check_private_key(certificate.get(), key.get()) == 1)
    return files;
  if (const Status made = MakeSigner(files, name, now); !made) return std::unexpected(made.error());
  return files;
}

Result<CertificateFiles> EnsureCertificates(const std::string& directory, const std::vector<std::string>& names,
                                            Time now) {
  const CertificateFiles files{directory + "/ca.pem", directory + "/ca.key", directory + "/server.pem",
                               directory + "/server.key"};
  if (names.empty()) return MakeError(ErrorCode::kInvalidArgument, "a certificate needs a name");
  for (const std::string& name : names) {
    if (IsName(name)) continue;
    return MakeError(ErrorCode::kInvalidArgument, "'{}' is neither a DNS name nor an IP address", name);
  }
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", directory, error.message());
  if (IsGood(files, names, now)) return files;
  if (!std::filesystem::exists(files.ca_certificate) || !std::filesystem::exists(files.ca_key)) {
    if (const Status status = MakeAuthority(files, now); !status) return std::unexpected(status.error());
  }
  if (const Status status = MakeServer(files, names, now); !status) return std::unexpected(status.error());
  return files;
}

}  // namespace opentrail::http
