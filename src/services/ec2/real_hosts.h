#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "http/server.h"
#include "instances/hosts.h"
#include "services/ec2/instance_hosts.h"
#include "services/ec2/instance_network.h"
#include "store/committer.h"
#include "store/connection.h"

namespace opentrail::services::ec2 {

// Instances as hosts of this machine (instances/hosts.h): from the account's records to what is launched, and from what
// becomes of it back into the records. DATA/instances/status.json tells other programs. Until Start nothing can be
// launched. Thread-safe.
class RealHosts final : public InstanceHosts, private instances::HostSource {
 public:
  struct Parts {
    store::Committer& committer;
    store::Connection reader;  // of the account's state, read-only
    InstanceNetwork::Parts network;
    RandomSource& random;
    std::string ca_certificate_file;  // PEM of the authority that instances are to trust
    instances::HostsOptions options;
  };

  RealHosts() = default;
  ~RealHosts() override;
  // What was running when the last server ended is launched again; what was on its way to an end arrives.
  Status Start(Parts parts);
  // Ends all instances. What they were asked to be stays in the records.
  void Shutdown();
  // The server answers where instances look for AWS. Once, after Start; it outlives Shutdown.
  void ServeEndpoints(http::Server& server);

  AwsStatus CanLaunch() override;
  void Apply(Change change, std::string_view instance_id) override;
  void ApplySecurityGroup(std::string_view group_id) override;
  void ApplyPublicAddress(std::string_view instance_id) override;
  bool IsAddressFree(std::string_view address) override;
  bool TakesVolumes() override { return false; }  // a disk is an overlay of files, no block device
  std::string ConsoleOutput(std::string_view instance_id) override;
  Value Describe() override;

 private:
  Result<instances::LaunchRequest> RequestFor(std::string_view instance_id,
                                              instances::LauncherChannel& channel) override;
  void Changed(const instances::HostEvent& event) override;
  void Resume();
  void WriteStatus();

  std::mutex mutex_;  // of the reader
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<InstanceNetwork> network_;
  std::unique_ptr<instances::Hosts> hosts_;  // ends before the network that its instances are told to
};

}  // namespace opentrail::services::ec2
