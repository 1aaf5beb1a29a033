#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "services/service.h"
#include "store/object_store.h"
#include "store/secrets.h"
#include "trail/event_index.h"

namespace opentrail::services::cloudtrail {

struct CloudTrailSettings {
  // LookupEvents answered per second and region; past it ThrottlingException. 0: as many as come (AWS answers 2).
  unsigned lookups_per_second = 0;
};

class LakeRunner;
class LookupThrottle;

// AWS CloudTrail: trails and what they log, event history, the keys of digests; CloudTrail Lake's event data stores and
// queries of them, without its dashboards, channels, imports and federation. Delivery is DeliveryWorker's. Queries run
// in a LakeRunner, which comes once the account's committer is there.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/Welcome.html
class CloudTrailService final : public Service {
 public:
  // `secrets`, `objects` (for the results of queries) and `events` outlive the service.
  CloudTrailService(Environment environment, const store::Secrets& secrets, store::ObjectStore& objects,
                    trail::EventIndex& events, CloudTrailSettings settings = {});
  ~CloudTrailService() override;

  [[nodiscard]] std::string_view id() const override { return "cloudtrail"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] const store::Secrets& secrets() const { return secrets_; }
  [[nodiscard]] store::ObjectStore& objects() { return objects_; }
  [[nodiscard]] trail::EventIndex& events() { return events_; }
  [[nodiscard]] LookupThrottle& lookup_throttle() { return *lookup_throttle_; }
  // Before serving begins. The runner may go while calls that it shall run still come: they wait for the next start.
  void SetLakeRunner(std::shared_ptr<LakeRunner> runner) { lake_runner_ = std::move(runner); }
  [[nodiscard]] const std::shared_ptr<LakeRunner>& lake_runner() const { return lake_runner_; }

 private:
  Environment environment_;
  const store::Secrets& secrets_;
  store::ObjectStore& objects_;
  trail::EventIndex& events_;
  std::unique_ptr<LookupThrottle> lookup_throttle_;
  std::shared_ptr<LakeRunner> lake_runner_;  // shared: what is to be done after a commit holds it, too
};

}  // namespace opentrail::services::cloudtrail
