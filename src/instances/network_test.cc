#include "instances/network.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/wait.h>

#include <algorithm>
#include <thread>

#include "instances/netlink_route.h"
#include "instances/network_host.h"
#include "instances/network_plan.h"
#include "instances/network_test_support.h"

namespace opentrail::instances {
namespace {

constexpr std::string_view kWeb = "sg-0eb", kDatabase = "sg-0db", kNone = "sg-0none";

class NetworkTest : public NetworkCase {};

// One row of the matrix: what the receiver's group lets in, and what then passes.
struct MatrixCase {
  std::string_view name;
  std::vector<SecurityGroupRule> rules;
  std::vector<uint16_t> tcp_open;  // of 22, 80, 443, 8080 from the stranger
  bool udp_open = false;           // port 53
  bool ping_open = false;
};

class MatrixTest : public NetworkCase {
 protected:
  static constexpr uint16_t kPorts[] = {22, 80, 443, 8080};
  static constexpr uint16_t kUdpPort = 53;

  void Check(const MatrixCase& row, const Host& from, const Host& to, const std::vector<FileDescriptor>& listeners,
             const FileDescriptor& udp) {
    SCOPED_TRACE(row.name);
    std::vector<Connection> tried;
    for (const uint16_t port : kPorts) {
      const bool open = std::ranges::find(row.tcp_open, port) != row.tcp_open.end();
      tried.push_back(ConnectFrom(from.get(), to.public_address, port, open ? kArrivalMs : 0));
      EXPECT_EQ(tried.back().outcome == Outcome::kConnected, open) << "port " << port;
    }
    const FileDescriptor sender = SocketIn(from.get(), SOCK_DGRAM);
    EXPECT_TRUE(SendDatagram(sender, to.public_address, kUdpPort, "q"));
    EXPECT_EQ(ReceiveDatagram(udp, row.udp_open ? kArrivalMs : kSilenceMs).has_value(), row.udp_open);
    EXPECT_EQ(Ping(from.get(), to.public_address, ++ping_id_, row.ping_open ? kArrivalMs : kSilenceMs), row.ping_open);
    // One connection each, from the address that sent it; what was to be dropped would have arrived by now.
    for (size_t i = 0; i < std::size(kPorts); ++i) {
      const bool open = std::ranges::find(row.tcp_open, kPorts[i]) != row.tcp_open.end();
      EXPECT_EQ(AcceptedFrom(listeners[i], nullptr, open ? kArrivalMs : 0), open ? from.address : "")
          << "port " << kPorts[i];
      EXPECT_EQ(AcceptedFrom(listeners[i], nullptr, 0), "");
    }
  }

