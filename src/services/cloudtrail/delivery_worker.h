#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "services/service.h"
#include "store/committer.h"
#include "store/secrets.h"

namespace opentrail::services::cloudtrail {

struct DeliverySettings {
  std::chrono::milliseconds interval{60'000};  // between two looks at the journal
  std::chrono::seconds digest_interval{3600};
  // After a failure a trail is tried again after `interval`, then after twice as long each time, up to this.
  std::chrono::milliseconds max_backoff{3'600'000};
};

// What delivery works with. Everything outlives the worker.
struct DeliveryParts {
  std::string account_id;
  Clock& clock;
  RandomSource& random;
  store::Committer& committer;
  InsideCalls& inside;
  const store::Secrets& secrets;
  Service& s3;                      // for bodies of its PutObject
  std::string state_path;           // account.db
  std::function<void()> committed;  // after each commit; may be empty
};

// Delivers what trails log: a thread that reads the journal on from where each trail stands and writes log files and
// digests into the trails' buckets, as CloudTrail itself. A file and the note that it was delivered are one commit:
// nothing is lost and nothing doubled, whenever the process dies. What CloudTrail's own calls leave in the journal goes
// out with the next event of someone else, or when logging stops, so that an idle account comes to rest.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
class DeliveryWorker {
 public:
  static Result<std::unique_ptr<DeliveryWorker>> Start(DeliveryParts parts, DeliverySettings settings = {});
  // Stops after the file that is being delivered.
  ~DeliveryWorker();
  DeliveryWorker(const DeliveryWorker&) = delete;
  DeliveryWorker& operator=(const DeliveryWorker&) = delete;

  // Delivers at once what was committed before the call, without regard to earlier failures, and waits for it. What
  // trails could not be served is told by GetTrailStatus; the error is one of the store alone. From any thread but the
  // committer's.
  Status Flush();

 private:
  struct Impl;
  explicit DeliveryWorker(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::services::cloudtrail
