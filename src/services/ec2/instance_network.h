#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "http/server.h"
#include "instances/launcher_channel.h"
#include "instances/network_client.h"
#include "services/ec2/identity_signer.h"
#include "services/ec2/instance_directory.h"
#include "store/connection.h"

namespace opentrail::services::ec2 {

// From EC2's records to the network of the instances that run: VPCs, security groups, public addresses. Thread-safe.
class InstanceNetwork {
 public:
  struct Parts {
    RecordedInstances::Parts records;
    store::Connection directory_reader, reader;  // two of the account's state, read-only
    RandomSource& random;
    std::string data_directory;
    // A line on what could not be done where no call can be told.
    std::function<void(std::string_view line)> progress;
  };
  explicit InstanceNetwork(Parts parts);

  // Before an instance is launched: its VPC is there, with all its groups. `channel` is always the same, and outlives
  // this; the launcher behind it may have been started anew.
  Status Prepare(std::string_view instance_id, instances::LauncherChannel& channel);
  // The group's rules, its members, or that it is no more; in effect when this returns. Nothing where nothing runs.
  void ApplySecurityGroup(std::string_view group_id);
  void ApplyPublicAddress(std::string_view instance_id);

  // The server answers where instances look for AWS. Once; it outlives this.
  void ServeEndpoints(http::Server& server);
  // Ends what it serves: before the channel goes. Nothing is done after it.
  void Shutdown();
  // For `opentrail status`; an empty object where nothing has run yet.
  [[nodiscard]] Value Describe();

 private:
  // Where the launcher is a new one, `former` takes the client of the old one.
  Status EnsureClient(instances::LauncherChannel& channel, std::unique_ptr<instances::NetworkClient>& former);
  Status ApplyGroup(std::string_view group_id);
  Status ApplyMembers(std::string_view group_id);
  void Report(std::string_view what, const Status& status) const;
  [[nodiscard]] std::vector<std::string> Texts(std::string_view sql, std::string_view key);

  Parts parts_;
  RecordedInstances directory_;
  DocumentSigner signer_;
  std::mutex mutex_;
  std::unique_ptr<instances::NetworkClient> client_;
  bool is_shut_ = false;
  std::string launcher_;  // which one the client speaks to
  http::Server* endpoints_ = nullptr;
  std::map<std::string, std::vector<std::string>, std::less<>> groups_;  // of each instance, as the network has them
};

}  // namespace opentrail::services::ec2
