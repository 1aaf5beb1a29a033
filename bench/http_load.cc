// Loads an AWS endpoint with signed requests over keep-alive connections and prints what it answered a second.
//   http_load --port 4566 --case read --connections 64 --seconds 5 --access-key AKIA... --secret ...
// Requests are signed before the clock starts, so that the load costs the machine as little as can be.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "codec/digest.h"
#include "codec/text.h"
#include "sigv4/signature.h"

namespace {

using namespace opentrail;
using Steady = std::chrono::steady_clock;

struct Options {
  uint16_t port = 4566;
  std::string name = "read";
  int connections = 64;
  double seconds = 5;
  std::string access_key, secret, token, bucket = "bench", group_id;
  int variants = 512;  // different requests that each connection goes through
};

struct Case {
  std::string service, method, path, body, content_type;
};

Case MakeCase(const Options& options, int connection, int variant) {
  if (options.name == "read") {
    return {"sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", "application/x-www-form-urlencoded"};
  }
  if (options.name == "describe") {
    return {"ec2", "POST", "/", "Action=DescribeSecurityGroups&Version=2016-11-15",
            "application/x-www-form-urlencoded"};
  }
  if (options.name == "write") {
    return {"ec2", "POST", "/",
            fmt::format("Action=CreateTags&Version=2016-11-15&ResourceId.1={}&Tag.1.Key=k{}&Tag.1.Value=v{}",
                        options.group_id, connection % 40, variant),
            "application/x-www-form-urlencoded"};
  }
  std::string content(4096, 'x');
  content.replace(0, 16, fmt::format("{:08}{:08}", connection, variant));
  return {"s3", "PUT", fmt::format("/{}/load/{}/{}", options.bucket, connection, variant), content,
          "application/octet-stream"};
}

std::string SignedRequest(const Options& options, const Case& call, Time now) {
  http::RequestHead head;
  head.method = call.method;
  head.target = head.path = call.path;
  head.fields.Add("Host", fmt::format("127.0.0.1:{}", options.port));
  head.fields.Add("Content-Type", call.content_type);
  if (call.service == "s3") head.fields.Add("X-Amz-Content-Sha256", codec::HexEncode(codec::Sha256(call.body)));
  sigv4::Sign(head, call.body, {options.access_key, options.secret, options.token}, "us-east-1", call.service, now);
  std::string text = fmt::format("{} {} HTTP/1.1\r\n", head.method, head.target);
  for (const auto& [name, value] : head.fields.entries()) text += fmt::format("{}: {}\r\n", name, value);
  return text + fmt::format("Content-Length: {}\r\n\r\n", call.body.size()) + call.body;
}

// One keep-alive connection: sends the next request whole once the answer to the last is there.
class Connection {
 public:
  Connection(const Options& options, int number) : port_(options.port) {
    const Time now = SystemClock().Now();
    for (int variant = 0; variant < options.variants; ++variant) {
      requests_.push_back(SignedRequest(options, MakeCase(options, number, variant), now));
    }
    Connect();
  }
  ~Connection() { close(socket_); }

  [[nodiscard]] int socket_number() const { return socket_; }

  void Send() {
    const std::string& request = requests_[next_++ % requests_.size()];
    for (size_t sent = 0; sent < request.size();) {
      const ssize_t n = send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) exit((perror("send"), 1));
      sent += static_cast<size_t>(n);
    }
    started_ = Steady::now();
  }

  // True when the server ended the connection with its last answer (HTTP/1.0, "Connection: close"): there is a new one.
  bool ReconnectIfClosed() {
    if (!std::exchange(closes_, false)) return false;
    close(socket_);
    Connect();
    return true;
  }

  // True when an answer is complete.
  bool Receive() {
    char buffer[16384];
    const ssize_t n = recv(socket_, buffer, sizeof buffer, 0);
    if (n <= 0) exit((fmt::print(stderr, "the server closed the connection\n"), 1));
    answer_.append(buffer, static_cast<size_t>(n));
    const size_t end = answer_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    return answer_.size() >= end + 4 + ContentLength(std::string_view(answer_).substr(0, end));
  }

