#include "gateway/console.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "codec/timestamp.h"
#include "gateway/await.h"
#include "gateway/console_answer.h"
#include "gateway/web_files.h"

namespace opentrail::gateway {
namespace {

namespace asio = boost::asio;
namespace signin = services::signin;
using http::RequestHead;
using http::Response;

constexpr std::string_view kPages = "/_console/";
constexpr std::string_view kSignInPaths = "/_signin/";
constexpr std::string_view kAssets = "assets/";  // their names carry a digest of what is in them

const WebFile* FindFile(std::string_view path) {
  const auto files = WebFiles();
  const auto found = std::ranges::lower_bound(files, path, {}, &WebFile::path);
  return found != files.end() && found->path == path ? &*found : nullptr;
}

// A browser that was given the bare address. Any AWS client signs.
bool IsBareVisit(const RequestHead& head) {
  return head.path == "/" && head.query.empty() && head.method == "GET" && !head.fields.Has("authorization") &&
         head.fields.Get("accept").find("text/html") != std::string_view::npos;
}

// The caller's address as an instance would see it, for "My IP": whoever comes from this machine comes from its link.
std::string SourceAddress(const RequestHead& head, const ConsoleParts& parts) {
  const bool is_this_machine = head.peer.address.starts_with("127.") || head.peer.address == "::1";
  std::string user = is_this_machine && parts.user_address ? parts.user_address() : "";
  return user.empty() ? head.peer.address : user;
}

// What the SDK signs with, and whose it is.
Response SessionCredentials(std::string source, const services::iam::Credential& credential) {
  const auto& principal = credential.principal;
  return JsonAnswer(200, Value::Object({{"accessKeyId", principal.access_key_id},
                                        {"secretAccessKey", credential.secret_access_key},
                                        {"sessionToken", credential.session_token},
                                        {"expiration", codec::FormatIso8601(*credential.expires)},
                                        {"accountId", principal.account_id},
                                        {"arn", principal.arn},
                                        {"type", principal.IsRoot() ? "Root" : "IAMUser"},
                                        {"userName", principal.user_name},
                                        {"sourceIp", std::move(source)}}));
}

Response SignedOut(const RequestHead& head) {
  Response response = JsonAnswer(200, Value::Object({{"step", "signed-out"}}));
  SetSessionCookie(head, response, "");
  return response;
}

Response AnswerSignIn(const RequestHead& head, const signin::SignInAnswer& answer) {
  switch (answer.step) {
    case signin::SignInStep::kSignedIn: {
      Response response = JsonAnswer(200, Value::Object({{"step", "signed-in"}}));
      SetSessionCookie(head, response, answer.session.cookie);
      return response;
    }
    case signin::SignInStep::kNeedsMfa: return JsonAnswer(200, Value::Object({{"step", "mfa"}}));
    case signin::SignInStep::kNeedsNewPassword:
      return JsonAnswer(200, Value::Object({{"step", "new-password"}, {"message", answer.message}}));
    case signin::SignInStep::kFailed: return ErrorAnswer(401, answer.message);
    case signin::SignInStep::kLocked: {
      Response response = ErrorAnswer(429, answer.message);
      response.fields.Add("Retry-After", std::to_string(answer.wait.count()));
      return response;
    }
  }
  return ErrorAnswer(500, "");
}

Response NotDurable() { return ErrorAnswer(500, "The request could not be made durable."); }
Response NoSession() {
  return ErrorAnswer(403, "There is no such session, or its token has been used: sign in again.");
}

}  // namespace

bool Console::IsFor(const RequestHead& head) {
  const std::string_view path = head.path;
  return path.starts_with(kPages) || path == "/_console" || path.starts_with(kSignInPaths) || IsBareVisit(head);
}

asio::awaitable<Response> Console::Handle(RequestHead head, http::RequestBody& body) {
  if (head.path.starts_with(kSignInPaths)) co_return co_await Post(head, body);
  if (head.method != "GET") co_return ErrorAnswer(405, "GET is what can be asked here.");
  if (!head.path.starts_with(kPages)) co_return Redirect(kPages);
  co_return File(head);
}

// Whatever is no file is a page of the console, which finds its way by the address.
Response Console::File(const RequestHead& head) const {
  const std::string_view path = std::string_view(head.path).substr(kPages.size());
  const WebFile* file = FindFile(path);
  const bool is_page = file == nullptr && !path.starts_with(kAssets);
  if (is_page) file = FindFile("index.html");
  if (file == nullptr) return ErrorAnswer(404, "There is no such file.");
  if (is_page || path == "index.html") return PageAnswer(*file, parts_.random);
  return FileAnswer(head, *file, path.starts_with(kAssets) ? Caching::kForever : Caching::kRevalidated);
}

asio::awaitable<Response> Console::Post(const RequestHead& head, http::RequestBody& body) {
  if (head.method != "POST") co_return ErrorAnswer(405, "POST is what can be asked here.");
  if (!IsOwnPage(head)) co_return ErrorAnswer(403, "The request comes from another origin.");
  const auto text = co_await body.ReadAll(signin::kMaxSignInBytes);
  if (!text) co_return ErrorAnswer(413, "The request is too large, or broke off.");
  const std::string_view action = std::string_view(head.path).substr(kSignInPaths.size());
  if (action == "sign-in") co_return co_await SignIn(head, *text);
  if (action == "credentials") co_return co_await UseSession(head, *text, SessionUse::kCredentials);
  if (action == "sign-out") co_return co_await UseSession(head, *text, SessionUse::kSignOut);
  co_return ErrorAnswer(404, "There is no such action.");
}

asio::awaitable<Response> Console::SignIn(const RequestHead& head, const std::string& body) {
  auto request = signin::ParseSignInRequest(body);
  if (!request) co_return ErrorAnswer(400, request.error().message);
  signin::SignIn attempt(parts_.sign_in, std::move(*request), head);
  Status committed =
      co_await Commit(parts_.committer, [&](store::Transaction& transaction) { attempt.Begin(transaction); });
  if (!committed) co_return NotDurable();
  co_await RunOn<bool>(passwords_, [&] {
    attempt.CheckPassword();
    return true;
  });
  signin::SignInAnswer answer;
  committed =
      co_await Commit(parts_.committer, [&](store::Transaction& transaction) { answer = attempt.Finish(transaction); });
  if (!committed) co_return NotDurable();
  if (parts_.committed) parts_.committed();
  co_return AnswerSignIn(head, answer);
}

asio::awaitable<Response> Console::UseSession(const RequestHead& head, const std::string& body, SessionUse use) {
  const auto next = signin::ParseNextToken(body);
  if (!next) co_return ErrorAnswer(400, next.error().message);
  services::iam::IdentityDirectory& directory = parts_.sign_in.directory();
  const Time now = parts_.sign_in.environment().clock.Now();
  std::optional<std::string> key;
  const Status committed = co_await Commit(parts_.committer, [&](store::Transaction& transaction) {
    store::Connection& state = transaction.connection();
    key = signin::UseSession(state, SessionCookie(head), head.fields.Get(kTokenField), *next, now);
    if (key && use == SessionUse::kSignOut) signin::CloseSession(transaction, directory, *key);
  });
  if (!committed) co_return NotDurable();
  if (!key) co_return NoSession();
  if (use == SessionUse::kSignOut) co_return SignedOut(head);
  const auto credential = directory.FindCredential(*key);
  if (credential == nullptr) co_return NoSession();  // the user has been deleted
  co_return SessionCredentials(SourceAddress(head, parts_), *credential);
}

}  // namespace opentrail::gateway
