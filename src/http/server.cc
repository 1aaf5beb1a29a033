#include "http/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/thread.h"
#include "http/connection.h"
#include "http/deadline.h"
#include "http/response_head.h"
#include "http/tls_context.h"

namespace opentrail::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kStopGrace = std::chrono::seconds(5);
constexpr auto kAcceptPause = std::chrono::milliseconds(50);  // after an accept that failed: no file descriptors, say
constexpr int64_t kMaxSweepMs = 250;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

// Deadlines are kept to within an eighth, or kMaxSweepMs.
std::chrono::milliseconds SweepInterval(const ServerLimits& limits) {
  const int64_t least = std::min({limits.header_timeout_ms, limits.idle_timeout_ms, limits.body_timeout_ms});
  return std::chrono::milliseconds(std::clamp<int64_t>(least / 8, 1, kMaxSweepMs));
}

// The answer to one connection too many; as much of it as leaves at once.
void TurnAway(tcp::socket socket) {
  std::string text;
  const Response response = PlainAnswer(503);
  AppendHead(text, response, response.body.size(), Afterwards::kClose, {});
  text += response.body;
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(text), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

// A thread and its connections: each connection lives on one of them, so that nothing of it is shared or locked.
struct Worker {
  Deadlines deadlines;  // before the loop: connections that die with it still leave their deadlines
  asio::io_context loop{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{loop.get_executor()};
  std::thread thread;
};

asio::awaitable<void> SweepDeadlines(Worker& worker, std::chrono::milliseconds interval) {
  asio::steady_timer timer(worker.loop);
  for (;;) {
    timer.expires_after(interval);
    co_await timer.async_wait(kNoThrow);
    worker.deadlines.Sweep();
  }
}

class ThreadedServer final : public Server {
 public:
  ThreadedServer(const ServerOptions& options, Handler& handler, std::unique_ptr<TlsContext> tls)
      : options_(options),
        tls_(std::move(tls)),
        context_{options_, handler, tls_ != nullptr ? &tls_->context() : nullptr, stopping_} {
    for (int i = 0; i < std::max(1, options_.threads); ++i) workers_.push_back(std::make_unique<Worker>());
  }
  ~ThreadedServer() override { Stop(); }

  Status Listen() {
    Run();
    if (options_.address.empty()) return {};
    error_code error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return MakeError(ErrorCode::kInvalidArgument, "--address {}: not an IP address", options_.address);
    tcp::acceptor acceptor(workers_.front()->loop);
    const tcp::endpoint endpoint(address, options_.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) {
      return MakeError(ErrorCode::kIo, "cannot listen on {} port {}: {}; choose another with --port", options_.address,
                       options_.port, error.message());
    }
    port_ = acceptor.local_endpoint().port();
    AddAcceptor({}, std::move(acceptor));
    return {};
  }

  Status AddListener(std::string name, int socket) override {
    tcp::acceptor acceptor(workers_.front()->loop);
    error_code error;
    acceptor.assign(tcp::v4(), socket, error);
    if (error) return MakeError(ErrorCode::kIo, "{}: not a listening socket: {}", name, error.message());
    AddAcceptor(std::move(name), std::move(acceptor));
    return {};
  }

  void RemoveListeners(const std::string& name) override {
    asio::post(workers_.front()->loop, [this, name] {
      error_code ignored;
      for (Listener& listener : listeners_) {
        if (listener.name == name) listener.acceptor.close(ignored);
      }
    });
  }

  [[nodiscard]] uint16_t port() const override { return port_; }
  [[nodiscard]] asio::any_io_executor executor() override { return workers_.front()->loop.get_executor(); }

  void Stop() override {
    const std::lock_guard lock(stop_mutex_);
    if (stopping_.exchange(true)) return;
    asio::post(workers_.front()->loop, [this] {
      error_code ignored;
      for (Listener& listener : listeners_) listener.acceptor.close(ignored);
    });
    // Idle connections wait for a request that may never come: only running requests are waited for.
    const auto deadline = std::chrono::steady_clock::now() + kStopGrace;
    while (context_.requests > 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    for (auto& worker : workers_) worker->loop.stop();
    for (auto& worker : workers_) {
      if (worker->thread.joinable()) worker->thread.join();
    }
  }

 private:
  void Run() {
    for (auto& worker : workers_) {
      asio::co_spawn(worker->loop, SweepDeadlines(*worker, SweepInterval(options_.limits)), asio::detached);
    }
    for (auto& worker : workers_)
      worker->thread = std::thread([&loop = worker->loop] {
        DescribeThread("http");
        loop.run();
      });
  }

  // Touched on the front worker's thread alone.
  struct Listener {
    std::string name;
    tcp::acceptor acceptor;
  };

  void AddAcceptor(std::string name, tcp::acceptor acceptor) {
    auto made = std::make_shared<Listener>(std::move(name), std::move(acceptor));  // shared: a posted task is copied
    asio::post(workers_.front()->loop, [this, made] {
      const auto listener = listeners_.emplace(listeners_.end(), std::move(*made));
      asio::co_spawn(workers_.front()->loop, Accept(*listener),
                     [this, listener](const std::exception_ptr&) { listeners_.erase(listener); });
    });
  }

  asio::awaitable<void> Accept(Listener& listener) {
    for (size_t next = 0; !stopping_; ++next) {
      Worker& worker = *workers_[next % workers_.size()];
      auto [error, socket] = co_await listener.acceptor.async_accept(worker.loop, kNoThrow);
      if (stopping_ || !listener.acceptor.is_open()) co_return;
      if (error) {
        asio::steady_timer pause(workers_.front()->loop, kAcceptPause);
        co_await pause.async_wait(kNoThrow);
      } else if (connections_ >= options_.limits.connections) {
        TurnAway(std::move(socket));
      } else {
        ++connections_;
        asio::co_spawn(worker.loop, ServeConnection(std::move(socket), listener.name, context_, worker.deadlines),
                       [this](const std::exception_ptr&) { --connections_; });
      }
    }
  }

  ServerOptions options_;
  std::unique_ptr<TlsContext> tls_;
  std::atomic<bool> stopping_{false};
  std::mutex stop_mutex_;
  std::atomic<size_t> connections_{0};
  ConnectionContext context_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::list<Listener> listeners_;  // after the workers: closed while their loops are still there
  uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Handler& handler) {
  std::unique_ptr<TlsContext> tls;
  if (options.tls) {
    auto made = TlsContext::Make(*options.tls, options.tunnel_suffixes);
    if (!made) return std::unexpected(std::move(made.error()));
    tls = std::move(*made);
  }
  auto server = std::make_unique<ThreadedServer>(options, handler, std::move(tls));
  if (const Status status = server->Listen(); !status) return std::unexpected(status.error());
  return server;
}

}  // namespace opentrail::http
