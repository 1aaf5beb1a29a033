#pragma once

#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/random.h"
#include "http/server.h"
#include "services/signin/sign_in.h"
#include "services/signin/sign_in_service.h"
#include "store/committer.h"

namespace opentrail::gateway {

struct ConsoleParts {
  RandomSource& random;
  store::Committer& committer;
  services::signin::SignInService& sign_in;
  std::function<void()> committed;  // called after each durable call, before its answer; may be empty
  // This machine as instances see it; "" where it has no link to them, or may be empty.
  std::function<std::string()> user_address = {};
};

// The console in a browser: its files under /_console/, and signing in under /_signin/ (no bucket's name begins so).
// All else that the console does, it asks for as any other client does. Thread-safe.
//
//   POST /_signin/sign-in      {"account","user","password","root","mfaCode","newPassword","token"}
//   POST /_signin/credentials  {"token": the next one}, with the cookie and the field X-Console-Token
//   POST /_signin/sign-out     as /credentials
//
// A POST is taken from the console's own pages alone: its Origin must be the one that it is sent to, its body JSON. The
// cookie alone opens nothing: services/signin/console_session.h.
class Console {
 public:
  explicit Console(ConsoleParts parts) : parts_(std::move(parts)) {}

  // Whether the request is for the console: its paths, and a browser that opens `/` without a signature.
  [[nodiscard]] static bool IsFor(const http::RequestHead& head);
  boost::asio::awaitable<http::Response> Handle(http::RequestHead head, http::RequestBody& body);

 private:
  [[nodiscard]] http::Response File(const http::RequestHead& head) const;
  boost::asio::awaitable<http::Response> Post(const http::RequestHead& head, http::RequestBody& body);
  boost::asio::awaitable<http::Response> SignIn(const http::RequestHead& head, const std::string& body);
  enum class SessionUse : uint8_t { kCredentials, kSignOut };
  boost::asio::awaitable<http::Response> UseSession(const http::RequestHead& head, const std::string& body,
                                                    SessionUse use);

  ConsoleParts parts_;
  // One thread: checking passwords is slow by intent, and nobody may keep more than one core busy with it.
  boost::asio::thread_pool passwords_{1};
};

}  // namespace opentrail::gateway
