#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "services/iam/identity_directory.h"
#include "services/service.h"
#include "trail/record.h"

namespace opentrail::gateway {

enum class Recording : uint8_t { kOn, kOffForBenchmark };

// Authorises, handles and records calls inside a transaction: those that came in by the gateway and those that services
// make of one another. Used on the committer's thread; the tables are fixed once serving begins.
class Dispatcher final : public services::InsideCalls {
 public:
  Dispatcher(std::string account_id, Clock& clock, RandomSource& random, services::iam::IdentityDirectory& directory)
      : account_id_(std::move(account_id)), clock_(clock), random_(random), directory_(directory) {}

  // Before serving begins. The service outlives this.
  void Add(services::Service& service);
  void SetRecording(Recording recording) { recording_ = recording; }

  struct Target {
    services::Service* service = nullptr;
    const services::Handler* handler = nullptr;
  };
  // nullopt where we lack it.
  [[nodiscard]] std::optional<Target> Find(const protocol::Operation& operation) const;

  // What became of a call, for its answer and its record.
  struct Outcome {
    AwsResult<services::Reply> result;
    std::vector<trail::RecordResource> resources;
    Value additional_event_data;
  };
  // The first part of a call whose handler has one (Handler::begin). A call that is not allowed begins nothing: Execute
  // refuses it.
  [[nodiscard]] AwsStatus Begin(store::Transaction& transaction, const Target& target, services::Call& call);
  // Authorises and handles. Whoever has the transaction undoes what a failed call changed.
  [[nodiscard]] Outcome Execute(store::Transaction& transaction, const Target& target, services::Call& call);
  [[nodiscard]] AwsStatus Authorize(store::Connection& state, const Target& target, const services::Call& call,
                                    std::vector<trail::RecordResource>& resources);

  // What the record of a call will say of its request, before the call runs. Thread-safe.
  [[nodiscard]] trail::RecordDraft Draft(const services::Call& call, const protocol::Service& service,
                                         std::string_view action) const;
  // Appends the record of a call to the transaction.
  void Record(store::Transaction& transaction, const services::Call& call, const protocol::Service& service,
              std::string_view action, const Outcome& outcome, const trail::RecordDraft& draft);

  AwsResult<services::Reply> Invoke(store::Transaction& transaction, services::InsideCall call) override;
  AwsStatus WouldAllow(store::Connection& state, services::InsideCall call) override;

 private:
  [[nodiscard]] trail::CallFacts FactsOf(const services::Call& call, const protocol::Service& service,
                                         std::string_view action) const;
  [[nodiscard]] services::Call MakeCall(const protocol::Operation& operation, services::InsideCall inside);

  std::string account_id_;
  Clock& clock_;
  RandomSource& random_;
  services::iam::IdentityDirectory& directory_;
  Recording recording_ = Recording::kOn;
  std::unordered_map<const protocol::Operation*, Target> targets_;
};

// The error of an operation that the models know and we lack, as its service words it.
[[nodiscard]] AwsError NotImplemented(const protocol::Operation& operation);

}  // namespace opentrail::gateway
