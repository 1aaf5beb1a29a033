#include "instances/metadata_tree.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "codec/timestamp.h"

namespace opentrail::instances {
namespace {

constexpr std::string_view kVersions[] = {
    "1.0",        "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01",
    "2009-04-04", "2011-01-01", "2011-05-01", "2012-01-12", "2014-02-25", "2014-11-05", "2015-10-20", "2016-04-19",
    "2016-06-30", "2016-09-02", "2018-03-28", "2018-08-17", "2018-09-24", "2019-10-01", "2020-10-27", "2021-01-03",
    "2021-03-23", "2021-07-15", "2022-09-24", "2024-04-11", "latest"};
constexpr std::string_view kKeys = "meta-data/public-keys";
constexpr std::string_view kRootDevice = "/dev/xvda";

std::string Lines(const std::vector<InstanceMetadata::Group>& groups, std::string InstanceMetadata::Group::* member) {
  std::string lines;
  for (const auto& group : groups) {
    if (!lines.empty()) lines += '\n';
    lines += group.*member;
  }
  return lines;
}

// Tags whose keys could be taken for paths are not shown, as on AWS.
bool IsShownTag(std::string_view key) {
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("+-=.,_:@").find(c) != std::string_view::npos;
  };
  return !key.empty() && key != "." && key != ".." && key != "_index" && std::ranges::all_of(key, is_allowed);
}

void AddInstance(MetadataTree& tree, const InstanceMetadata& instance) {
  const auto put = [&](std::string_view name, std::string_view value) {
    tree.emplace(fmt::format("meta-data/{}", name), value);
  };
  put("ami-id", instance.image_id);
  put("ami-launch-index", std::to_string(instance.launch_index));
  put("ami-manifest-path", "(unknown)");
  put("block-device-mapping/ami", kRootDevice);
  put("block-device-mapping/root", kRootDevice);
  put("events/maintenance/history", "[]");
  put("events/maintenance/scheduled", "[]");
  put("hostname", instance.private_name);
  put("instance-action", "none");
  put("instance-id", instance.instance_id);
  put("instance-life-cycle", "on-demand");
  put("instance-type", instance.instance_type);
  put("local-hostname", instance.private_name);
  put("local-ipv4", instance.private_address);
  put("mac", instance.mac);
  put("metrics/vhostmd", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
  put("placement/availability-zone", instance.zone);
  put("placement/availability-zone-id", instance.zone_id);
  put("placement/region", instance.region);
  put("profile", "default-hvm");
  put("reservation-id", instance.reservation_id);
  put("security-groups", Lines(instance.groups, &InstanceMetadata::Group::name));
  put("services/domain", "amazonaws.com");
  put("services/partition", "aws");
  put("system", "nitro");
  put("identity-credentials/ec2/info", WriteDocument({{"Code", "Success"},
                                                      {"LastUpdated", codec::FormatIso8601(instance.launched)},
                                                      {"AccountId", instance.account_id}}));
}

void AddInterface(MetadataTree& tree, const InstanceMetadata& instance) {
  const auto put = [&](std::string_view name, std::string_view value) {
    tree.emplace(fmt::format("meta-data/network/interfaces/macs/{}/{}", instance.mac, name), value);
  };
  put("device-number", "0");
  put("interface-id", instance.interface_id);
  put("local-hostname", instance.private_name);
  put("local-ipv4s", instance.private_address);
  put("mac", instance.mac);
  put("owner-id", instance.account_id);
  put("security-group-ids", Lines(instance.groups, &InstanceMetadata::Group::id));
  put("security-groups", Lines(instance.groups, &InstanceMetadata::Group::name));
  put("subnet-id", instance.subnet_id);
  put("subnet-ipv4-cidr-block", instance.subnet_cidr);
  put("vpc-id", instance.vpc_id);
  put("vpc-ipv4-cidr-block", instance.vpc_cidr);
  put("vpc-ipv4-cidr-blocks", instance.vpc_cidr);
  if (instance.public_address.empty()) return;
  put(fmt::format("ipv4-associations/{}", instance.public_address), instance.private_address);
  put("public-hostname", instance.public_name);
  put("public-ipv4s", instance.public_address);
}

// What only some instances have.
void AddOptional(MetadataTree& tree, const InstanceMetadata& instance) {
  if (!instance.public_address.empty()) {
    tree.emplace("meta-data/public-hostname", instance.public_name);
    tree.emplace("meta-data/public-ipv4", instance.public_address);
  }
  if (!instance.key_name.empty()) tree.emplace(fmt::format("{}/0/openssh-key", kKeys), instance.public_key);
  if (const std::string credentials = CredentialsPath(instance); !credentials.empty()) {
    tree.emplace(credentials, "");
    tree.emplace("meta-data/iam/info", WriteDocument({{"Code", "Success"},
                                                      {"LastUpdated", codec::FormatIso8601(instance.launched)},
                                                      {"InstanceProfileArn", instance.profile_arn},
                                                      {"InstanceProfileId", instance.profile_id}}));
  }
  if (!instance.shows_tags) return;
  for (const auto& [key, value] : instance.tags) {
    if (IsShownTag(key)) tree.emplace(fmt::format("meta-data/tags/instance/{}", key), value);
  }
}

}  // namespace

std::string CredentialsPath(const InstanceMetadata& instance) {
  if (instance.role_name.empty()) return {};
  return fmt::format("meta-data/iam/security-credentials/{}", instance.role_name);
}

MetadataTree BuildMetadataTree(const InstanceMetadata& instance) {
  MetadataTree tree;
  AddInstance(tree, instance);
  AddInterface(tree, instance);
  AddOptional(tree, instance);
  tree.emplace("dynamic/instance-identity/document", IdentityDocument(instance));
  tree.emplace("dynamic/fws/instance-monitoring", instance.is_monitored ? "enabled" : "disabled");
  if (!instance.user_data.empty()) tree.emplace("user-data", instance.user_data);
  // The keys are listed by number and name, and lie under the number.
  if (!instance.key_name.empty()) tree.emplace(fmt::format("{}/0={}", kKeys, instance.key_name), "");
  return tree;
}

std::optional<std::string> ListMetadata(const MetadataTree& tree, std::string_view directory) {
  const std::string prefix = directory.empty() ? "" : fmt::format("{}/", directory);
  std::string lines;
  std::string last;
  for (auto at = tree.lower_bound(prefix); at != tree.end() && at->first.starts_with(prefix); ++at) {
    const std::string_view rest = std::string_view(at->first).substr(prefix.size());
    if (directory == kKeys && rest.starts_with("0/")) continue;
    const size_t slash = rest.find('/');
    const std::string name(slash == std::string_view::npos ? rest : rest.substr(0, slash + 1));
    if (name == last) continue;
    if (!lines.empty()) lines += '\n';
    lines += name;
    last = name;
  }
  if (lines.empty()) return std::nullopt;
  return lines;
}

bool IsMetadataVersion(std::string_view text) { return std::ranges::find(kVersions, text) != std::end(kVersions); }

std::string ListMetadataVersions() {
  std::string lines;
  for (const std::string_view version : kVersions) {
    if (!lines.empty()) lines += '\n';
    lines += version;
  }
  return lines;
}

std::string WriteDocument(const DocumentMembers& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    text += fmt::format("{}\n  \"{}\" : {}", text.size() > 1 ? "," : "", name,
                        value ? codec::WriteJson(Value(*value)) : "null");
  }
  return text + "\n}";
}

std::string IdentityDocument(const InstanceMetadata& instance) {
  return WriteDocument({{"accountId", instance.account_id},
                        {"architecture", instance.architecture},
                        {"availabilityZone", instance.zone},
                        {"billingProducts", std::nullopt},
                        {"devpayProductCodes", std::nullopt},
                        {"marketplaceProductCodes", std::nullopt},
                        {"imageId", instance.image_id},
                        {"instanceId", instance.instance_id},
                        {"instanceType", instance.instance_type},
                        {"kernelId", std::nullopt},
                        {"pendingTime", codec::FormatIso8601(instance.launched)},
                        {"privateIp", instance.private_address},
                        {"ramdiskId", std::nullopt},
                        {"region", instance.region},
                        {"version", "2017-09-30"}});
}

}  // namespace opentrail::instances
