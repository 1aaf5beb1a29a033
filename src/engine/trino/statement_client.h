#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/result.h"
#include "codec/json.h"
#include "http/client.h"

namespace opentrail::engine {

// Whose statement it is, and where its names without a database are looked up.
struct TrinoSession {
  std::string user;
  std::string catalog;
  std::string database;
};

// nullopt-like check of a coordinator's address: "http://host:8080", "https://host", and nothing behind it. The error
// says what is wrong with it.
[[nodiscard]] Status CheckTrinoUrl(std::string_view url);

// One statement at a Trino coordinator: sent by POST, its answers fetched one after another from where the one before
// says. Answers that say "busy" are asked for again; the coordinator is told when the rest is not wanted. One thread.
// https://trino.io/docs/435/develop/client-protocol.html
class StatementClient {
 public:
  // `url` passes CheckTrinoUrl; the token outlives this.
  StatementClient(std::string url, TrinoSession session, const CancelToken& cancel);
  ~StatementClient();
  StatementClient(const StatementClient&) = delete;
  StatementClient& operator=(const StatementClient&) = delete;

  // Errors: Trino's own as "CODE: message"; GENERIC_INTERNAL_ERROR where the cluster does not answer as it should;
  // kCancelled.
  Status Start(std::string_view statement);
  // Fetches the next answer. False: there was none any more.
  Result<bool> Next();
  // The last answer: "columns", "data", "stats". Its values live until the next one.
  [[nodiscard]] codec::JsonValue answer() const { return answer_; }
  // A member of "stats", 0 where it is missing.
  [[nodiscard]] uint64_t Statistic(std::string_view name) const;

 private:
  [[nodiscard]] http::RequestHead Request(std::string method, std::string target) const;
  // Sends until the coordinator is not busy any more, and takes the answer.
  Status Exchange(const http::RequestHead& head, std::string_view body);
  Status Take(const http::ClientResponse& response);
  [[nodiscard]] std::unexpected<Error> NoAnswer(std::string_view why) const;

  const std::string url_;
  const TrinoSession session_;
  const CancelToken& cancel_;
  http::Client http_;
  codec::JsonReader reader_;
  codec::JsonValue answer_;
  std::string next_;  // where the next answer is, below the coordinator's address; "": there is none
};

}  // namespace opentrail::engine
