#include "http/certificate.h"

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
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "http/certificate_maker.h"

namespace opentrail::http {
namespace {

constexpr int kAuthorityDays = 3650;
constexpr int kRenewDays = 30;

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
  const auto authority = ReadAuthority(files.ca_certificate, files.ca_key);
  if (!authority) return std::unexpected(authority.error());
  const Key key(EVP_EC_gen("P-256"));
  const auto certificate = MakeServerCertificate(*authority, key.get(), names, now);
  if (!certificate) return std::unexpected(certificate.error());
  return Store(files.server_certificate, certificate->get(), files.server_key, key.get());
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
  const Certificate certificate = ReadCertificate(files.server_certificate);
  const Certificate authority = ReadCertificate(files.ca_certificate);
  const Key key = ReadKey(files.server_key);
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
  const Certificate certificate = ReadCertificate(files.certificate);
  const Key key = ReadKey(files.key);
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
