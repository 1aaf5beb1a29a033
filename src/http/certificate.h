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

}  // namespace opentrail::http
