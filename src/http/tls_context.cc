#include "http/tls_context.h"

#include <openssl/ssl.h>

namespace opentrail::http {

namespace ssl = boost::asio::ssl;

namespace {

int ChooseCertificate(SSL* ssl, int* /*alert*/, void* named) {
  static_cast<NamedCertificates*>(named)->Choose(ssl);
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::Make(const TlsFiles& files, const std::vector<std::string>& suffixes) {
  std::unique_ptr<TlsContext> made(new TlsContext());
  if (const Status used = made->UseFiles(files); !used) return std::unexpected(used.error());
  if (!files.authority_key.empty()) {
    auto named = NamedCertificates::Load(files, suffixes);
    if (!named) return std::unexpected(std::move(named.error()));
    made->named_ = std::move(*named);
    SSL_CTX* context = made->context_.native_handle();
    SSL_CTX_set_tlsext_servername_callback(context, ChooseCertificate);
    SSL_CTX_set_tlsext_servername_arg(context, made->named_.get());
  }
  return made;
}

Status TlsContext::UseFiles(const TlsFiles& files) {
  boost::system::error_code error;
  context_.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                           ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1,
                       error);
  context_.use_certificate_chain_file(files.certificate_chain, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", files.certificate_chain, error.message());
  context_.use_private_key_file(files.private_key, ssl::context::pem, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", files.private_key, error.message());
  SSL_CTX_set_mode(context_.native_handle(), SSL_MODE_RELEASE_BUFFERS);  // idle connections hold no buffers
  return {};
}

void DescribeTls(SSL* ssl, Peer& peer) {
  peer.tls_version = SSL_get_version(ssl);
  if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl)) peer.cipher_suite = SSL_CIPHER_standard_name(cipher);
  const int group = static_cast<int>(SSL_get_negotiated_group(ssl));
  const char* name = SSL_group_to_name(ssl, group);
  if (name != nullptr) peer.key_exchange = name;
}

}  // namespace opentrail::http
