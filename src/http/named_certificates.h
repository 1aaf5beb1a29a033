#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "base/result.h"
#include "http/certificate_maker.h"
#include "http/server.h"

// Internal to http/.
namespace opentrail::http {

// Certificates for names that clients ask for (RFC 6066 section 3) and that the server's own lacks: its list cannot say
// *.ecr.*.amazonaws.com. Each is made when it is first asked for, with the server's key, and kept in memory alone.
// Thread-safe.
class NamedCertificates {
 public:
  static constexpr size_t kMaxKept = 256;
  static constexpr size_t kMaxNameBytes = 253;

  // suffixes: only names under these are served (".amazonaws.com"). kCorrupt names the file that cannot be read.
  static Result<std::unique_ptr<NamedCertificates>> Load(const TlsFiles& files, std::vector<std::string> suffixes);

  // In the handshake, once the client has said its server's name: takes the certificate for it. Where it has none, the
  // server's own stays.
  void Choose(SSL* ssl);

 private:
  NamedCertificates(Certificate own, Key key, Authority authority, std::vector<std::string> suffixes)
      : own_(std::move(own)), key_(std::move(key)), authority_(std::move(authority)), suffixes_(std::move(suffixes)) {}
  [[nodiscard]] bool IsServed(const std::string& name) const;

  const Certificate own_;
  const Key key_;
  const Authority authority_;
  const std::vector<std::string> suffixes_;
  std::mutex mutex_;
  std::map<std::string, Certificate> made_;  // by name
};

}  // namespace opentrail::http
