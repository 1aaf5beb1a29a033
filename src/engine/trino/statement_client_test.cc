#include "engine/trino/statement_client.h"

#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include <gtest/gtest.h>

#include "http/server.h"

namespace opentrail::engine {
namespace {

// A coordinator that answers as it was told, by method and path; once each, the last one for ever.
class Coordinator final : public http::Handler {
 public:
  void Answer(const std::string& request, int status, std::string body) {
    answers_[request].emplace_back(status, std::move(body));
  }
  boost::asio::awaitable<http::Response> Handle(http::RequestHead head, http::RequestBody& body) override {
    const auto text = co_await body.ReadAll(1 << 20);
    const std::lock_guard lock(mutex_);
    const std::string request = head.method + " " + head.path;
    seen_.push_back(request + (text && !text->empty() ? " " + *text : ""));
    user_ = head.fields.Get("X-Trino-User");
    http::Response response;
    auto& answers = answers_[request];
    response.status = 404;
    if (!answers.empty()) {
      response.status = answers.front().first;
      response.body = answers.front().second;
      if (answers.size() > 1) answers.erase(answers.begin());
    }
    co_return response;
  }
  [[nodiscard]] std::vector<std::string> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  [[nodiscard]] std::string user() {
    const std::lock_guard lock(mutex_);
    return user_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::pair<int, std::string>>> answers_;
  std::vector<std::string> seen_;
  std::string user_;
};

class StatementClientTest : public testing::Test {
 protected:
  StatementClientTest() : server_(*http::Server::Start({}, coordinator_)) {}
  ~StatementClientTest() override { server_->Stop(); }

  std::unique_ptr<StatementClient> NewClient() {
    return std::make_unique<StatementClient>(fmt::format("http://127.0.0.1:{}", server_->port()),
                                             TrinoSession{"alice", "awsdatacatalog", "default"}, cancel_);
  }

  Coordinator coordinator_;
  CancelToken cancel_;
  std::unique_ptr<http::Server> server_;
};

TEST_F(StatementClientTest, FollowsTheAnswersAtItsOwnAddress) {
  coordinator_.Answer("POST /v1/statement", 200, R"({"nextUri": "http://inside.example:1/v1/s/1"})");
  coordinator_.Answer("GET /v1/s/1", 503, "");
  coordinator_.Answer("GET /v1/s/1", 200, R"({"columns": [], "stats": {"processedRows": 7}, "data": [[1]]})");
  const auto client = NewClient();
  const Status started = client->Start("SELECT 1");
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_TRUE(*client->Next());
  EXPECT_EQ(client->Statistic("processedRows"), 7);
  EXPECT_EQ(client->Statistic("nothing"), 0);
  EXPECT_FALSE(*client->Next());
  EXPECT_EQ(coordinator_.user(), "alice");
  EXPECT_EQ(coordinator_.seen(),
            (std::vector<std::string>{"POST /v1/statement SELECT 1", "GET /v1/s/1", "GET /v1/s/1"}));
}

TEST_F(StatementClientTest, TellsTheCoordinatorThatTheRestIsNotWanted) {
  coordinator_.Answer("POST /v1/statement", 200, R"({"nextUri": "http://h/v1/s/1?x=1"})");
  ASSERT_TRUE(NewClient()->Start("SELECT 1"));
  EXPECT_EQ(coordinator_.seen().back(), "DELETE /v1/s/1");
}

TEST_F(StatementClientTest, ErrorsAreTrinosOwn) {
  coordinator_.Answer("POST /v1/statement", 200,
                      R"({"error": {"errorName": "DIVISION_BY_ZERO", "message": "Division by zero"}})");
  EXPECT_EQ(NewClient()->Start("SELECT 1").error().message, "DIVISION_BY_ZERO: Division by zero");
  coordinator_.Answer("POST /v1/statement", 200, R"({"error": {"errorName": "SYNTAX_ERROR", "message": "line 1:1: no",
                      "failureInfo": {"type": "io.trino.sql.parser.ParsingException"}}})");
  (void)NewClient()->Start("SELECT 1");
  EXPECT_EQ(NewClient()->Start("SELECT 1").error().message, "line 1:1: no");
}

TEST_F(StatementClientTest, WhatIsNoAnswerIsAnInternalError) {
  for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{
           {401, "who?"}, {200, "<html>"}, {200, "[]"}, {200, R"({"nextUri": "nowhere"})"}, {301, ""}}) {
    Coordinator other;
    other.Answer("POST /v1/statement", status, body);
    const auto server = *http::Server::Start({}, other);
    StatementClient client(fmt::format("http://127.0.0.1:{}", server->port()), {"a", "b", "c"}, cancel_);
    const Status started = client.Start("SELECT 1");
    ASSERT_FALSE(started) << body;
    EXPECT_TRUE(started.error().message.starts_with("GENERIC_INTERNAL_ERROR: the Trino cluster at http://127"))
        << started.error().message;
    server->Stop();
  }
}

// What a name holds stays out of the request's header.
TEST_F(StatementClientTest, RefusesNamesWithControlCharacters) {
  StatementClient client(fmt::format("http://127.0.0.1:{}", server_->port()), {"a", "b", "c\r\nX-Trino-User: root"},
                         cancel_);
  EXPECT_FALSE(client.Start("SELECT 1"));
  EXPECT_TRUE(coordinator_.seen().empty());
}

TEST_F(StatementClientTest, StopsWhereItIsCancelled) {
  coordinator_.Answer("POST /v1/statement", 200, R"({"nextUri": "http://h/v1/s/1"})");
  const auto client = NewClient();
  const Status started = client->Start("SELECT 1");
  ASSERT_TRUE(started) << started.error().message;
  cancel_.Cancel();
  EXPECT_EQ(client->Next().error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace opentrail::engine
