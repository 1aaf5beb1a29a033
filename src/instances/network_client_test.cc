#include "instances/network_client.h"

#include <algorithm>

#include "instances/metadata_test_support.h"
#include "instances/network_plan.h"
#include "instances/network_test_support.h"

namespace opentrail::instances {
namespace {

using namespace std::string_literals;

constexpr std::string_view kWeb = "sg-0eb";
constexpr uint16_t kHttp = 80, kDns = 53;

// The network in this process: what the launcher would be asked.
class DirectChannel final : public LauncherChannel {
 public:
  explicit DirectChannel(Network& network) : network_(network) {}
  Result<Answer> Call(std::string_view operation, const Value& arguments, const std::vector<int>& /*sent*/) override {
    auto answer = network_.Call(operation, arguments, {});
    if (!answer) return std::unexpected(answer.error());
    return Answer{std::move(answer->value), std::move(answer->descriptors)};
  }

 private:
  Network& network_;
};

// Says who asked.
class EchoHandler final : public http::Handler {
 public:
  boost::asio::awaitable<http::Response> Handle(http::RequestHead head, http::RequestBody& /*body*/) override {
    http::Response response;
    response.body = head.peer.listener + " " + head.peer.address;
    co_return response;
  }
};

class NetworkClientTest : public NetworkCase {
 protected:
  void SetUp() override {
    NetworkCase::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    channel_.emplace(*network_);
    auto client = NetworkClient::Start({*channel_, directory_, nullptr, clock_, random_});
    ASSERT_TRUE(client) << client.error().message;
    client_ = std::move(*client);
    ASSERT_TRUE(client_->OpenVpc(std::string(kVpc), "172.31.0.0/16"));
    ASSERT_TRUE(client_->OpenVpc(std::string(kVpc), "172.31.0.0/16"));
    http::ServerOptions options;
    options.address = "";
    options.threads = 1;
    auto server = http::Server::Start(options, echo_);
    ASSERT_TRUE(server);
    account_ = std::move(*server);
    const Status served = client_->ServeEndpoints(*account_);
    ASSERT_TRUE(served) << served.error().message;
  }

  Host Launch(const InterfaceSpec& spec) {
    InstanceMetadata instance =
        SampleInstance(spec.instance_id, spec.private_address, spec.public_address.value_or(""));
    instance.vpc_id = kVpc;
    directory_.Put(std::move(instance));
    return Attach(spec);
  }
  Host Launch(int number) { return Launch(Spec(number, {std::string(kWeb)})); }

