#pragma once

#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "base/result.h"
#include "http/message.h"
#include "http/server.h"

// What the server and OpenSSL have to do with one another. Internal to http/.
namespace opentrail::http {

// TLS 1.2 and 1.3 with the given certificate. kIo or kCorrupt name the file that cannot be used.
Result<std::unique_ptr<boost::asio::ssl::context>> MakeTlsContext(const TlsFiles& files);

// Fills in the peer's TLS members after the handshake.
void DescribeTls(SSL* ssl, Peer& peer);

}  // namespace opentrail::http
