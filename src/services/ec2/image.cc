#include <algorithm>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"
#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/image.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

// Public images. An image's id is made from its name and the region, so that it never changes.
struct ImageRow {
  std::string_view name, description, owner_id, owner_alias, architecture, root_device, created;
};
constexpr ImageRow kImages[] = {
    {"al2023-ami-2023.6.20241121.0-kernel-6.1-x86_64", "Amazon Linux 2023 AMI x86_64 HVM kernel-6.1", "137112412989",
     "amazon", "x86_64", "/dev/xvda", "2024-11-21T20:14:31.000Z"},
    {"debian-12-amd64-20241125-1942", "Debian 12 (20241125-1942)", "136693071363", "", "x86_64", "/dev/xvda",
     "2024-11-25T07:10:12.000Z"},
    {"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20241109",
     "Canonical, Ubuntu, 24.04, amd64 noble image", "099720109477", "amazon", "x86_64", "/dev/sda1",
     "2024-11-09T06:55:41.000Z"},
};
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
constexpr FilterPath kImageFilters[] = {{"architecture", "Architecture"},
                                        {"description", "Description"},
                                        {"image-id", "ImageId"},
                                        {"name", "Name"},
                                        {"owner-alias", "ImageOwnerAlias"},
                                        {"owner-id", "OwnerId"},
                                        {"root-device-name", "RootDeviceName"},
                                        {"root-device-type", "RootDeviceType"},
                                        {"state", "State"},
                                        {"virtualization-type", "VirtualizationType"},
                                        {"image-type", "ImageType"},
                                        {"is-public", "Public"},
                                        {"hypervisor", "Hypervisor"}};
constexpr FilterPath kTypeFilters[] = {{"instance-type", "InstanceType"},
                                       {"current-generation", "CurrentGeneration"},
                                       {"vcpu-info.default-vcpus", "VCpuInfo.DefaultVCpus"},
                                       {"memory-info.size-in-mib", "MemoryInfo.SizeInMiB"}};

std::string ImageId(const ImageRow& image, std::string_view region) {
  return "ami-" + codec::HexEncode(codec::Sha256(fmt::format("{} {}", region, image.name))).substr(0, 17);
}

Value Describe(const ImageRow& image, std::string_view region) {
  const std::string location =
      fmt::format("{}/{}", image.owner_alias.empty() ? image.owner_id : image.owner_alias, image.name);
  Value value = Value::Object({{"Architecture", image.architecture},
                               {"CreationDate", image.created},
                               {"ImageId", ImageId(image, region)},
                               {"ImageLocation", location},
                               {"ImageType", "machine"},
                               {"Public", true},
                               {"OwnerId", image.owner_id},
                               {"PlatformDetails", "Linux/UNIX"},
                               {"UsageOperation", "RunInstances"},
                               {"State", "available"},
                               {"BlockDeviceMappings", Value::List()},
                               {"Description", image.description},
                               {"EnaSupport", true},
                               {"Hypervisor", "xen"},
                               {"Name", image.name},
                               {"RootDeviceName", image.root_device},
                               {"RootDeviceType", "ebs"},
                               {"VirtualizationType", "hvm"}});
  if (!image.owner_alias.empty()) value.Set("ImageOwnerAlias", image.owner_alias);
  return value;
}

bool OwnedBy(const Value& image, std::string_view owner, const Call& call) {
  if (owner == "self") owner = call.account_id;
  return image["OwnerId"].Text() == owner || image["ImageOwnerAlias"].Text() == owner;
}

}  // namespace

std::optional<Value> FindImage(std::string_view region, std::string_view image_id) {
  for (const ImageRow& image : kImages) {
    if (ImageId(image, region) == image_id) return Describe(image, region);
  }
  return std::nullopt;
}

bool IsInstanceType(std::string_view name) {
  return std::ranges::find(kTypes, name, &TypeRow::name) != std::end(kTypes);
}

AwsResult<Reply> DescribeImages(Ec2Service&, Call& call, store::Transaction&) {
  Value::Elements all;
  const auto& ids = call.input["ImageIds"].elements();
  for (const Value& id : ids) {
    auto image = FindImage(call.region, id.Text());
    if (!image) return AwsFailure("InvalidAMIID.NotFound", "The image id '[{}]' does not exist", id.Text());
    all.push_back(std::move(*image));
  }
  if (ids.empty()) {
    for (const ImageRow& image : kImages) all.push_back(Describe(image, call.region));
  }
  if (const auto& owners = call.input["Owners"].elements(); !owners.empty()) {
    std::erase_if(all, [&](const Value& image) {
      return std::ranges::none_of(owners, [&](const Value& owner) { return OwnedBy(image, owner.Text(), call); });
    });
  }
  if (auto kept = ApplyFilters(call.input["Filters"], kImageFilters, all); !kept) return std::unexpected(kept.error());
  Reply reply;
  if (auto paged = Page(call.input, "Images", std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

namespace {

// Attributes are their owner's to see and to change, and every image here is somebody else's.
AwsResult<Reply> RefuseAttribute(const Call& call) {
  const std::string_view id = call.input["ImageId"].Text();
  if (!FindImage(call.region, id)) {
    return AwsFailure("InvalidAMIID.NotFound", "The image id '[{}]' does not exist", id);
  }
  return std::unexpected(AwsError{"AuthFailure", fmt::format("Not authorized for image:{}", id), 403});
}

}  // namespace

AwsResult<Reply> DescribeImageAttribute(Ec2Service&, Call& call, store::Transaction&) { return RefuseAttribute(call); }
AwsResult<Reply> ModifyImageAttribute(Ec2Service&, Call& call, store::Transaction&) { return RefuseAttribute(call); }
AwsResult<Reply> ResetImageAttribute(Ec2Service&, Call& call, store::Transaction&) { return RefuseAttribute(call); }

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
