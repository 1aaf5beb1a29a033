#include "http/named_certificates.h"

#include <algorithm>

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace opentrail::http {

Result<std::unique_ptr<NamedCertificates>> NamedCertificates::Load(const TlsFiles& files,
                                                                   std::vector<std::string> suffixes) {
  Certificate own = ReadCertificate(files.certificate_chain);
  Key key = ReadKey(files.private_key);
  if (own == nullptr || key == nullptr) {
    return MakeError(ErrorCode::kCorrupt, "{} or {} cannot be read", files.certificate_chain, files.private_key);
  }
  auto authority = ReadAuthority(files.authority_certificate, files.authority_key);
  if (!authority) return std::unexpected(std::move(authority.error()));
  return std::unique_ptr<NamedCertificates>(
      new NamedCertificates(std::move(own), std::move(key), std::move(*authority), std::move(suffixes)));
}

bool NamedCertificates::IsServed(const std::string& name) const {
  return name.size() <= kMaxNameBytes && name.front() != '.' && IsName(name) && !IsAddress(name) &&
         std::ranges::any_of(suffixes_, [&](const std::string& suffix) { return name.ends_with(suffix); });
}

void NamedCertificates::Choose(SSL* ssl) {
  const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (asked == nullptr || *asked == '\0') return;
  const std::string name = asked;
  if (X509_check_host(own_.get(), name.data(), name.size(), 0, nullptr) == 1 || !IsServed(name)) return;
  const std::lock_guard lock(mutex_);
  auto found = made_.find(name);
  if (found == made_.end()) {
    auto certificate = MakeServerCertificate(authority_, key_.get(), {name}, SystemClock().Now());
    if (!certificate) return ERR_clear_error();
    if (made_.size() >= kMaxKept) made_.clear();
    found = made_.emplace(name, std::move(*certificate)).first;
  }
  SSL_use_certificate(ssl, found->second.get());
  ERR_clear_error();  // what is left in the queue would be taken for the handshake's
}

}  // namespace opentrail::http
