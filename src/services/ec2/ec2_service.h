#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/ec2/instance_hosts.h"
#include "services/service.h"

namespace opentrail::services::ec2 {

// Amazon EC2: a default VPC for each region, security groups, key pairs, tags, images, and instances, which `hosts`
// makes real or not. Handlers run on the committer's thread.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html
class Ec2Service final : public Service {
 public:
  Ec2Service(Environment environment, InstanceHosts& hosts) : environment_(std::move(environment)), hosts_(hosts) {}

  [[nodiscard]] std::string_view id() const override { return "ec2"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override;

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] InstanceHosts& hosts() { return hosts_; }

 private:
  Environment environment_;
  InstanceHosts& hosts_;
};

}  // namespace opentrail::services::ec2
