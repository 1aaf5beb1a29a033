#include "http/tls_context.h"

#include <openssl/ssl.h>

namespace opentrail::http {

namespace ssl = boost::asio::ssl;

Result<std::unique_ptr<ssl::context>> MakeTlsContext(const TlsFiles& files) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                           ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1,
                       error);
  context->use_certificate_chain_file(files.certificate_chain, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", files.certificate_chain, error.message());
  context->use_private_key_file(files.private_key, ssl::context::pem, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", files.private_key, error.message());
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);  // idle connections hold no buffers
  return context;
}

void DescribeTls(SSL* ssl, Peer& peer) {
  peer.tls_version = SSL_get_version(ssl);
  if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl)) peer.cipher_suite = SSL_CIPHER_standard_name(cipher);
  const int group = static_cast<int>(SSL_get_negotiated_group(ssl));
  const char* name = SSL_group_to_name(ssl, group);
  if (name != nullptr) peer.key_exchange = name;
}

}  // namespace opentrail::http