  // Status and latency of the answer that Receive completed.
  std::pair<int, double> Take() {
    int status = 0;
    std::from_chars(answer_.data() + 9, answer_.data() + 12, status);
    if (status >= 300 && !complained_) {
      fmt::print(stderr, "{}\n", answer_.substr(0, 1200));
      complained_ = true;
    }
    closes_ = SaysClose();
    answer_.clear();
    return {status, std::chrono::duration<double, std::milli>(Steady::now() - started_).count()};
  }

 private:
  void Connect() {
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) exit((perror("connect"), 1));
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  [[nodiscard]] bool SaysClose() const {
    const std::string_view head = std::string_view(answer_).substr(0, answer_.find("\r\n\r\n"));
    return head.starts_with("HTTP/1.0") || head.find("\r\nConnection: close") != std::string_view::npos;
  }
  static size_t ContentLength(std::string_view head) {
    for (const std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "}) {
      const size_t at = head.find(name);
      if (at == std::string_view::npos) continue;
      size_t length = 0;
      std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
      return length;
    }
    return 0;
  }

  std::vector<std::string> requests_;
  size_t next_ = 0;
  uint16_t port_;
  int socket_ = -1;
  bool closes_ = false;
  std::string answer_;
  Steady::time_point started_;
  bool complained_ = false;
};

struct Tally {
  uint64_t good = 0, bad = 0;
  std::vector<double> latencies;
};

Tally Load(const Options& options, std::vector<std::unique_ptr<Connection>>& connections) {
  const int poll = epoll_create1(0);
  const auto watch = [poll](Connection* connection) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = connection}};
    epoll_ctl(poll, EPOLL_CTL_ADD, connection->socket_number(), &event);
  };
  for (auto& connection : connections) {
    watch(connection.get());
    connection->Send();
  }
  Tally tally;
  const auto end = Steady::now() + std::chrono::duration<double>(options.seconds);
  epoll_event events[256];
  while (Steady::now() < end) {
    const int count = epoll_wait(poll, events, 256, 100);
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(events[i].data.ptr);
      if (!connection->Receive()) continue;
      const auto [status, latency] = connection->Take();
      (status < 300 ? tally.good : tally.bad) += 1;
      tally.latencies.push_back(latency);
      if (connection->ReconnectIfClosed()) watch(connection);
      connection->Send();
    }
  }
  close(poll);
  return tally;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App program("Signed load on an AWS endpoint");
  program.add_option("--port", options.port);
  program.add_option("--case", options.name, "read, describe, write, put");
  program.add_option("--connections", options.connections);
  program.add_option("--seconds", options.seconds);
  program.add_option("--access-key", options.access_key);
  program.add_option("--secret", options.secret);
  program.add_option("--token", options.token);
  program.add_option("--bucket", options.bucket);
  program.add_option("--group-id", options.group_id);
  program.add_option("--variants", options.variants);
  CLI11_PARSE(program, argc, argv);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < options.connections; ++i) connections.push_back(std::make_unique<Connection>(options, i));
  const auto start = Steady::now();
  Tally tally = Load(options, connections);
  const double seconds = std::chrono::duration<double>(Steady::now() - start).count();
  std::ranges::sort(tally.latencies);
  const auto at = [&](double quantile) {
    return tally.latencies.empty()
               ? 0.0
               : tally.latencies[static_cast<size_t>(quantile * double(tally.latencies.size() - 1))];
  };
  fmt::print(R"({{"case":"{}","connections":{},"calls_per_second":{:.0f},"failed":{},"p50_ms":{:.3f},"p99_ms":{:.3f}}})"
             "\n",
             options.name, options.connections, double(tally.good) / seconds, tally.bad, at(0.5), at(0.99));
  return tally.bad == 0 ? 0 : 1;
}
