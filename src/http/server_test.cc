#include "http/server.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "http/server_test_support.h"

namespace opentrail::http {
namespace {

// What must happen is waited for until no machine is so slow.
constexpr int kLongMs = 20'000;

class ServerTest : public testing::Test {
 protected:
  void Start(ServerLimits limits = {}) {
    ServerOptions options;
    options.limits = limits;
    options.server_header = "test";
    options.tunnel_suffixes = {".amazonaws.com"};
    auto started = Server::Start(options, handler_);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = std::move(*started);
  }
  // What one connection answers to these bytes; 0 where it says nothing.
  int StatusOf(std::string_view bytes) {
    TestClient client(server_->port());
    const auto answer = client.Ask(bytes);
    return answer ? answer->status : 0;
  }

  TestHandler handler_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, KeepsAConnectionAlive) {
  Start();
  TestClient client(server_->port());
  for (int i = 0; i < 5; ++i) {
    const auto answer = client.Ask("GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body.substr(0, 27), "GET /a%20b ? x=1 127.0.0.1 ");
    EXPECT_TRUE(answer->Has("Server: test\r\n"));
    EXPECT_TRUE(answer->Has("Date: "));
    EXPECT_FALSE(answer->Has("Connection:"));
  }
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  TestClient client(server_->port());
  std::string all;
  for (int i = 0; i < 200; ++i) {
    const std::string body = "body " + std::to_string(i);
    all += "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  ASSERT_TRUE(client.Send(all));
  for (int i = 0; i < 200; ++i) {
    const auto answer = client.Receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "body " + std::to_string(i));
  }
}

TEST_F(ServerTest, ReadsChunkedBodies) {
  Start();
  TestClient client(server_->port());
  const std::string request =
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n";
  for (int i = 0; i < 2; ++i) {
    for (const char c : request) ASSERT_TRUE(client.Send({&c, 1}));
    const auto answer = client.Receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "hello world");
  }
}

TEST_F(ServerTest, ReadsALastChunkHoweverItComes) {
  Start();
  TestClient client(server_->port());
  const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string body : {"0\r\n\r\n", "2\r\nab\r\n0\r\n\r\n", "2\r\nab\r\n000;x=y\r\nA: b\r\n\r\n"}) {
    for (size_t cut = 1; cut < body.size(); ++cut) {
      ASSERT_TRUE(client.Send(head + body.substr(0, cut)));
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // so that it is read in two pieces
      const auto answer = client.Ask(body.substr(cut));
      ASSERT_TRUE(answer) << body << cut;
      EXPECT_EQ(answer->status, 200) << body << cut;
    }
  }
}

TEST_F(ServerTest, RefusesBodiesThatAreNotFramed) {
  Start();
  for (const std::string_view body :
       {"zz\r\n", "5\r\nhelloXX0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\nhello\n0\n\n", "5;a=\"\n\"\r\nhello\r\n",
        "-1\r\n", "5 \nhello", "10000000000000000\r\n", "5\r\nhello\r\n0\r\nBad Trailer\r\n\r\n"}) {
    EXPECT_EQ(StatusOf("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body)), 400)
        << body;
  }
  // A chunk line without end.
  EXPECT_EQ(
      StatusOf("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(40'000, 'a')),
      400);
}

TEST_F(ServerTest, RefusesWhatOthersCouldReadDifferently) {
  Start();
  const std::string line = "POST /echo HTTP/1.1\r\n";
  const std::string host = "Host: h\r\n";
  const std::string end = "\r\n";
  const std::string cases[] = {
      line + end,                                                                  // no Host
      line + host + host + end,                                                    // two
      line + "Host: a, b\r\n" + end,                                               //
      line + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + end,   //
      line + host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + end,   //
      line + host + "Content-Length: 5\r\nContent-Length: 5\r\n" + end + "hello",  //
      line + host + "Content-Length: 5, 5\r\n" + end + "hello",                    //
      line + host + "Content-Length: +5\r\n" + end + "hello",                      //
      line + host + "Content-Length: 0x5\r\n" + end + "hello",                     //
      line + host + "Content-Length: -1\r\n" + end,                                //
      line + host + "Content-Length:\r\n" + end,                                   //
      line + host + "Content-Length: 99999999999999999999\r\n" + end,              //
      line + host + "Transfer-Encoding: gzip, chunked\r\n" + end,                  //
      line + host + "Transfer-Encoding: xchunked\r\n" + end,                       //
      line + host + "Transfer-Encoding: identity\r\n" + end,                       //
      line + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n" + end,
      "POST /echo HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n" + end,  //
      line + host + "X: a\r\n b\r\n" + end,                                       // a folded field
      line + host + "X: a\r\n\tb\r\n" + end,                                      //
      line + host + " X: a\r\n" + end,                                            //
      line + host + "X : a\r\n" + end,                                            // a space before the colon
      line + host + "X: a\nY: b\r\n" + end,                                       // a bare line feed
      line + host + "X: a\rY: b\r\n" + end,                                       // a bare carriage return
      line + host + std::string("X: a\0b\r\n", 8) + end,                          //
      line + host + "X: a\x01\r\n" + end,                                         //
      line + host + "X: a\x7f\r\n" + end,                                         //
      line + host + "no colon\r\n" + end,                                         //
      line + host + ": empty name\r\n" + end,                                     //
      "GET  / HTTP/1.1\r\n" + host + end,                                         //
      "GET /a b HTTP/1.1\r\n" + host + end,                                       //
      "GET / HTTP/1.1 \r\n" + host + end,                                         //
      "GET /\n" + host + end,                                                     //
      "G(T / HTTP/1.1\r\n" + host + end,                                          //
      "GET a HTTP/1.1\r\n" + host + end,                                          // a target that is none
      "GET http://other/ HTTP/1.1\r\n" + host + end,                              // not the Host
      "\x80\x80\r\n\r\n",
  };
  for (const std::string& bytes : cases) {
    const int status = StatusOf(bytes);
    EXPECT_TRUE(status == 400 || status == 505) << status << "\n" << bytes;
  }
  EXPECT_EQ(handler_.calls, 0);
}

TEST_F(ServerTest, KnowsItsVersions) {
  Start();
  EXPECT_EQ(StatusOf("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(StatusOf("GET / HTTP/0.9\r\nHost: h\r\n\r\n"), 505);
  TestClient old(server_->port());
  auto answer = old.Ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->Has("Connection: keep-alive\r\n"));
  answer = old.Ask("GET / HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->Has("Connection: close\r\n"));
  EXPECT_TRUE(old.IsClosed());
}

TEST_F(ServerTest, TakesTheFormOfAProxysClient) {
  Start();
  TestClient client(server_->port());
  const auto answer = client.Ask("\r\nGET http://H:1/p?q HTTP/1.1\r\nHost: h:1\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.substr(0, 11), "GET /p ? q ");
}

TEST_F(ServerTest, LeadsTunnelsToItself) {
  Start();
  TestClient client(server_->port());
  auto answer = client.Ask("CONNECT s3.amazonaws.com:443 HTTP/1.1\r\nHost: s3.amazonaws.com:443\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  answer = client.Ask("GET /x HTTP/1.1\r\nHost: s3.amazonaws.com\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.substr(0, 7), "GET /x ");
  EXPECT_EQ(StatusOf("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n"), 403);
}

TEST_F(ServerTest, BoundsTheHead) {
  Start({.header_bytes = 4096, .header_fields = 20, .target_bytes = 1000, .body_bytes = 1'000'000});
  const std::string end = " HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(StatusOf("GET /" + std::string(999, 'a') + end), 200);
  EXPECT_EQ(StatusOf("GET /" + std::string(1000, 'a') + end), 414);
  EXPECT_EQ(StatusOf("GET /" + std::string(100'000, 'a')), 414);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(4096, 'a') + "\r\n\r\n"), 431);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(100'000, 'a')), 431);
  std::string fields;
  for (int i = 0; i < 20; ++i) fields += "A: b\r\n";
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"), 431);
  EXPECT_EQ(StatusOf("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 1000001\r\n\r\n"), 413);
  EXPECT_EQ(StatusOf("POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n"), 413);
  // Field after field, each small: the whole is bounded all the same.
  TestClient client(server_->port());
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\n"));
  for (int i = 0; i < 100'000 && client.Send("A: b\r\n"); ++i) {
  }
  EXPECT_TRUE(client.IsClosed() || client.Receive().has_value());
}

TEST_F(ServerTest, AnswersContinueWhenTheBodyIsWanted) {
  Start();
  TestClient client(server_->port());
  const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  auto answer = client.Ask(head);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 100);
  answer = client.Ask("hello");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  // The body is there already: nothing to ask for.
  answer = client.Ask(head + "hello");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  // A handler that does not read it: the client may yet send it, so the connection ends.
  answer = client.Ask("POST /none HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->Has("Connection: close\r\n"));
  EXPECT_TRUE(client.IsClosed());
  EXPECT_EQ(StatusOf("POST / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n"), 417);
}

TEST_F(ServerTest, DrainsWhatNobodyRead) {
  Start();
  TestClient client(server_->port());
  const std::string body(100'000, 'x');
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.Ask("POST /none HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
                                   "\r\n\r\n" + body);
    ASSERT_TRUE(answer);
    EXPECT_FALSE(answer->Has("Connection: close"));
  }
}

TEST_F(ServerTest, AnswersBeforeALargeBodyIsSent) {
  Start();
  TestClient client(server_->port());
  ASSERT_TRUE(client.Send("POST /none HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n"));
  ASSERT_TRUE(client.Send(std::string(3'000'000, 'x')));  // not cut off while it is sending
  const auto answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->Has("Connection: close\r\n"));
}

TEST_F(ServerTest, BoundsWhatAHandlerReadsWhole) {
  Start();
  EXPECT_EQ(StatusOf("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n"), 413);
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  EXPECT_EQ(
      StatusOf("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "1\r\nx\r\n0\r\n\r\n"),
      413);
}

TEST_F(ServerTest, StreamsLargeBodiesBothWays) {
  Start();
  TestClient client(server_->port());
  constexpr size_t kBytes = 20'000'000;
  ASSERT_TRUE(client.Send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n"));
  ASSERT_TRUE(client.Send(std::string(kBytes, 'x')));
  auto answer = client.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, std::to_string(kBytes));
  for (const size_t size : {size_t{0}, size_t{1}, size_t{262'144}, size_t{262'145}, kBytes}) {
    answer = client.Ask("GET /pattern?" + std::to_string(size) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(answer) << size;
    ASSERT_EQ(answer->body.size(), size);
    bool same = true;
    for (size_t i = 0; i < size; ++i) same = same && answer->body[i] == PatternSource::At(i);
    EXPECT_TRUE(same) << size;
  }
}

TEST_F(ServerTest, CutsAnAnswerThatCannotBeFinished) {
  Start();
  TestClient client(server_->port());
  EXPECT_FALSE(client.Ask("GET /short?1000 HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
  Start();
  TestClient client(server_->port());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.Send("HEAD /head HTTP/1.1\r\nHost: h\r\n\r\nHEAD /pattern?77 HTTP/1.1\r\nHost: h\r\n\r\n"));
    auto answer = client.Receive(true);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->Has("Content-Length: 12345\r\n"));
    answer = client.Receive(true);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->Has("Content-Length: 77\r\n"));
  }
  for (const char* status : {"204", "304"}) {
    const auto answer = client.Ask("GET /status?" + std::string(status) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::to_string(answer->status), status);
    EXPECT_FALSE(answer->Has("Content-Length"));
  }
}

TEST_F(ServerTest, SurvivesItsHandler) {
  Start();
  TestClient client(server_->port());
  auto answer = client.Ask("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  answer = client.Ask("GET /break HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->Has("X-Value: a\r\n"));
  EXPECT_FALSE(answer->Has("Set-Cookie"));
}

// Each limit alone, so that nothing else has to happen within one.
TEST_F(ServerTest, ClosesAConnectionThatSaysNothing) {
  Start({.header_timeout_ms = 200, .idle_timeout_ms = 300});
  TestClient silent(server_->port());
  EXPECT_TRUE(silent.IsClosed(kLongMs)) << "without a word";
}

TEST_F(ServerTest, ClosesAConnectionThatWasUsedAndIsIdle) {
  Start({.idle_timeout_ms = 1000});
  TestClient idle(server_->port());
  ASSERT_TRUE(idle.Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(idle.IsClosed(kLongMs));
}

// Each piece comes in time, the whole does not.
TEST_F(ServerTest, EndsAHeadThatComesInDrops) {
  Start({.header_timeout_ms = 300});
  TestClient slow(server_->port());
  slow.Send("GET / HTTP/1.1\r\nHost: h\r\n");
  const auto begun = std::chrono::steady_clock::now();
  pollfd answered{.fd = slow.socket(), .events = POLLIN, .revents = 0};
  while (::poll(&answered, 1, 20) == 0) {
    ASSERT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(kLongMs));
    slow.Send("A");
  }
  const auto late = slow.Receive();
  ASSERT_TRUE(late);
  EXPECT_EQ(late->status, 408);
}

TEST_F(ServerTest, EndsABodyThatStopsAndAnAnswerThatIsNotRead) {
  Start({.body_timeout_ms = 200});
  EXPECT_EQ(StatusOf("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel"), 408);
  TestClient deaf(server_->port());
  ASSERT_TRUE(deaf.Send("GET /pattern?100000000 HTTP/1.1\r\nHost: h\r\n\r\n"));
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  EXPECT_FALSE(deaf.Receive());
}

TEST_F(ServerTest, AHandlerMayTakeLongerThanAnyWait) {
  Start({.header_timeout_ms = 1000, .idle_timeout_ms = 1000, .body_timeout_ms = 1000});
  EXPECT_EQ(StatusOf("GET /slow?1500 HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
}

TEST_F(ServerTest, BoundsItsConnections) {
  Start({.connections = 3});
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<TestClient>(server_->port()));
    ASSERT_TRUE(clients.back()->Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  }
  TestClient other(server_->port());
  const auto answer = other.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  clients.pop_back();
  bool served = false;
  for (int i = 0; i < kLongMs / 10 && !served; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    served = StatusOf("GET / HTTP/1.1\r\nHost: h\r\n\r\n") == 200;
  }
  EXPECT_TRUE(served);
}

TEST_F(ServerTest, ServesManyAtOnce) {
  Start();
  constexpr int kConnections = 100;
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < kConnections; ++i) clients.push_back(std::make_unique<TestClient>(server_->port()));
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < kConnections; ++i) {
      const std::string body = std::to_string(round * kConnections + i);
      ASSERT_TRUE(clients[i]->Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
                                   "\r\n\r\n" + body));
    }
    for (int i = 0; i < kConnections; ++i) {
      const auto answer = clients[i]->Receive();
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->body, std::to_string(round * kConnections + i));
    }
  }
}

TEST_F(ServerTest, LetsRunningRequestsEndWhenItStops) {
  Start();
  TestClient idle(server_->port());
  ASSERT_TRUE(idle.Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  TestClient busy(server_->port());
  ASSERT_TRUE(busy.Send("GET /slow?300 HTTP/1.1\r\nHost: h\r\n\r\n"));
  for (int i = 0; i < kLongMs && handler_.calls < 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const uint16_t port = server_->port();
  const auto begun = std::chrono::steady_clock::now();
  std::thread other([&] { server_->Stop(); });
  server_->Stop();
  other.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(kLongMs));
  const auto answer = busy.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "slow");
  EXPECT_TRUE(answer->Has("Connection: close\r\n"));
  EXPECT_FALSE(TestClient(port).is_open());
  server_.reset();
  EXPECT_TRUE(idle.IsClosed());
}

// Says by which listener a request came.
class ListenerHandler final : public Handler {
 public:
  boost::asio::awaitable<Response> Handle(RequestHead head, RequestBody& /*body*/) override {
    Response response;
    response.body = head.peer.listener;
    response.hop_limit = 1;
    co_return response;
  }
};

TEST(ServerListenerTest, ServesSocketsThatItIsGiven) {
  ListenerHandler handler;
  ServerOptions options;
  options.address = "";
  const auto server = Server::Start(options, handler);
  ASSERT_TRUE(server.has_value());
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&name), size), 0);
  ASSERT_EQ(::listen(socket, 8), 0);
  ASSERT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size), 0);
  ASSERT_TRUE((*server)->AddListener("vpc-1", socket));
  TestClient client(ntohs(name.sin_port));
  EXPECT_EQ(client.Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")->body, "vpc-1");
  (*server)->RemoveListeners("vpc-1");
  EXPECT_EQ(client.Ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")->body, "vpc-1") << "its connections go on";
  bool refused = false;
  for (int i = 0; i < kLongMs && !refused; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    refused = !TestClient(ntohs(name.sin_port)).is_open();
  }
  EXPECT_TRUE(refused);
}

TEST(ServerStartTest, SaysWhyItCannotListen) {
  TestHandler handler;
  const auto first = Server::Start({}, handler);
  ASSERT_TRUE(first.has_value());
  ServerOptions options;
  options.port = (*first)->port();
  const auto second = Server::Start(options, handler);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
  EXPECT_NE(second.error().message.find("--port"), std::string::npos);
  options.address = "nowhere";
  EXPECT_EQ(Server::Start(options, handler).error().code, ErrorCode::kInvalidArgument);
  ServerOptions tls;
  tls.tls = TlsFiles{"/nonexistent.pem", "/nonexistent.key"};
  EXPECT_NE(Server::Start(tls, handler).error().message.find("/nonexistent.pem"), std::string::npos);
}

}  // namespace
}  // namespace opentrail::http
