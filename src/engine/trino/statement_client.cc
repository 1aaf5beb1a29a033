#include "engine/trino/statement_client.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

namespace opentrail::engine {
namespace {

constexpr uint64_t kMaxAnswerBytes = 256UL << 20;  // a page is a row at least, and a row has Trino's own bounds
constexpr int kAttempts = 6;
constexpr std::chrono::milliseconds kFirstPause(50);
constexpr std::chrono::milliseconds kFarewell(2000);  // for telling that the rest is not wanted

bool IsHeaderText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

// "try again" is the protocol's word for a busy coordinator.
bool IsBusy(int status) { return status == 502 || status == 503 || status == 504 || status == 429; }

// What Trino's parser refuses Athena tells without a code.
std::string ErrorText(codec::JsonValue error) {
  const std::string message(error["message"].String().value_or("Query failed"));
  const std::string_view thrown = error["failureInfo"]["type"].String().value_or("");
  if (thrown.ends_with("ParsingException")) return message;
  return fmt::format("{}: {}", error["errorName"].String().value_or("GENERIC_INTERNAL_ERROR"), message);
}

}  // namespace

Status CheckTrinoUrl(std::string_view url) {
  std::string_view rest = url;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  }
  if (rest.size() < url.size() && !rest.empty() && rest.find_first_of("/?#@ ") == std::string_view::npos &&
      IsHeaderText(rest)) {
    return {};
  }
  return MakeError(ErrorCode::kInvalidArgument,
                   "{}: is no address of a Trino coordinator: http://HOST:PORT or https://", url);
}

StatementClient::StatementClient(std::string url, TrinoSession session, const CancelToken& cancel)
    : url_(std::move(url)), session_(std::move(session)), cancel_(cancel), http_(http::ClientOptions{}) {}

// Where this does not arrive the coordinator finds out by itself that nobody asks any more.
StatementClient::~StatementClient() {
  if (next_.empty()) return;
  const CancelToken none;
  http::Client farewell({.ca_file = {}, .connect_timeout = kFarewell, .stall_timeout = std::chrono::seconds(2)});
  (void)farewell.Send(url_, Request("DELETE", next_), kMaxAnswerBytes, none);
}

std::unexpected<Error> StatementClient::NoAnswer(std::string_view why) const {
  return MakeError(ErrorCode::kIo, "GENERIC_INTERNAL_ERROR: the Trino cluster at {} gave no answer: {}", url_, why);
}

http::RequestHead StatementClient::Request(std::string method, std::string target) const {
  http::RequestHead head;
  head.method = std::move(method);
  head.target = std::move(target);
  head.fields.Add("X-Trino-User", session_.user);
  head.fields.Add("X-Trino-Source", "opentrail-athena");
  head.fields.Add("X-Trino-Catalog", session_.catalog);
  head.fields.Add("X-Trino-Schema", session_.database);
  head.fields.Add("X-Trino-Time-Zone", "UTC");
  head.fields.Add("X-Trino-Client-Capabilities", "PARAMETRIC_DATETIME");
  head.fields.Add("Content-Type", "text/plain; charset=utf-8");
  return head;
}

Status StatementClient::Start(std::string_view statement) {
  for (const std::string* name : {&session_.user, &session_.database}) {
    if (!IsHeaderText(*name))
      return MakeError(ErrorCode::kInvalidArgument, "NOT_SUPPORTED: a name with control characters");
  }
  return Exchange(Request("POST", "/v1/statement"), statement);
}

Result<bool> StatementClient::Next() {
  if (next_.empty()) return false;
  if (const Status status = Exchange(Request("GET", next_), {}); !status) return std::unexpected(status.error());
  return true;
}

Status StatementClient::Exchange(const http::RequestHead& head, std::string_view body) {
  auto pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    const auto response = body.empty() ? http_.Send(url_, head, kMaxAnswerBytes, cancel_)
                                       : http_.Post(url_, head, body, kMaxAnswerBytes, cancel_);
    if (!response && response.error().code == ErrorCode::kCancelled) return std::unexpected(response.error());
    // A statement that was posted may have begun, whatever became of the answer: it is not posted twice.
    const bool may_pass = response ? IsBusy(response->status) : body.empty();
    if (!may_pass || attempt == kAttempts) return response ? Take(*response) : NoAnswer(response.error().message);
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
}

Status StatementClient::Take(const http::ClientResponse& response) {
  next_.clear();
  if (response.status != 200) return NoAnswer(fmt::format("HTTP {} {}", response.status, response.body.substr(0, 200)));
  auto root = reader_.Parse(response.body);
  if (!root || !root->IsObject()) return NoAnswer(root ? "no object" : root.error().message);
  answer_ = *root;
  if (const auto next = answer_["nextUri"].String()) {
    // The coordinator knows itself by a name of its own; it is asked at the address that it was given.
    const size_t host = next->find("://");
    const size_t path = host == std::string_view::npos ? host : next->find('/', host + 3);
    if (path == std::string_view::npos || !IsHeaderText(*next)) return NoAnswer("a nextUri that is none");
    next_ = next->substr(path);
  }
  if (!answer_["error"].IsObject()) return {};
  next_.clear();
  return std::unexpected(Error{ErrorCode::kInvalidArgument, ErrorText(answer_["error"])});
}

uint64_t StatementClient::Statistic(std::string_view name) const {
  const codec::JsonValue value = answer_["stats"][name];
  if (value.IsMissing()) return 0;
  uint64_t number = 0;
  return value.element().get(number) == simdjson::SUCCESS ? number : 0;
}

}  // namespace opentrail::engine
