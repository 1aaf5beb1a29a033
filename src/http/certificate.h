#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace opentrail::http {

// A certificate authority of our own and a server certificate that it signed, in `directory`: ca.pem (to hand out),
// ca.key, server.pem, server.key; keys with mode 0600.
struct CertificateFiles {
  std::string ca_certificate, ca_key, server_certificate, server_key;
};

// Makes what is missing; renews the server certificate where it ends within 30 days of `now` or lacks one of the names
// (DNS names with wildcards, IP addresses). ECDSA P-256; the CA lasts ten years, the server certificate one.
Result<CertificateFiles> EnsureCertificates(const std::string& directory, const std::vector<std::string>& names,
                                            Time now);

// A certificate that is its own authority, to sign documents with: DIRECTORY/NAME.pem, and its key NAME.key, RSA of
// 2048 bits, with mode 0600.
struct SignerFiles {
  std::string certificate, key;
};
// Makes what is missing, which takes a tenth of a second; it lasts ten years.
Result<SignerFiles> EnsureSigner(const std::string& directory, const std::string& name, Time now);

}  // namespace opentrail::http
