#include "http/server.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "http/server_test_support.h"

namespace opentrail::http {
namespace {

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

}  // namespace
}  // namespace opentrail::http
