#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/server.h"

// A blocking client that sends exactly the bytes it is told to, and a handler that does what the path says.
namespace opentrail::http {

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  [[nodiscard]] bool Has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

class TestClient {
 public:
  explicit TestClient(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_open_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~TestClient() { ::close(socket_); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] int socket() const { return socket_; }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void EndSending() { ::shutdown(socket_, SHUT_WR); }

  // The next answer; nullopt where the connection ends first, or nothing comes for a while.
  std::optional<Answer> Receive(bool to_head = false) {
    size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return std::nullopt;
    }
    Answer answer{.head = buffer_.substr(0, end + 4)};
    buffer_.erase(0, end + 4);
    std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
    size_t length = 0;
    if (const size_t at = answer.head.find("Content-Length: "); at != std::string::npos && !to_head) {
      std::from_chars(answer.head.data() + at + 16, answer.head.data() + answer.head.size(), length);
    }
    while (buffer_.size() < length) {
      if (!Fill()) return std::nullopt;
    }
    answer.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return answer;
  }
  std::optional<Answer> Ask(std::string_view bytes) {
    if (!Send(bytes)) return std::nullopt;
    return Receive();
  }
  // The server has ended the connection.
  bool IsClosed(int timeout_ms = 5000) {
    pollfd poll{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&poll, 1, timeout_ms) != 1) return false;
    char byte = 0;
    return ::recv(socket_, &byte, 1, MSG_PEEK) <= 0;
  }

 private:
  bool Fill() {
    pollfd poll{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&poll, 1, 10'000) != 1) return false;
    char bytes[16384];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(got));
    return true;
  }

  int socket_;
  bool is_open_ = false;
  std::string buffer_;
};

// "abcdefgh..." of any size, never in memory.
class PatternSource final : public BodySource {
 public:
  PatternSource(uint64_t promised, uint64_t given) : promised_(promised), left_(given) {}
  [[nodiscard]] uint64_t size() const override { return promised_; }
  int64_t Read(char* buffer, size_t capacity) override {
    if (left_ == 0 && given_ < promised_) return -1;
    const size_t count = std::min<uint64_t>(capacity, left_);
    for (size_t i = 0; i < count; ++i) buffer[i] = At(given_ + i);
    given_ += count;
    left_ -= count;
    return static_cast<int64_t>(count);
  }
  static char At(uint64_t place) { return static_cast<char>('a' + place % 26); }

 private:
  uint64_t promised_, left_, given_ = 0;
};

class TestHandler final : public Handler {
 public:
  boost::asio::awaitable<Response> Handle(RequestHead head, RequestBody& body) override {
    ++calls;
    Response response;
    const auto number = [&] {
      uint64_t value = 0;
      std::from_chars(head.query.data(), head.query.data() + head.query.size(), value);
      return value;
    };
    if (head.path == "/echo") {
      auto whole = co_await body.ReadAll(1 << 20);
      if (whole) {
        response.body = std::move(*whole);
      } else {
        response.status = whole.error().code == ErrorCode::kLimitExceeded ? 413 : 400;
      }
    } else if (head.path == "/count") {
      uint64_t count = 0;
      for (;;) {
        const auto piece = co_await body.ReadSome();
        if (!piece) {
          response.status = 400;
          break;
        }
        if (piece->empty()) break;
        count += piece->size();
      }
      response.body = std::to_string(count);
    } else if (head.path == "/pattern") {
      response.source = std::make_unique<PatternSource>(number(), number());
    } else if (head.path == "/short") {
      response.source = std::make_unique<PatternSource>(number(), number() / 2);
    } else if (head.path == "/slow") {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::milliseconds(number()));
      co_await timer.async_wait(boost::asio::use_awaitable);
      response.body = "slow";
    } else if (head.path == "/throw") {
      throw std::runtime_error("a handler that fails");
    } else if (head.path == "/head") {
      response.content_length = 12345;
    } else if (head.path == "/status") {
      response.status = static_cast<int>(number());
    } else if (head.path == "/break") {
      response.fields.Add("X-Value", "a\r\nSet-Cookie: b");
    } else {
      response.body = head.method + " " + head.path + " ? " + head.query + " " + head.peer.address + " " +
                      head.peer.tls_version + " " + head.peer.cipher_suite + " " + head.peer.key_exchange;
    }
    co_return response;
  }

  std::atomic<int> calls{0};
};

}  // namespace opentrail::http
