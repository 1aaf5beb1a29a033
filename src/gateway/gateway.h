#pragma once

#include <functional>
#include <memory>

#include <boost/asio/thread_pool.hpp>

#include "base/clock.h"
#include "base/random.h"
#include "gateway/console.h"
#include "gateway/dispatcher.h"
#include "gateway/key_uses.h"
#include "http/server.h"
#include "services/iam/identity_directory.h"
#include "store/committer.h"

namespace opentrail::gateway {

// Every bound on a request has its name here or in http::ServerLimits.
struct GatewayLimits {
  size_t body_bytes = 16 * 1024 * 1024;      // of what is read whole
  uint64_t early_check_bytes = 1024 * 1024;  // a streamed body past this is authorised before it is read, too
  uint64_t quick_finish_bytes = 16 * 1024;   // a streamed body up to this is finished without another thread
};

struct GatewayParts {
  Clock& clock;
  RandomSource& random;
  store::Committer& committer;
  services::iam::IdentityDirectory& directory;
  Dispatcher& dispatcher;
  std::string account_id;
  Console* console = nullptr;       // nullptr: none is served
  std::function<void()> committed;  // called after each durable call, before its answer; may be empty
};

// The account's front: each request passes the one chain of Handle. Thread-safe.
class Gateway final : public http::Handler {
 public:
  explicit Gateway(GatewayParts parts, GatewayLimits limits = {}, unsigned workers = 2)
      : parts_(std::move(parts)), limits_(limits), workers_(workers), readers_(workers) {}

  boost::asio::awaitable<http::Response> Handle(http::RequestHead head, http::RequestBody& body) override;

 private:
  struct Exchange;

  AwsStatus Identify(Exchange& exchange);
  [[nodiscard]] static bool NeedsNoSignature(const Exchange& exchange);
  AwsStatus AuthenticateCall(Exchange& exchange);
  AwsStatus NameOperation(Exchange& exchange);
  AwsStatus ParseParameters(Exchange& exchange);
  boost::asio::awaitable<AwsStatus> ReadWhole(Exchange& exchange, http::RequestBody& body);
  boost::asio::awaitable<AwsStatus> ReadStream(Exchange& exchange, http::RequestBody& body);
  boost::asio::awaitable<AwsStatus> AuthorizeEarly(Exchange& exchange);
  boost::asio::awaitable<AwsStatus> Begin(Exchange& exchange);
  boost::asio::awaitable<AwsStatus> Prepare(Exchange& exchange);
  boost::asio::awaitable<http::Response> CommitAndAnswer(Exchange& exchange, AwsStatus status);
  void RunInTransaction(Exchange& exchange, store::Transaction& transaction, AwsStatus& status);
  [[nodiscard]] http::Response Refuse(const Exchange& exchange, const AwsError& error) const;

  GatewayParts parts_;
  GatewayLimits limits_;
  KeyUses key_uses_;
  boost::asio::thread_pool workers_;
  boost::asio::thread_pool readers_;  // for what reads gigabytes: nobody else's work waits behind that
};

}  // namespace opentrail::gateway