  // The body of what a host gets; "" where nothing comes.
  static std::string Get(const Host& from, std::string_view address, std::string_view path,
                         std::string_view fields = {}, std::string_view method = "GET", int min_ttl = 0) {
    Connection made = ConnectFrom(from.get(), address, kHttp, kArrivalMs);
    if (made.outcome != Outcome::kConnected) return {};
    if (min_ttl > 0) setsockopt(made.socket.get(), IPPROTO_IP, IP_MINTTL, &min_ttl, sizeof min_ttl);
    const std::string request =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{}\r\n", method, path, address, fields);
    if (send(made.socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
    std::string answer;
    char buffer[4096];
    while (WaitFor(made.socket, POLLIN, min_ttl > 0 ? kSilenceMs * 2 : kArrivalMs)) {
      const ssize_t got = recv(made.socket.get(), buffer, sizeof buffer, 0);
      if (got <= 0) break;
      answer.append(buffer, static_cast<size_t>(got));
    }
    const size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : answer.substr(end + 4);
  }

  // The addresses that a query by UDP gives; "" where there is no answer.
  static std::string Look(const Host& from, std::string_view server, std::string_view name) {
    const FileDescriptor socket = SocketIn(from.get(), SOCK_DGRAM);
    if (!SendDatagram(socket, server, kDns, Query(name))) return {};
    const auto answer = ReceiveDatagram(socket, kArrivalMs);
    if (!answer || answer->first.size() < 4) return {};
    std::string last = answer->first.substr(answer->first.size() - 4);
    return fmt::format("{}.{}.{}.{}", static_cast<uint8_t>(last[0]), static_cast<uint8_t>(last[1]),
                       static_cast<uint8_t>(last[2]), static_cast<uint8_t>(last[3]));
  }
  static std::string Query(std::string_view name) {
    std::string query = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"s;
    while (!name.empty()) {
      const std::string_view label = name.substr(0, name.find('.'));
      query += static_cast<char>(label.size());
      query += label;
      name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    return query + "\0\0\1\0\1"s;
  }

  ManualClock clock_{Time(std::chrono::milliseconds(1'795'424'100'000))};
  SeededRandom random_{1};
  FakeDirectory directory_;
  EchoHandler echo_;
  std::optional<DirectChannel> channel_;
  std::unique_ptr<http::Server> account_;
  std::unique_ptr<NetworkClient> client_;  // ends before the server that it serves through
};

TEST_F(NetworkClientTest, MetadataIsTheInstancesOwnWhateverItsGroups) {
  const Host one = Launch(1), two = Launch(2);
  EXPECT_EQ(Get(one, "169.254.169.254", "/latest/meta-data/instance-id"), one.id);
  EXPECT_EQ(Get(two, "169.254.169.254", "/latest/meta-data/instance-id"), two.id);
  const Host stranger = Stranger("198.51.100.77");
  EXPECT_NE(ConnectFrom(stranger.get(), "169.254.169.254", kHttp, kSilenceMs).outcome, Outcome::kConnected);
}

TEST_F(NetworkClientTest, ATokenGoesNoFurtherThanItsHopLimit) {
  const Host one = Launch(1);
  const std::string ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60\r\n";
  const std::string token = Get(one, "169.254.169.254", "/latest/api/token", ttl, "PUT");
  EXPECT_EQ(token.size(), 56U);
  EXPECT_EQ(Get(one, "169.254.169.254", "/latest/api/token", ttl, "PUT", 2), "") << "it came with more than one hop";
  EXPECT_EQ(Get(one, "169.254.169.254", "/latest/meta-data/instance-id",
                fmt::format("X-aws-ec2-metadata-token: {}\r\n", token), "GET", 2),
            one.id);
}

TEST_F(NetworkClientTest, EndpointsSeeWhoAsks) {
  Apply(kWeb, {AllOut()});
  const Host one = Launch(1);
  InterfaceSpec spec = Spec(2, {std::string(kWeb)});
  spec.public_address.reset();
  const Host inner = Launch(spec);
  const Host stranger = Stranger("198.51.100.77");
  const std::string endpoint = Look(one, "172.31.0.2", "s3.amazonaws.com");
  EXPECT_EQ(endpoint, kEndpointAddress.Text());
  EXPECT_EQ(Get(one, endpoint, "/"), "internet " + one.public_address);
  EXPECT_EQ(Get(stranger, endpoint, "/"), "internet " + stranger.address);
  EXPECT_EQ(Get(inner, endpoint, "/"), std::string(kVpc) + " " + inner.address);
  Apply(kWeb, {});
  EXPECT_EQ(ConnectFrom(one.get(), endpoint, kHttp, kSilenceMs).outcome, Outcome::kSilence);
  EXPECT_EQ(ConnectFrom(inner.get(), endpoint, kHttp, kSilenceMs).outcome, Outcome::kSilence);
}

TEST_F(NetworkClientTest, TheResolverKnowsInstances) {
  const Host one = Launch(1), stranger = Stranger("198.51.100.77");
  std::string public_name = "ec2-" + one.public_address + ".compute-1.amazonaws.com";
  std::replace(public_name.begin() + 4, public_name.begin() + 4 + static_cast<int>(one.public_address.size()), '.',
               '-');
  for (const std::string_view server : {"172.31.0.2", "169.254.169.253"}) {
    EXPECT_EQ(Look(one, server, "ip-172-31-0-11.ec2.internal"), "172.31.0.11");
    EXPECT_EQ(Look(one, server, public_name), "172.31.0.11");
  }
  EXPECT_EQ(Look(stranger, kEndpointAddress.Text(), public_name), one.public_address);
}

TEST_F(NetworkClientTest, ConnectsForHostsOfTheInternet) {
  Apply(kWeb, {In("tcp", kHttp, kHttp, "198.51.100.77/32")});
  const Host one = Launch(1);
  const FileDescriptor listener = Listen(one, Transport::kTcp, kHttp);
  ASSERT_TRUE(client_->AddInternetHost("198.51.100.77"));
  EXPECT_FALSE(client_->AddInternetHost("198.51.100.77"));
  const auto socket = client_->Connect("198.51.100.77", one.public_address, kHttp);
  ASSERT_TRUE(socket) << socket.error().message;
  EXPECT_EQ(AcceptedFrom(listener, nullptr, kArrivalMs), "198.51.100.77");
  EXPECT_FALSE(client_->Connect("198.51.100.78", one.public_address, kHttp));
  EXPECT_FALSE(client_->Connect("", one.public_address, kHttp)) << "this machine has a link";
  ASSERT_TRUE(client_->RemoveInternetHost("198.51.100.77"));
  EXPECT_FALSE(client_->Connect("198.51.100.77", one.public_address, kHttp));
}

TEST_F(NetworkClientTest, TheResolverTakesTcpToo) {
  const Host one = Launch(1);
  const Connection made = ConnectFrom(one.get(), "172.31.0.2", kDns, kArrivalMs);
  ASSERT_EQ(made.outcome, Outcome::kConnected);
  for (int i = 0; i < 3; ++i) {
    const std::string query = Query("ec2.us-east-1.amazonaws.com");
    const std::string framed = std::string{'\0', static_cast<char>(query.size())} + query;
    ASSERT_EQ(send(made.socket.get(), framed.data(), framed.size(), MSG_NOSIGNAL), static_cast<ssize_t>(framed.size()));
    ASSERT_TRUE(WaitFor(made.socket, POLLIN, kArrivalMs));
    char buffer[512];
    const ssize_t got = recv(made.socket.get(), buffer, sizeof buffer, 0);
    ASSERT_EQ(got, static_cast<ssize_t>(framed.size() + 16));
    EXPECT_EQ(std::string(buffer + got - 4, 4), "\xc6\x12\0\1"s);
  }
}

}  // namespace
}  // namespace opentrail::instances
