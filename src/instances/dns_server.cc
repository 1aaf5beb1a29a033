#include "instances/dns_server.h"

#include <array>
#include <atomic>
#include <chrono>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace opentrail::instances {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using namespace asio::experimental::awaitable_operators;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr int kMaxConnections = 64;
constexpr int kMaxQueries = 128;  // of one connection
constexpr auto kIdle = std::chrono::seconds(10);
constexpr auto kPause = std::chrono::milliseconds(50);  // after an error that may pass

// "": nothing is answered.
std::string AnswerTo(std::string_view message, const std::string& vpc_id, const DnsNames& names) {
  const auto query = ParseDnsQuery(message);
  if (query) return WriteDnsAnswer(*query, names.Resolve(vpc_id, query->name, query->type));
  return query.error() ? WriteDnsRefusal(*query.error()) : std::string();
}

}  // namespace

struct DnsServer::State : std::enable_shared_from_this<DnsServer::State> {
  State(asio::any_io_executor with, const DnsNames& of) : executor(std::move(with)), names(of) {}

  asio::any_io_executor executor;
  const DnsNames& names;
  std::atomic<int> connections{0};

  asio::awaitable<void> ServeDatagrams(std::string vpc_id, udp::socket socket) {
    std::array<char, kMaxDnsMessageBytes> buffer{};
    for (;;) {
      udp::endpoint peer;
      const auto [error, got] = co_await socket.async_receive_from(asio::buffer(buffer), peer, kNoThrow);
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        asio::steady_timer pause(executor, kPause);
        co_await pause.async_wait(kNoThrow);
        continue;
      }
      const std::string answer = AnswerTo(std::string_view(buffer.data(), got), vpc_id, names);
      // A client that has no room for its answer asks again.
      if (!answer.empty()) co_await socket.async_send_to(asio::buffer(answer), peer, kNoThrow);
    }
  }

  asio::awaitable<void> Accept(std::string vpc_id, tcp::acceptor acceptor) {
    for (;;) {
      auto [error, socket] = co_await acceptor.async_accept(kNoThrow);
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        asio::steady_timer pause(executor, kPause);
        co_await pause.async_wait(kNoThrow);
      } else if (connections < kMaxConnections) {
        ++connections;
        asio::co_spawn(executor, ServeConnection(vpc_id, std::move(socket)),
                       [keep = shared_from_this()](const std::exception_ptr&) { --keep->connections; });
      }
    }
  }

  asio::awaitable<void> ServeConnection(std::string vpc_id, tcp::socket socket) {
    bool goes_on = true;
    for (int i = 0; i < kMaxQueries && goes_on; ++i) {
      asio::steady_timer idle(executor, kIdle);
      const auto first = co_await (ServeOne(vpc_id, socket) || idle.async_wait(kNoThrow));
      goes_on = first.index() == 0 && std::get<0>(first);
    }
  }

  // A message with its length before it. False where the connection has ended.
  asio::awaitable<bool> ServeOne(const std::string& vpc_id, tcp::socket& socket) {
    std::array<uint8_t, 2> length{};
    const auto [header_error, header] = co_await asio::async_read(socket, asio::buffer(length), kNoThrow);
    const size_t size = static_cast<size_t>(length[0]) << 8 | length[1];
    if (header_error || header != length.size() || size > kMaxDnsMessageBytes) co_return false;
    std::string message(size, '\0');
    const auto [error, got] = co_await asio::async_read(socket, asio::buffer(message), kNoThrow);
    if (error || got != size) co_return false;
    const std::string answer = AnswerTo(message, vpc_id, names);
    if (answer.empty()) co_return false;
    std::string framed = {static_cast<char>(answer.size() >> 8), static_cast<char>(answer.size() & 0xff)};
    framed += answer;
    const auto [write_error, sent] = co_await asio::async_write(socket, asio::buffer(framed), kNoThrow);
    co_return !write_error && sent == framed.size();
  }
};

DnsServer::DnsServer(asio::any_io_executor executor, const DnsNames& names)
    : state_(std::make_shared<State>(std::move(executor), names)) {}

DnsServer::~DnsServer() = default;

Status DnsServer::AddDatagramSocket(const std::string& vpc_id, FileDescriptor socket) {
  udp::socket taken(state_->executor);
  boost::system::error_code error;
  taken.assign(udp::v4(), socket.get(), error);
  if (error) return MakeError(ErrorCode::kIo, "not a datagram socket: {}", error.message());
  (void)socket.Release();  // it is the taken one's now
  asio::co_spawn(state_->executor, state_->ServeDatagrams(vpc_id, std::move(taken)),
                 [keep = state_](const std::exception_ptr&) {});
  return {};
}

Status DnsServer::AddListener(const std::string& vpc_id, FileDescriptor socket) {
  tcp::acceptor taken(state_->executor);
  boost::system::error_code error;
  taken.assign(tcp::v4(), socket.get(), error);
  if (error) return MakeError(ErrorCode::kIo, "not a listening socket: {}", error.message());
  (void)socket.Release();  // it is the taken one's now
  asio::co_spawn(state_->executor, state_->Accept(vpc_id, std::move(taken)),
                 [keep = state_](const std::exception_ptr&) {});
  return {};
}

}  // namespace opentrail::instances
