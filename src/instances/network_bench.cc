#include <benchmark/benchmark.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "instances/network.h"

// What a change costs in a VPC with so many instances, all in the group that changes. Needs root.
namespace opentrail::instances {
namespace {

constexpr std::string_view kVpc = "vpc-0a", kGroup = "sg-0a";
constexpr int kRules = 20;

InterfaceSpec Spec(int number) {
  return {.instance_id = fmt::format("i-{:017x}", number),
          .region = "us-east-1",
          .vpc_id = std::string(kVpc),
          .vpc_cidr = "172.31.0.0/16",
          .subnet_cidr = "172.31.0.0/20",
          .private_address = fmt::format("172.31.{}.{}", number / 200, 10 + number % 200),
          .public_address = {},
          .mac = "",
          .security_groups = {std::string(kGroup)}};
}

SecurityGroup Group(int variant) {
  SecurityGroup group{std::string(kGroup), std::string(kVpc), {}};
  for (int i = 0; i < kRules; ++i) {
    group.rules.push_back({.direction = SecurityGroupRule::Direction::kIngress,
                           .protocol = "tcp",
                           .from_port = 1000 + i + variant % 1000,
                           .to_port = 1000 + i + variant % 1000,
                           .cidr = "10.0.0.0/8",
                           .group_id = ""});
  }
  return group;
}

std::unique_ptr<Network> OpenWith(benchmark::State& state, int instances) {
  auto network = Network::Open({.data_directory = fmt::format("/opentrail-bench/{}", getpid()), .rootless = false});
  if (!network) {
    state.SkipWithError(network.error().message.c_str());
    return nullptr;
  }
  (void)(*network)->ApplySecurityGroup(Group(0));
  for (int i = 0; i < instances; ++i) {
    if (const auto attached = (*network)->Attach(Spec(i)); !attached)
      state.SkipWithError(attached.error().message.c_str());
  }
  return std::move(*network);
}

// From the change to its being in effect: the call returns when every packet is judged by the new rules.
void BM_ApplySecurityGroup(benchmark::State& state) {
  const auto network = OpenWith(state, static_cast<int>(state.range(0)));
  int variant = 0;
  for (auto _ : state) {
    if (const Status applied = network->ApplySecurityGroup(Group(++variant)); !applied) {
      state.SkipWithError(applied.error().message.c_str());
    }
  }
}
BENCHMARK(BM_ApplySecurityGroup)->Arg(1)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

void BM_AttachAndDetach(benchmark::State& state) {
  const auto network = OpenWith(state, static_cast<int>(state.range(0)));
  const InterfaceSpec spec = Spec(1000);
  for (auto _ : state) {
    const auto attached = network->Attach(spec);
    if (!attached || !network->Detach(spec.instance_id)) state.SkipWithError("no instance");
  }
}
BENCHMARK(BM_AttachAndDetach)->Arg(1)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace opentrail::instances
