#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/aws_error.h"
#include "base/clock.h"

// What EC2 knows of its instances, as the metadata service and the resolver ask for it.
namespace opentrail::instances {

// Members that an instance does not have are "".
struct InstanceMetadata {
  std::string account_id, region, zone, zone_id;
  std::string instance_id, image_id, instance_type, reservation_id;
  int64_t launch_index = 0;
  std::string architecture = "x86_64";
  std::string vpc_id, vpc_cidr, subnet_id, subnet_cidr, interface_id, mac;
  std::string private_address, private_name;  // "172.31.0.10", "ip-172-31-0-10.ec2.internal"
  std::string public_address, public_name;    // "203.0.113.7", "ec2-203-0-113-7.compute-1.amazonaws.com"
  struct Group {
    std::string id, name;
  };
  std::vector<Group> groups;
  std::string key_name, public_key;  // "ssh-ed25519 AAAA... name"
  std::string user_data;             // bytes, decoded
  std::string profile_arn, profile_id, role_name;
  Time launched;
  bool is_monitored = false;
  std::vector<std::pair<std::string, std::string>> tags;
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsResponse.html
  bool is_enabled = true, requires_token = false, shows_tags = false;
  int hop_limit = 1;  // 1 to 64
};

// Of a role, for an instance that has it by its profile.
struct RoleCredentials {
  std::string access_key_id, secret_access_key, session_token;
  Time issued, expires;
};

// By which version of the metadata service credentials are fetched: ec2:RoleDelivery.
enum class RoleDelivery : uint8_t { kVersion1, kVersion2 };

// Implemented by the EC2 service. Thread-safe; must not block for longer than a commit takes.
class InstanceDirectory {
 public:
  virtual ~InstanceDirectory() = default;
  // The instance that is there now; nullptr where none is.
  virtual std::shared_ptr<const InstanceMetadata> FindByPrivateAddress(std::string_view vpc_id,
                                                                       std::string_view address) = 0;
  virtual std::shared_ptr<const InstanceMetadata> FindByPublicAddress(std::string_view address) = 0;
  // New credentials of the instance's role: a session named after the instance. The error is STS's.
  virtual AwsResult<RoleCredentials> AssumeRole(const InstanceMetadata& instance, RoleDelivery delivery) = 0;
};

}  // namespace opentrail::instances
