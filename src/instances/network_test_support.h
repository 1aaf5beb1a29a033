#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "instances/file_descriptor.h"
#include "instances/network.h"
#include "instances/network_address.h"
#include "instances/network_namespace.h"
#include "instances/network_socket.h"

// A network with hosts that are namespaces alone: their sockets are this process's.
namespace opentrail::instances {

// How long what must arrive is waited for, and what must not.
inline constexpr int kArrivalMs = 5'000, kSilenceMs = 120;

enum class Outcome : uint8_t { kConnected, kSilence, kRefused, kUnreachable };
inline std::ostream& operator<<(std::ostream& out, Outcome outcome) {
  static constexpr std::string_view kNames[] = {"connected", "silence", "refused", "unreachable"};
  return out << kNames[static_cast<size_t>(outcome)];
}

// A socket in a namespace.
inline FileDescriptor SocketIn(int network_namespace, int type, int protocol = 0) {
  FileDescriptor made;
  const Status status = InNetworkNamespace(network_namespace, [&]() -> Status {
    made.Reset(socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
    return made ? Status() : MakeError(ErrorCode::kIo, "no socket");
  });
  EXPECT_TRUE(status) << status.error().message;
  return made;
}

inline sockaddr_in TestNameOf(std::string_view address, uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(Ipv4::Parse(address).value_or(Ipv4{}).bits);
  return name;
}

inline bool WaitFor(const FileDescriptor& socket, short events, int milliseconds) {
  pollfd waited{.fd = socket.get(), .events = events, .revents = 0};
  return poll(&waited, 1, milliseconds) == 1;
}

// A TCP connection that one end began.
struct Connection {
  FileDescriptor socket;
  Outcome outcome = Outcome::kSilence;
};

inline Connection ConnectFrom(int network_namespace, std::string_view address, uint16_t port, int milliseconds) {
  Connection made{.socket = SocketIn(network_namespace, SOCK_STREAM)};
  const sockaddr_in name = TestNameOf(address, port);
  int error = connect(made.socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 ? 0 : errno;
  if (error == EINPROGRESS && WaitFor(made.socket, POLLOUT, milliseconds)) {
    socklen_t size = sizeof error;
    getsockopt(made.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error == 0) made.outcome = Outcome::kConnected;
  if (error == ECONNREFUSED) made.outcome = Outcome::kRefused;
  if (error == EHOSTUNREACH || error == ENETUNREACH) made.outcome = Outcome::kUnreachable;
  return made;
}

// Who a connection or a datagram came from: "203.0.113.9"; "" where none comes in time.
inline std::string AcceptedFrom(const FileDescriptor& listener, FileDescriptor* accepted, int milliseconds) {
  if (!WaitFor(listener, POLLIN, milliseconds)) return {};
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  FileDescriptor made(accept4(listener.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!made) return {};
  if (accepted != nullptr) *accepted = std::move(made);
  return Ipv4{ntohl(peer.sin_addr.s_addr)}.Text();
}

// Whether what one end sends comes out at the other.
inline bool Passes(const FileDescriptor& from, const FileDescriptor& to, int milliseconds) {
  if (send(from.get(), "x", 1, MSG_NOSIGNAL) != 1 || !WaitFor(to, POLLIN, milliseconds)) return false;
  char byte = 0;
  return recv(to.get(), &byte, 1, 0) == 1;
}

inline bool SendDatagram(const FileDescriptor& socket, std::string_view address, uint16_t port, std::string_view text) {
  const sockaddr_in name = TestNameOf(address, port);
  return sendto(socket.get(), text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&name), sizeof name) ==
         static_cast<ssize_t>(text.size());
}

// The datagram's text and its sender; nullopt where none comes in time.
inline std::optional<std::pair<std::string, sockaddr_in>> ReceiveDatagram(const FileDescriptor& socket,
                                                                          int milliseconds) {
  if (!WaitFor(socket, POLLIN, milliseconds)) return std::nullopt;
  char buffer[2048];
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  const ssize_t got = recvfrom(socket.get(), buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&peer), &size);
  if (got < 0) return std::nullopt;
  return std::pair(std::string(buffer, static_cast<size_t>(got)), peer);
}

inline uint16_t InternetChecksum(std::string_view bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    sum += static_cast<uint32_t>(static_cast<uint8_t>(bytes[i]) << 8 | static_cast<uint8_t>(bytes[i + 1]));
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return htons(static_cast<uint16_t>(~sum));
}

// An ICMP echo that is answered.
inline bool Ping(int network_namespace, std::string_view address, uint16_t id, int milliseconds) {
  const FileDescriptor raw = SocketIn(network_namespace, SOCK_RAW, IPPROTO_ICMP);
  icmphdr echo{};
  echo.type = ICMP_ECHO;
  echo.un.echo.id = htons(id);
  echo.checksum = InternetChecksum(std::string_view(reinterpret_cast<const char*>(&echo), sizeof echo));
  if (!SendDatagram(raw, address, 0, std::string_view(reinterpret_cast<const char*>(&echo), sizeof echo))) return false;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (std::chrono::steady_clock::now() < deadline) {
    const auto answer = ReceiveDatagram(raw, milliseconds);
    if (!answer || answer->first.size() < 28) continue;
    icmphdr header{};
    answer->first.copy(reinterpret_cast<char*>(&header), sizeof header, 20);
    if (header.type == ICMP_ECHOREPLY && header.un.echo.id == htons(id)) return true;
  }
  return false;
}

// A network of one VPC, and hosts on the internet. Skips where namespaces cannot be made.
class NetworkCase : public ::testing::Test {
 protected:
  static constexpr std::string_view kVpc = "vpc-0a";

  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "network namespaces need root";
    // Public addresses are the machine's: tests that run at the same time wait for one another.
    const std::string lock = fmt::format("{}/opentrail-network-test.lock", testing::TempDir());
    lock_.Reset(open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(flock(lock_.get(), LOCK_EX), 0);
    directory_ = fmt::format("/opentrail-network-test/{}", getpid());
    auto opened = Network::Open({.data_directory = directory_, .rootless = false});
    if (!opened) GTEST_SKIP() << "no network here: " << opened.error().message;
    network_ = std::move(*opened);
    const auto described = network_->Call("network.describe", {}, {});
    ASSERT_TRUE(described);
    const auto& ranges = described->value["PublicRanges"].elements();
    if (ranges.empty()) GTEST_SKIP() << "this machine leaves no range of public addresses free";
    PublicRange() = ranges.front().Text().substr(0, ranges.front().Text().rfind('.'));
  }

  struct Host {
    std::string id, address, public_address;
    FileDescriptor network_namespace;
    [[nodiscard]] int get() const { return network_namespace.get(); }
  };

  static InterfaceSpec Spec(int number, std::vector<std::string> groups) {
    return {.instance_id = fmt::format("i-{:017x}", number),
            .region = "us-east-1",
            .vpc_id = std::string(kVpc),
            .vpc_cidr = "172.31.0.0/16",
            .subnet_cidr = number < 100 ? "172.31.0.0/20" : "172.31.16.0/20",
            .private_address = fmt::format("172.31.{}.{}", number < 100 ? 0 : 16, 10 + number % 100),
            .public_address = fmt::format("{}.{}", PublicRange(), 10 + number),
            .mac = "",
            .security_groups = std::move(groups)};
  }

  // The first three numbers of a range of public addresses that this machine leaves free.
  static std::string& PublicRange() {
    static std::string range;
    return range;
  }

  Host Attach(const InterfaceSpec& spec) {
    auto attached = network_->Attach(spec);
    EXPECT_TRUE(attached) << attached.error().message;
    if (!attached) return {};
    return {spec.instance_id, spec.private_address, spec.public_address.value_or(""),
            std::move(attached->network_namespace)};
  }
  Host Attach(int number, std::vector<std::string> groups) { return Attach(Spec(number, std::move(groups))); }

  Host Stranger(std::string_view address) {
    auto answer = network_->Call("network.add_internet_host", Value::Object({{"Address", address}}), {});
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    return {"", std::string(address), std::string(address), std::move(answer->descriptors.at(0))};
  }

  void Apply(std::string_view group, std::vector<SecurityGroupRule> rules) {
    const Status applied = network_->ApplySecurityGroup({std::string(group), std::string(kVpc), std::move(rules)});
    ASSERT_TRUE(applied) << applied.error().message;
  }

  static SecurityGroupRule In(std::string_view protocol, int from, int to, std::string_view source) {
    const bool is_group = source.starts_with("sg-");
    return {.direction = SecurityGroupRule::Direction::kIngress,
            .protocol = std::string(protocol),
            .from_port = from,
            .to_port = to,
            .cidr = is_group ? "" : std::string(source),
            .group_id = is_group ? std::string(source) : ""};
  }
  static SecurityGroupRule Out(std::string_view protocol, int from, int to, std::string_view destination) {
    SecurityGroupRule rule = In(protocol, from, to, destination);
    rule.direction = SecurityGroupRule::Direction::kEgress;
    return rule;
  }
  static SecurityGroupRule AllOut() { return Out("-1", -1, -1, "0.0.0.0/0"); }

  static FileDescriptor Listen(const Host& host, Transport transport, uint16_t port) {
    auto made = ListenInNetworkNamespace(host.get(), transport, Ipv4{}, port);
    EXPECT_TRUE(made) << made.error().message;
    return made ? std::move(*made) : FileDescriptor();
  }
  static bool Connects(const Host& from, std::string_view address, uint16_t port, int milliseconds) {
    return ConnectFrom(from.get(), address, port, milliseconds).outcome == Outcome::kConnected;
  }

  FileDescriptor lock_;
  std::string directory_;
  std::unique_ptr<Network> network_;
};

}  // namespace opentrail::instances
