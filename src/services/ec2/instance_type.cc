#include "services/ec2/instance_type.h"

#include <algorithm>

#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

struct TypeRow {
  std::string_view name;
  int64_t vcpus, memory_mib;
};
constexpr TypeRow kTypes[] = {
    {"c5.large", 2, 4096},   {"c5.xlarge", 4, 8192}, {"m1.small", 1, 1740},  {"m5.large", 2, 8192},
    {"m5.xlarge", 4, 16384}, {"t2.large", 2, 8192},  {"t2.medium", 2, 4096}, {"t2.micro", 1, 1024},
    {"t2.nano", 1, 512},     {"t2.small", 1, 2048},  {"t3.large", 2, 8192},  {"t3.medium", 2, 4096},
    {"t3.micro", 2, 1024},   {"t3.nano", 2, 512},    {"t3.small", 2, 2048},  {"t3a.micro", 2, 1024},
    {"t3a.small", 2, 2048},
};
constexpr FilterPath kTypeFilters[] = {{"instance-type", "InstanceType"},
                                       {"current-generation", "CurrentGeneration"},
                                       {"vcpu-info.default-vcpus", "VCpuInfo.DefaultVCpus"},
                                       {"memory-info.size-in-mib", "MemoryInfo.SizeInMiB"}};

}  // namespace

bool IsInstanceType(std::string_view name) {
  return std::ranges::find(kTypes, name, &TypeRow::name) != std::end(kTypes);
}

AwsResult<Reply> DescribeInstanceTypes(Ec2Service&, Call& call, store::Transaction&) {
  Value::Elements all;
  const auto& wanted = call.input["InstanceTypes"].elements();
  for (const Value& name : wanted) {
    if (!IsInstanceType(name.Text())) {
      return AwsFailure("InvalidInstanceType", "The following supplied instance types do not exist: [{}]", name.Text());
    }
  }
  for (const TypeRow& type : kTypes) {
    if (!wanted.empty() && std::ranges::none_of(wanted, [&](const Value& name) { return name.Text() == type.name; }))
      continue;
    all.push_back(
        Value::Object({{"InstanceType", type.name},
                       {"CurrentGeneration", !type.name.starts_with("m1")},
                       {"VCpuInfo", Value::Object({{"DefaultVCpus", type.vcpus}})},
                       {"MemoryInfo", Value::Object({{"SizeInMiB", type.memory_mib}})},
                       {"ProcessorInfo", Value::Object({{"SupportedArchitectures", Value::List({"x86_64"})}})}}));
  }
  if (auto kept = ApplyFilters(call.input["Filters"], kTypeFilters, all); !kept) return std::unexpected(kept.error());
  Reply reply;
  if (auto paged = Page(call.input, "InstanceTypes", std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> DescribeInstanceTypeOfferings(Ec2Service&, Call& call, store::Transaction&) {
  static constexpr FilterPath kFilters[] = {{"instance-type", "InstanceType"}, {"location", "Location"}};
  const std::string_view by = call.input["LocationType"].Text("region");
  std::vector<std::string> locations;
  for (const Region& region : Regions()) {
    if (region.name != call.region) continue;
    if (by == "region") locations.emplace_back(region.name);
    for (size_t i = 0; by != "region" && i < region.zones.size(); ++i) {
      locations.push_back(by == "availability-zone" ? fmt::format("{}{}", region.name, region.zones[i])
                                                    : fmt::format("{}-az{}", region.name, i + 1));
    }
  }
  Value::Elements all;
  for (const TypeRow& type : kTypes) {
    for (const std::string& location : locations) {
      all.push_back(Value::Object({{"InstanceType", type.name}, {"LocationType", by}, {"Location", location}}));
    }
  }
  return Answer(call, {"InstanceTypeOfferings", kFilters}, std::move(all));
}

}  // namespace opentrail::services::ec2
