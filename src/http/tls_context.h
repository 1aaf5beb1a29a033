#pragma once

#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "base/result.h"
#include "http/message.h"
#include "http/named_certificates.h"
#include "http/server.h"

// What the server and OpenSSL have to do with one another. Internal to http/.
namespace opentrail::http {

// TLS 1.2 and 1.3 with the given certificate, and with others where there is an authority (NamedCertificates).
class TlsContext {
 public:
  // suffixes: ServerOptions::tunnel_suffixes. kIo or kCorrupt name the file that cannot be used.
  static Result<std::unique_ptr<TlsContext>> Make(const TlsFiles& files, const std::vector<std::string>& suffixes);

  [[nodiscard]] boost::asio::ssl::context& context() { return context_; }

 private:
  TlsContext() : context_(boost::asio::ssl::context::tls_server) {}
  Status UseFiles(const TlsFiles& files);

  std::unique_ptr<NamedCertificates> named_;  // outlives what calls it
  boost::asio::ssl::context context_;
};

// Fills in the peer's TLS members after the handshake.
void DescribeTls(SSL* ssl, Peer& peer);

}  // namespace opentrail::http
