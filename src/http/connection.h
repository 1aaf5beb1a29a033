#pragma once

#include <atomic>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "http/deadline.h"
#include "http/server.h"

namespace opentrail::http {

// What the connections of a server share. Outlives them.
struct ConnectionContext {
  const ServerOptions& options;
  Handler& handler;
  boost::asio::ssl::context* tls;  // nullptr: plain alone
  const std::atomic<bool>& stopping;
  std::atomic<size_t> requests{0};  // being answered right now
};

// Serves one connection until it ends: TLS or plain by its first byte, then one request after another. `listener` is
// Peer::listener, `deadlines` are those of the thread that runs it.
boost::asio::awaitable<void> ServeConnection(boost::asio::ip::tcp::socket socket, std::string listener,
                                             ConnectionContext& context, Deadlines& deadlines);

}  // namespace opentrail::http
