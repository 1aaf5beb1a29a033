#include "services/ec2/resources.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "services/ec2/network.h"

namespace opentrail::services::ec2 {
namespace {

constexpr std::array<Region, 17> kRegions = {{{"ap-northeast-1", "acd"},
                                              {"ap-northeast-2", "abcd"},
                                              {"ap-northeast-3", "abc"},
                                              {"ap-south-1", "abc"},
                                              {"ap-southeast-1", "abc"},
                                              {"ap-southeast-2", "abc"},
                                              {"ca-central-1", "abd"},
                                              {"eu-central-1", "abc"},
                                              {"eu-north-1", "abc"},
                                              {"eu-west-1", "abc"},
                                              {"eu-west-2", "abc"},
                                              {"eu-west-3", "abc"},
                                              {"sa-east-1", "abc"},
                                              {"us-east-1", "abcdef"},
                                              {"us-east-2", "abc"},
                                              {"us-west-1", "ac"},
                                              {"us-west-2", "abcd"}}};

constexpr size_t kMaxTagKey = 128;
constexpr size_t kMaxTagValue = 256;

struct IdPrefix {
  std::string_view prefix, type;
};
constexpr IdPrefix kIdPrefixes[] = {
    {"sg-", "security-group"}, {"sgr-", "security-group-rule"}, {"i-", "instance"},
    {"vpc-", "vpc"},           {"subnet-", "subnet"},           {"key-", "key-pair"},
    {"vol-", "volume"},        {"eni-", "network-interface"},   {"igw-", "internet-gateway"},
    {"rtb-", "route-table"},   {"acl-", "network-acl"},         {"ami-", "image"},
    {"dopt-", "dhcp-options"}, {"eipalloc-", "elastic-ip"},     {"snap-", "snapshot"},
};

}  // namespace

std::span<const Region> Regions() { return kRegions; }

std::string EnsureRegion(const Environment& environment, std::string_view region, store::Connection& state) {
  {
    store::Rows rows = state.Query("SELECT vpc_id FROM ec2_vpc WHERE region = ? AND is_default = 1", region);
    if (rows.Next()) return std::string(rows.Text(0));
  }
  if (state.Query("SELECT 1 FROM ec2_region WHERE region = ?", region).Next()) return {};
  state.Execute("INSERT INTO ec2_region(region) VALUES(?)", region);
  return MakeDefaultVpc(environment, region, state);
}

std::string Arn(const Call& call, std::string_view type, std::string_view id) {
  const bool has_no_account = type == "image" || type == "snapshot";
  const std::string_view account = has_no_account ? std::string_view() : std::string_view(call.account_id);
  return fmt::format("arn:aws:ec2:{}:{}:{}/{}", call.region, account, type, id);
}

Value TagsOf(store::Connection& state, std::string_view resource_id) {
  Value tags = Value::List();
  store::Rows rows = state.Query("SELECT key, value FROM ec2_tag WHERE resource_id = ? ORDER BY key", resource_id);
  while (rows.Next()) tags.Append(Value::Object({{"Key", rows.Text(0)}, {"Value", rows.Text(1)}}));
  return tags;
}

AwsStatus AddTags(const Call& call, const Value& tags, std::string_view type, std::string_view resource_id,
                  store::Connection& state) {
  bool has_more = false;
  for (const Value& tag : tags.elements()) {
    const std::string_view key = tag["Key"].Text();
    const std::string_view value = tag["Value"].Text();
    if (key.starts_with("aws:")) {
      return AwsFailure("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use");
    }
    if (key.empty() || key.size() > kMaxTagKey) {
      return AwsFailure("InvalidParameterValue", "Tag key exceeds the maximum length of {} characters or is empty",
                        kMaxTagKey);
    }
    if (value.size() > kMaxTagValue) {
      return AwsFailure("InvalidParameterValue", "Tag value exceeds the maximum length of {} characters", kMaxTagValue);
    }
    const int64_t known =
        state.Execute("UPDATE ec2_tag SET value = ? WHERE resource_id = ? AND key = ?", value, resource_id, key);
    if (known > 0) continue;
    state.Execute("INSERT INTO ec2_tag VALUES(?, ?, ?, ?, ?)", resource_id, key, value, type, call.region);
    has_more = true;
  }
  if (!has_more) return {};
  store::Rows count = state.Query("SELECT count(*) FROM ec2_tag WHERE resource_id = ?", resource_id);
  if (count.Next() && count.Integer(0) > static_cast<int64_t>(kMaxTags)) {
    return AwsFailure("TagLimitExceeded", "The maximum number of tags per resource, {}, has been exceeded", kMaxTags);
  }
  return {};
}

AwsStatus AddTagSpecifications(const Call& call, std::span<const NewResource> made, store::Connection& state) {
  for (const Value& specification : call.input["TagSpecifications"].elements()) {
    const std::string_view type = specification["ResourceType"].Text();
    if (std::ranges::find(made, type, &NewResource::type) == made.end()) {
      return AwsFailure("InvalidParameterValue", "'{}' is not a valid taggable resource type for this operation.",
                        type);
    }
    for (const NewResource& resource : made) {
      if (resource.type != type) continue;
      if (auto added = AddTags(call, specification["Tags"], type, resource.id, state); !added) return added;
    }
  }
  return {};
}

void RemoveTags(store::Connection& state, std::string_view resource_id) {
  state.Execute("DELETE FROM ec2_tag WHERE resource_id = ?", resource_id);
}

std::string_view TypeOfId(std::string_view id) {
  for (const auto& [prefix, type] : kIdPrefixes) {
    if (id.starts_with(prefix)) return type;
  }
  return {};
}

std::string Text(const Value& value) { return std::string(value.Text()); }

}  // namespace opentrail::services::ec2