  uint16_t ping_id_ = 0;
};

TEST_F(MatrixTest, LetsThroughWhatARuleAllowsAndNothingElse) {
  const Host web = Attach(1, {std::string(kWeb)});
  const Host stranger = Stranger("198.51.100.77");
  std::vector<FileDescriptor> listeners;
  for (const uint16_t port : kPorts) listeners.push_back(Listen(web, Transport::kTcp, port));
  const FileDescriptor udp = Listen(web, Transport::kUdp, kUdpPort);
  const std::vector<MatrixCase> matrix = {
      {"none", {}, {}},
      {"one port", {In("tcp", 80, 80, "0.0.0.0/0")}, {80}},
      {"range", {In("tcp", 80, 443, "0.0.0.0/0")}, {80, 443}},
      {"all ports", {In("tcp", 0, 65535, "0.0.0.0/0")}, {22, 80, 443, 8080}},
      {"address", {In("tcp", 22, 22, "198.51.100.77/32")}, {22}},
      {"another address", {In("tcp", 22, 22, "198.51.100.78/32")}, {}},
      {"network", {In("tcp", 22, 22, "198.51.100.64/26")}, {22}},
      {"another network", {In("tcp", 22, 22, "198.51.100.128/25")}, {}},
      {"a group that strangers are not in", {In("tcp", 22, 22, kDatabase)}, {}},
      {"udp", {In("udp", 53, 53, "0.0.0.0/0")}, {}, true},
      {"udp, another port", {In("udp", 54, 60, "0.0.0.0/0")}, {}},
      {"icmp", {In("icmp", -1, -1, "0.0.0.0/0")}, {}, false, true},
      {"echo", {In("icmp", 8, 0, "198.51.100.0/24")}, {}, false, true},
      {"another type", {In("icmp", 3, -1, "0.0.0.0/0")}, {}},
      {"another protocol", {In("50", -1, -1, "0.0.0.0/0")}, {}},
      {"everything", {In("-1", -1, -1, "0.0.0.0/0")}, {22, 80, 443, 8080}, true, true},
      {"everything of an address", {In("-1", -1, -1, "198.51.100.77/32")}, {22, 80, 443, 8080}, true, true},
      {"IPv6 alone", {In("tcp", 22, 22, "::/0")}, {}},
      {"egress alone", {AllOut()}, {}},
      {"two rules", {In("tcp", 22, 22, "198.51.100.77/32"), In("icmp", 8, -1, "0.0.0.0/0")}, {22}, false, true},
  };
  for (const MatrixCase& row : matrix) {
    Apply(kWeb, row.rules);
    Check(row, stranger, web, listeners, udp);
  }
}

TEST_F(NetworkTest, GroupsNameEachOther) {
  Apply(kWeb, {AllOut()});
  Apply(kDatabase, {In("tcp", 5432, 5432, kWeb)});
  const Host web = Attach(1, {std::string(kWeb)});
  const Host other = Attach(2, {std::string(kNone)});
  const Host database = Attach(101, {std::string(kDatabase)});
  Apply(kNone, {AllOut()});
  const FileDescriptor listener = Listen(database, Transport::kTcp, 5432);
  EXPECT_TRUE(Connects(web, database.address, 5432, kArrivalMs));
  EXPECT_EQ(AcceptedFrom(listener, nullptr, kArrivalMs), web.address);
  EXPECT_FALSE(Connects(other, database.address, 5432, kSilenceMs));
  // A group stands for private addresses: who comes by the public one is not of it.
  EXPECT_FALSE(Connects(web, database.public_address, 5432, kSilenceMs));
  ASSERT_TRUE(network_->SetSecurityGroups(other.id, {std::string(kNone), std::string(kWeb)}));
  EXPECT_TRUE(Connects(other, database.address, 5432, kArrivalMs));
  ASSERT_TRUE(network_->Detach(web.id));
  ASSERT_TRUE(network_->SetSecurityGroups(other.id, {std::string(kNone)}));
  EXPECT_FALSE(Connects(other, database.address, 5432, kSilenceMs));
}

TEST_F(NetworkTest, NeighboursOfASubnetAreOnTheLink) {
  Apply(kWeb, {AllOut(), In("tcp", 80, 80, "172.31.0.0/16")});
  const Host one = Attach(1, {std::string(kWeb)}), two = Attach(2, {std::string(kWeb)});
  const FileDescriptor listener = Listen(two, Transport::kTcp, 80);
  EXPECT_TRUE(Connects(one, two.address, 80, kArrivalMs));
  EXPECT_EQ(AcceptedFrom(listener, nullptr, kArrivalMs), one.address);
  // By the public address the source is public, too, as it went out and came back.
  EXPECT_FALSE(Connects(one, two.public_address, 80, kSilenceMs));
  Apply(kWeb, {AllOut(), In("tcp", 80, 80, one.public_address + "/32")});
  EXPECT_TRUE(Connects(one, two.public_address, 80, kArrivalMs));
  EXPECT_EQ(AcceptedFrom(listener, nullptr, kArrivalMs), one.public_address);
}

TEST_F(NetworkTest, EgressIsFilteredToo) {
  Apply(kWeb, {Out("tcp", 443, 443, "198.51.100.77/32")});
  const Host web = Attach(1, {std::string(kWeb)});
  const Host stranger = Stranger("198.51.100.77"), another = Stranger("198.51.100.78");
  const FileDescriptor https = Listen(stranger, Transport::kTcp, 443), http = Listen(stranger, Transport::kTcp, 80);
  const FileDescriptor elsewhere = Listen(another, Transport::kTcp, 443);
  EXPECT_TRUE(Connects(web, stranger.address, 443, kArrivalMs));
  EXPECT_EQ(AcceptedFrom(https, nullptr, kArrivalMs), web.public_address);
  EXPECT_FALSE(Connects(web, stranger.address, 80, kSilenceMs));
  EXPECT_FALSE(Connects(web, another.address, 443, kSilenceMs));
  EXPECT_EQ(AcceptedFrom(http, nullptr, 0), "");
  EXPECT_EQ(AcceptedFrom(elsewhere, nullptr, 0), "");
}

// An open connection between a stranger and an instance.
struct Session {
  Connection outside;
  FileDescriptor inside;
};

class RevokeTest : public NetworkCase {
 protected:
  Session Open(const Host& from, const Host& to, uint16_t port) {
    const FileDescriptor listener = Listen(to, Transport::kTcp, port);
    Session session{ConnectFrom(from.get(), to.public_address, port, kArrivalMs), {}};
    EXPECT_EQ(session.outside.outcome, Outcome::kConnected);
    EXPECT_EQ(AcceptedFrom(listener, &session.inside, kArrivalMs), from.address);
    EXPECT_TRUE(Alive(session));
    return session;
  }
  static bool Alive(const Session& session) {
    return Passes(session.outside.socket, session.inside, kArrivalMs) &&
           Passes(session.inside, session.outside.socket, kArrivalMs);
  }
};

TEST_F(RevokeTest, TrackedSessionsGoOnAndNewOnesDoNotBegin) {
  Apply(kWeb, {AllOut(), In("tcp", 22, 22, "198.51.100.77/32")});
  const Host web = Attach(1, {std::string(kWeb)}), stranger = Stranger("198.51.100.77");
  const Session session = Open(stranger, web, 22);
  Apply(kWeb, {AllOut()});
  EXPECT_TRUE(Alive(session));
  const FileDescriptor listener = Listen(web, Transport::kTcp, 22);
  EXPECT_FALSE(Connects(stranger, web.public_address, 22, kSilenceMs));
}

TEST_F(RevokeTest, WhatIsOpenBothWaysIsNotTrackedAndEndsWithItsRule) {
  Apply(kWeb, {AllOut(), In("tcp", 22, 22, "0.0.0.0/0")});
  const Host web = Attach(1, {std::string(kWeb)}), stranger = Stranger("198.51.100.77");
  const Session session = Open(stranger, web, 22);
  Apply(kWeb, {AllOut()});
  EXPECT_FALSE(Passes(session.outside.socket, session.inside, kSilenceMs));
}

TEST_F(RevokeTest, ANarrowerRuleKeepsWhatTheOpenOneBegan) {
  Apply(kWeb, {AllOut(), In("tcp", 22, 22, "198.51.100.77/32"), In("tcp", 22, 22, "0.0.0.0/0")});
  const Host web = Attach(1, {std::string(kWeb)});
  const Host user = Stranger("198.51.100.77"), attacker = Stranger("198.51.100.78");
  const Session kept = Open(user, web, 22), ended = Open(attacker, web, 22);
  Apply(kWeb, {AllOut(), In("tcp", 22, 22, "198.51.100.77/32")});
  EXPECT_TRUE(Alive(kept));
  EXPECT_FALSE(Passes(ended.outside.socket, ended.inside, kSilenceMs));
}

TEST_F(RevokeTest, WithoutOpenEgressEverythingIsTracked) {
  Apply(kWeb, {In("tcp", 22, 22, "0.0.0.0/0")});
  const Host web = Attach(1, {std::string(kWeb)}), stranger = Stranger("198.51.100.77");
  const Session session = Open(stranger, web, 22);
  Apply(kWeb, {});
  EXPECT_TRUE(Alive(session));
}

TEST_F(RevokeTest, ASessionLivesThroughUpdates) {
  Apply(kWeb, {AllOut(), In("tcp", 80, 80, "0.0.0.0/0")});
  const Host web = Attach(1, {std::string(kWeb)}), stranger = Stranger("198.51.100.77");
  const Session session = Open(stranger, web, 80);
  for (int i = 0; i < 50; ++i) {
    Apply(kWeb, {AllOut(), In("tcp", 80, 80, "0.0.0.0/0"), In("tcp", 1000 + i, 2000 + i, "10.0.0.0/8")});
    ASSERT_TRUE(Alive(session)) << "update " << i;
  }
}

TEST_F(NetworkTest, SpoofedSourcesAreDropped) {
  Apply(kWeb, {AllOut(), In("-1", -1, -1, "0.0.0.0/0")});
  const Host one = Attach(1, {std::string(kWeb)}), two = Attach(2, {std::string(kWeb)});
  const Host stranger = Stranger("198.51.100.77");
  const FileDescriptor sink = Listen(two, Transport::kUdp, 9), outside = Listen(stranger, Transport::kUdp, 9);
  const auto send_as = [](const Host& host, std::string_view source, std::string_view to) {
    EXPECT_TRUE(InNetworkNamespace(host.get(), [&]() -> Status {
      auto routes = RouteSocket::Open();
      return routes->AddAddress("eth0", {*Ipv4::Parse(source), 32});
    }));
    const FileDescriptor socket = SocketIn(host.get(), SOCK_DGRAM);
    const sockaddr_in name = TestNameOf(source, 0);
    EXPECT_EQ(bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    EXPECT_TRUE(SendDatagram(socket, to, 9, "spoofed"));
  };
  send_as(one, "172.31.0.99", two.address);
  send_as(one, "198.51.100.200", two.address);
  send_as(one, "172.31.0.99", stranger.address);
  send_as(stranger, "172.31.0.11", two.public_address);
  send_as(stranger, "198.51.100.78", two.public_address);
  EXPECT_FALSE(ReceiveDatagram(sink, kSilenceMs));
  EXPECT_FALSE(ReceiveDatagram(outside, 0));
}

TEST_F(NetworkTest, PublicAddressesComeAndGo) {
  Apply(kWeb, {AllOut(), In("tcp", 80, 80, "0.0.0.0/0")});
  const Host web = Attach(1, {std::string(kWeb)}), stranger = Stranger("198.51.100.77");
  const FileDescriptor listener = Listen(web, Transport::kTcp, 80);
  const Connection open = ConnectFrom(stranger.get(), web.public_address, 80, kArrivalMs);
  FileDescriptor inside;
  ASSERT_EQ(AcceptedFrom(listener, &inside, kArrivalMs), stranger.address);
  const std::string next = PublicRange() + ".200";
  ASSERT_TRUE(network_->SetPublicAddress(web.id, next));
  EXPECT_FALSE(Passes(open.socket, inside, kSilenceMs));
  EXPECT_FALSE(Connects(stranger, web.public_address, 80, kSilenceMs));
  EXPECT_TRUE(Connects(stranger, next, 80, kArrivalMs));
  ASSERT_TRUE(network_->SetPublicAddress(web.id, std::nullopt));
  EXPECT_FALSE(Connects(stranger, next, 80, kSilenceMs));
  // Without one there is no way out either.
  const FileDescriptor outside = Listen(stranger, Transport::kTcp, 80);
  EXPECT_FALSE(Connects(web, stranger.address, 80, kSilenceMs));
}

TEST_F(NetworkTest, TheUserReachesInstancesAndNothingReachesTheUser) {
  Apply(kWeb, {AllOut(), In("tcp", 80, 80, "0.0.0.0/0")});
  const Host web = Attach(1, {std::string(kWeb)}), stranger = Stranger("198.51.100.77");
  const FileDescriptor listener = Listen(web, Transport::kTcp, 80);
  const auto described = network_->Call("network.describe", {}, {});
  ASSERT_TRUE(described);
  const std::string user(described->value["UserAddress"].Text());
  const auto here = CurrentNetworkNamespace();
  EXPECT_EQ(ConnectFrom(here->get(), web.public_address, 80, kArrivalMs).outcome, Outcome::kConnected);
  EXPECT_EQ(AcceptedFrom(listener, nullptr, kArrivalMs), user);
  const auto mine = ListenInNetworkNamespace(here->get(), Transport::kTcp, *Ipv4::Parse(user), 0);
  ASSERT_TRUE(mine);
  sockaddr_in name{};
  socklen_t size = sizeof name;
  getsockname(mine->get(), reinterpret_cast<sockaddr*>(&name), &size);
  EXPECT_FALSE(Connects(web, user, ntohs(name.sin_port), kSilenceMs));
  EXPECT_FALSE(Connects(stranger, user, ntohs(name.sin_port), kSilenceMs));
  EXPECT_EQ(AcceptedFrom(*mine, nullptr, 0), "");
}

TEST_F(NetworkTest, RefusesAddressesThatAreTakenOrTheHosts) {
  InterfaceSpec spec = Spec(1, {});
  spec.public_address = "127.0.0.5";
  EXPECT_FALSE(network_->Attach(spec));
  spec.public_address = "198.18.0.1";
  EXPECT_FALSE(network_->Attach(spec));
  spec.public_address = "172.31.9.9";
  EXPECT_FALSE(network_->Attach(spec));
  spec.public_address.reset();
  spec.private_address = "172.31.0.1";
  EXPECT_FALSE(network_->Attach(spec));
  spec.private_address = "172.31.16.4";
  EXPECT_FALSE(network_->Attach(spec));
  const Host one = Attach(1, {});
  spec = Spec(1, {});
  spec.instance_id = "i-other";
  EXPECT_FALSE(network_->Attach(spec));
  spec.private_address = "172.31.0.200";
  EXPECT_FALSE(network_->Attach(spec)) << "its public address is another's";
  spec.security_groups = {"sg-1; flush ruleset"};
  spec.public_address.reset();
  EXPECT_FALSE(network_->Attach(spec));
}

// What is lost on a link that does not carry yet comes only after ARP asked again, a second later. A machine may be
// late for another reason, but only now and then.
TEST_F(NetworkTest, AHostIsHeardFromItsFirstPacketOn) {
  constexpr int kHosts = 20, kSoonMs = 800, kLateMax = 1;
  constexpr uint16_t kPort = 9;
  Apply(kWeb, {In("udp", kPort, kPort, "0.0.0.0/0")});
  const Host web = Attach(1, {std::string(kWeb)});
  const FileDescriptor sink = Listen(web, Transport::kUdp, kPort);
  int late = 0;
  for (int i = 0; i < kHosts; ++i) {
    const Host stranger = Stranger(fmt::format("198.51.100.{}", 100 + i));
    const FileDescriptor sender = SocketIn(stranger.get(), SOCK_DGRAM);
    ASSERT_TRUE(SendDatagram(sender, web.public_address, kPort, stranger.address));
    auto heard = ReceiveDatagram(sink, kSoonMs);
    if (!heard) ++late;
    while (!heard || heard->first != stranger.address) {
      heard = ReceiveDatagram(sink, kArrivalMs);
      ASSERT_TRUE(heard) << stranger.address;
    }
  }
  EXPECT_LE(late, kLateMax);
}

TEST(HostAddressTest, KnowsWhatTheHostHas) {
  EXPECT_EQ(IsFreeOnHost("127.0.0.9"), false);
  EXPECT_FALSE(IsFreeOnHost("localhost"));
  auto routes = RouteSocket::Open();
  ASSERT_TRUE(routes);
  const auto destinations = routes->Destinations("");
  ASSERT_TRUE(destinations) << destinations.error().message;
  for (const Ipv4Prefix& prefix : *destinations) {
    if (prefix.length < 2 || IsFreeOnHost(prefix.At(0).Text()) == false) continue;
    // Another account on this machine may have ended meanwhile, and what led to it is gone.
    const auto left = routes->Destinations("");
    ASSERT_TRUE(left) << left.error().message;
    EXPECT_EQ(std::ranges::count(*left, prefix.Text(), &Ipv4Prefix::Text), 0) << prefix.Text();
  }
}

TEST_F(NetworkTest, LeavesTheHostAsItWas) {
  auto routes = RouteSocket::Open();
  ASSERT_TRUE(routes);
  const Host web = Attach(1, {});
  const std::string link = HostLinkName(directory_);
  const auto is_there = [&] { return if_nametoindex(link.c_str()) != 0; };
  EXPECT_TRUE(is_there());
  for (const Ipv4Prefix& prefix : *routes->Destinations("")) {
    if (prefix.Contains(*Ipv4::Parse(web.public_address))) EXPECT_EQ(prefix.length, 32);
  }
  network_.reset();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kArrivalMs);
  while (is_there() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_FALSE(is_there());
  for (const Ipv4Prefix& prefix : *routes->Destinations("")) {
    EXPECT_FALSE(prefix.length == 32 && prefix.Contains(*Ipv4::Parse(web.public_address)));
  }
}

// What an ordinary user can have: all of it but the link to the host, for which sockets stand in.
int RunInUserNamespace() {
  const auto user = getuid(), group = getgid();
  if (unshare(CLONE_NEWUSER) != 0) return 77;
  const auto put = [](const char* file, const std::string& text) {
    const FileDescriptor opened(open(file, O_WRONLY | O_CLOEXEC));
    return opened && write(opened.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  };
  if (!put("/proc/self/setgroups", "deny") || !put("/proc/self/uid_map", fmt::format("0 {} 1", user)) ||
      !put("/proc/self/gid_map", fmt::format("0 {} 1", group))) {
    return 77;
  }
  auto network = Network::Open({.data_directory = "/unused", .rootless = true});
  if (!network) return 1;
  const SecurityGroupRule web{.direction = SecurityGroupRule::Direction::kIngress,
                              .protocol = "tcp",
                              .from_port = 80,
                              .to_port = 80,
                              .cidr = "0.0.0.0/0",
                              .group_id = ""};
  if (!(*network)->ApplySecurityGroup({std::string(kWeb), "vpc-0a", {web}})) return 2;
  auto attached = (*network)->Attach({.instance_id = "i-1",
                                      .region = "",
                                      .vpc_id = "vpc-0a",
                                      .vpc_cidr = "172.31.0.0/16",
                                      .subnet_cidr = "172.31.0.0/20",
                                      .private_address = "172.31.0.11",
                                      .public_address = "203.0.113.7",
                                      .mac = "",
                                      .security_groups = {std::string(kWeb)}});
  if (!attached) return 3;
  auto listener = ListenInNetworkNamespace(attached->network_namespace.get(), Transport::kTcp, Ipv4{}, 80);
  auto answer = (*network)->Call("network.connect", Value::Object({{"Address", "203.0.113.7"}, {"Port", 80}}), {});
  if (!listener || !answer || !WaitFor(answer->descriptors.at(0), POLLOUT, kArrivalMs)) return 4;
  return AcceptedFrom(*listener, nullptr, kArrivalMs) == "198.18.0.2" ? 0 : 5;
}

TEST(NetworkRootlessTest, WorksInAUserNamespace) {
  const pid_t child = fork();
  if (child == 0) _exit(RunInUserNamespace());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) GTEST_SKIP() << "no user namespaces here";
  EXPECT_EQ(status, 0) << "exit code " << WEXITSTATUS(status);
}

TEST(NetworkKillTest, NothingIsLeftOfAProcessThatIsKilled) {
  if (geteuid() != 0) GTEST_SKIP() << "network namespaces need root";
  const std::string directory = fmt::format("/opentrail-network-test/killed-{}", getpid());
  int ready[2];
  ASSERT_EQ(pipe2(ready, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto network = Network::Open({.data_directory = directory, .rootless = false});
    const char told = network ? '1' : '0';
    _exit(write(ready[1], &told, 1) == 1 ? pause() : 1);
  }
  char told = 0;
  ASSERT_EQ(read(ready[0], &told, 1), 1);
  const auto is_there = [&] { return if_nametoindex(HostLinkName(directory).c_str()) != 0; };
  const bool was_there = is_there();
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  if (told != '1') GTEST_SKIP() << "no network here";
  EXPECT_TRUE(was_there);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kArrivalMs);
  while (is_there() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_FALSE(is_there());
}

}  // namespace
}  // namespace opentrail::instances
