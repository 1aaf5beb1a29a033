#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "services/service.h"
#include "store/secrets.h"
#include "trail/event_index.h"

namespace opentrail::services::cloudtrail {

struct CloudTrailSettings {
  // LookupEvents answered per second and region; past it ThrottlingException. 0: as many as come (AWS answers 2).
  unsigned lookups_per_second = 0;
};

class LookupThrottle;

// AWS CloudTrail: trails and what they log, event history, the keys of digests. Delivery is DeliveryWorker's. The
// operations of CloudTrail Lake are not here.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/Welcome.html
class CloudTrailService final : public Service {
 public:
  // `secrets` and `events` outlive the service.
  CloudTrailService(Environment environment, const store::Secrets& secrets, trail::EventIndex& events,
                    CloudTrailSettings settings = {});
  ~CloudTrailService() override;

  [[nodiscard]] std::string_view id() const override { return "cloudtrail"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] const store::Secrets& secrets() const { return secrets_; }
  [[nodiscard]] trail::EventIndex& events() { return events_; }
  [[nodiscard]] LookupThrottle& lookup_throttle() { return *lookup_throttle_; }

 private:
  Environment environment_;
  const store::Secrets& secrets_;
  trail::EventIndex& events_;
  std::unique_ptr<LookupThrottle> lookup_throttle_;
};

}  // namespace opentrail::services::cloudtrail
