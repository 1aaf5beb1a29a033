#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/clock.h"
#include "base/result.h"

// Certificates (RFC 5280) by OpenSSL. Internal to http/. Thread-safe.
namespace opentrail::http {

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

// kInternal with OpenSSL's own words.
std::unexpected<Error> OpenSslError(std::string_view doing);

// Of a PEM file; nullptr where it cannot be read.
[[nodiscard]] Certificate ReadCertificate(const std::string& path);
[[nodiscard]] Key ReadKey(const std::string& path);

// Of OpenSSL's configuration syntax: (NID_basic_constraints, "critical,CA:FALSE").
bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value);

// A DNS name, perhaps with * as its first label, or an IP address: what may stand in a certificate's names as it is.
[[nodiscard]] bool IsName(const std::string& name);
[[nodiscard]] bool IsAddress(const std::string& name);

// Not signed yet; valid from a day before `now`, for `days`.
[[nodiscard]] Certificate NewCertificate(EVP_PKEY* key, std::string_view common_name, Time now, int days);

struct Authority {
  Certificate certificate;
  Key key;
};
// kCorrupt names the files where one cannot be read.
Result<Authority> ReadAuthority(const std::string& certificate_path, const std::string& key_path);

// A server's, for a year; names: as IsName, at least one.
Result<Certificate> MakeServerCertificate(const Authority& authority, EVP_PKEY* key,
                                          const std::vector<std::string>& names, Time now);

}  // namespace opentrail::http
