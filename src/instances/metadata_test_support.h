#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "http/server.h"
#include "instances/metadata_source.h"

namespace opentrail::instances {

inline InstanceMetadata SampleInstance(std::string_view id, std::string_view private_address,
                                       std::string_view public_address) {
  const auto dashed = [](std::string_view address) {
    std::string text(address);
    for (char& c : text) c = c == '.' ? '-' : c;
    return text;
  };
  InstanceMetadata instance;
  instance.account_id = "123456789012";
  instance.region = "us-east-1";
  instance.zone = "us-east-1a";
  instance.zone_id = "use1-az1";
  instance.instance_id = id;
  instance.image_id = "ami-0abcdef1234567890";
  instance.instance_type = "t3.micro";
  instance.reservation_id = "r-0123456789abcdef0";
  instance.vpc_id = "vpc-0a";
  instance.vpc_cidr = "172.31.0.0/16";
  instance.subnet_id = "subnet-0a";
  instance.subnet_cidr = "172.31.0.0/20";
  instance.interface_id = "eni-0a";
  instance.mac = "0a:01:02:03:04:05";
  instance.private_address = private_address;
  instance.private_name = "ip-" + dashed(private_address) + ".ec2.internal";
  if (!public_address.empty()) {
    instance.public_address = public_address;
    instance.public_name = "ec2-" + dashed(public_address) + ".compute-1.amazonaws.com";
  }
  instance.groups = {{"sg-0a", "web"}, {"sg-0b", "ssh"}};
  instance.key_name = "mine";
  instance.public_key = "ssh-ed25519 AAAA mine";
  instance.launched = Time(std::chrono::milliseconds(1'795'424'015'000));
  return instance;
}

// Instances that a test puts in.
class FakeDirectory final : public InstanceDirectory {
 public:
  void Put(InstanceMetadata instance) {
    const std::string id = instance.instance_id;
    all_.insert_or_assign(id, std::make_shared<const InstanceMetadata>(std::move(instance)));
  }
  std::shared_ptr<const InstanceMetadata> FindByPrivateAddress(std::string_view vpc_id,
                                                               std::string_view address) override {
    for (const auto& [id, instance] : all_) {
      if (instance->vpc_id == vpc_id && instance->private_address == address) return instance;
    }
    return nullptr;
  }
  std::shared_ptr<const InstanceMetadata> FindByPublicAddress(std::string_view address) override {
    for (const auto& [id, instance] : all_) {
      if (!address.empty() && instance->public_address == address) return instance;
    }
    return nullptr;
  }
  AwsResult<RoleCredentials> AssumeRole(const InstanceMetadata& instance, RoleDelivery /*delivery*/) override {
    if (instance.role_name == "Forbidden") return AwsFailure("AccessDenied", "no");
    ++assumed;
    return RoleCredentials{.access_key_id = "ASIA" + std::to_string(assumed),
                           .secret_access_key = "secret",
                           .session_token = "token",
                           .issued = now,
                           .expires = now + std::chrono::hours(6)};
  }

  int assumed = 0;
  Time now;

 private:
  std::map<std::string, std::shared_ptr<const InstanceMetadata>> all_;
};

class EmptyBody final : public http::RequestBody {
 public:
  [[nodiscard]] std::optional<uint64_t> length() const override { return 0; }
  boost::asio::awaitable<Result<std::string_view>> ReadSome() override { co_return std::string_view(); }
  boost::asio::awaitable<Result<std::string>> ReadAll(size_t /*max_bytes*/) override { co_return std::string(); }
};

// What a handler answers, without a network.
inline http::Response Ask(http::Handler& handler, http::RequestHead head) {
  boost::asio::io_context loop;
  http::Response answered;
  EmptyBody body;
  boost::asio::co_spawn(
      loop, [&]() -> boost::asio::awaitable<void> { answered = co_await handler.Handle(std::move(head), body); },
      boost::asio::detached);
  loop.run();
  return answered;
}

inline http::RequestHead RequestFrom(std::string_view address, std::string_view method, std::string_view path) {
  http::RequestHead head;
  head.method = method;
  head.target = path;
  head.path = path;
  head.peer.address = address;
  head.peer.listener = "vpc-0a";
  return head;
}

}  // namespace opentrail::instances
