#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "instances/metadata_source.h"
#include "services/service.h"
#include "store/committer.h"
#include "store/connection.h"

namespace opentrail::services::ec2 {

// What the metadata service and the resolver ask of EC2's records: as they are committed. Thread-safe.
class RecordedInstances final : public instances::InstanceDirectory {
 public:
  struct Parts {
    std::string account_id;
    Clock& clock;
    store::Committer& committer;  // where roles are assumed
    InsideCalls& inside;
  };
  // All of `parts` outlives it; `reader` is a connection of its own.
  RecordedInstances(Parts parts, store::Connection reader) : parts_(std::move(parts)), reader_(std::move(reader)) {}

  std::shared_ptr<const instances::InstanceMetadata> FindByPrivateAddress(std::string_view vpc_id,
                                                                          std::string_view address) override;
  std::shared_ptr<const instances::InstanceMetadata> FindByPublicAddress(std::string_view address) override;
  // Calls sts:AssumeRole as ec2.amazonaws.com, whom the role must trust; recorded as such. Waits for the commit: never
  // on the committer's thread.
  AwsResult<instances::RoleCredentials> AssumeRole(const instances::InstanceMetadata& instance,
                                                   instances::RoleDelivery delivery) override;

 private:
  std::shared_ptr<const instances::InstanceMetadata> Find(std::string_view column, std::string_view address,
                                                          std::string_view vpc_id);

  const Parts parts_;
  std::mutex mutex_;
  store::Connection reader_;  // under the mutex
};

}  // namespace opentrail::services::ec2
