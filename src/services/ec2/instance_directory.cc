#include "services/ec2/instance_directory.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "codec/text.h"
#include "instances/network_address.h"
#include "services/ec2/instance.h"
#include "services/ec2/resources.h"
#include "services/iam/entity.h"

namespace opentrail::services::ec2 {
namespace {

using instances::InstanceMetadata;
using instances::RoleCredentials;
using instances::RoleDelivery;

constexpr std::string_view kService = "ec2.amazonaws.com";

std::string TextOf(store::Connection& state, std::string_view sql, std::string_view key) {
  store::Rows rows = state.Query(sql, key);
  return rows.Next() ? std::string(rows.Text(0)) : std::string();
}

// "us-east-1a" -> "us-east-1-az1", as DescribeAvailabilityZones has it
std::string ZoneIdOf(std::string_view region, std::string_view zone) {
  return fmt::format("{}-az{}", region, zone.empty() ? 0 : zone.back() - 'a' + 1);
}

void AddIdentity(InstanceMetadata& metadata, const Instance& instance, std::string_view region) {
  metadata.region = region;
  metadata.zone = instance.zone;
  metadata.zone_id = ZoneIdOf(region, instance.zone);
  metadata.instance_id = instance.id;
  metadata.image_id = instance.image_id;
  metadata.instance_type = instance.type;
  metadata.reservation_id = instance.reservation_id;
  metadata.launch_index = instance.launch_index;
  metadata.launched = instance.launched;
  metadata.is_monitored = instance.monitoring;
  metadata.user_data = codec::Base64Decode(instance.user_data).value_or("");
}

void AddNetwork(InstanceMetadata& metadata, const Instance& instance, const Value& described,
                store::Connection& state) {
  metadata.vpc_id = instance.vpc_id;
  metadata.vpc_cidr = TextOf(state, "SELECT cidr FROM ec2_vpc WHERE vpc_id = ?", instance.vpc_id);
  metadata.subnet_id = instance.subnet_id;
  metadata.subnet_cidr = TextOf(state, "SELECT cidr FROM ec2_subnet WHERE subnet_id = ?", instance.subnet_id);
  metadata.interface_id = instance.interface_id;
  metadata.mac = instances::MacAddress(instance.id);
  metadata.private_address = instance.private_ip;
  metadata.private_name = described["PrivateDnsName"].Text();
  metadata.public_address = described["PublicIpAddress"].Text();
  metadata.public_name = described["PublicDnsName"].Text();
  for (const Value& group : described["SecurityGroups"].elements()) {
    metadata.groups.push_back({Text(group["GroupId"]), Text(group["GroupName"])});
  }
}

void AddRole(InstanceMetadata& metadata, const Instance& instance, store::Connection& state) {
  if (instance.profile_arn.empty()) return;
  const std::string name = instance.profile_arn.substr(instance.profile_arn.rfind('/') + 1);
  const auto profile = iam::FindEntity(state, iam::EntityKind::kInstanceProfile, name);
  if (!profile) return;
  metadata.profile_arn = instance.profile_arn;
  metadata.profile_id = profile->id;
  const auto roles = iam::ListMembers(state, profile->id, iam::MemberSide::kMembers, iam::EntityKind::kRole, "", 1);
  if (!roles.empty()) metadata.role_name = roles.front().name;
}

void AddKey(InstanceMetadata& metadata, const Instance& instance, std::string_view region, store::Connection& state) {
  if (instance.key_name.empty()) return;
  metadata.key_name = instance.key_name;
  store::Rows rows =
      state.Query("SELECT public_key FROM ec2_key_pair WHERE region = ? AND name = ?", region, instance.key_name);
  if (rows.Next()) metadata.public_key = fmt::format("{} {}", rows.Text(0), instance.key_name);
}

void AddOptions(InstanceMetadata& metadata, const Value& described) {
  const Value& options = described["MetadataOptions"];
  metadata.is_enabled = options["HttpEndpoint"].Text("enabled") == "enabled";
  metadata.requires_token = options["HttpTokens"].Text() == "required";
  metadata.shows_tags = options["InstanceMetadataTags"].Text() == "enabled";
  metadata.hop_limit = static_cast<int>(std::clamp<int64_t>(options["HttpPutResponseHopLimit"].Integer(1), 1, 64));
  for (const Value& tag : described["Tags"].elements())
    metadata.tags.emplace_back(Text(tag["Key"]), Text(tag["Value"]));
}

}  // namespace

std::shared_ptr<const InstanceMetadata> RecordedInstances::FindByPrivateAddress(std::string_view vpc_id,
                                                                                std::string_view address) {
  return Find("private_ip", address, vpc_id);
}

std::shared_ptr<const InstanceMetadata> RecordedInstances::FindByPublicAddress(std::string_view address) {
  return Find("public_ip", address, "");
}

// The newest that has the address: those before it gave it back.
std::shared_ptr<const InstanceMetadata> RecordedInstances::Find(std::string_view column, std::string_view address,
                                                                std::string_view vpc_id) {
  const std::lock_guard lock(mutex_);
  reader_.ClearStatus();
  Call call;
  call.account_id = parts_.account_id;
  call.now = parts_.clock.Now();
  std::string id;
  {
    store::Rows rows = reader_.Query(
        fmt::format("SELECT instance_id, region FROM ec2_instance WHERE {} = ? AND (vpc_id = ? OR ? = '') AND "
                    "wanted <> 'terminated' ORDER BY launched DESC LIMIT 1",
                    column),
        address, vpc_id, vpc_id);
    if (!rows.Next()) return nullptr;
    id = rows.Text(0);
    call.region = rows.Text(1);
  }
  const std::vector<Instance> all = AllInstances(reader_, call.region, call.now);
  const auto instance = std::ranges::find(all, id, &Instance::id);
  if (instance == all.end() || StateAt(*instance, call.now).code == kStopped.code) return nullptr;
  const Value described = DescribeInstance(call, *instance, reader_);
  auto metadata = std::make_shared<InstanceMetadata>();
  metadata->account_id = parts_.account_id;
  AddIdentity(*metadata, *instance, call.region);
  AddNetwork(*metadata, *instance, described, reader_);
  AddRole(*metadata, *instance, reader_);
  AddKey(*metadata, *instance, call.region, reader_);
  AddOptions(*metadata, described);
  return metadata;
}

AwsResult<RoleCredentials> RecordedInstances::AssumeRole(const InstanceMetadata& instance, RoleDelivery delivery) {
  AwsResult<Reply> reply = AwsFailure("InternalFailure", "the role of {} was not assumed", instance.instance_id);
  const Status committed = parts_.committer.Run([&](store::Transaction& transaction) {
    const auto role = iam::FindEntity(transaction.connection(), iam::EntityKind::kRole, instance.role_name);
    if (!role) {
      reply = iam::NoSuchEntity(iam::EntityKind::kRole, instance.role_name);
      return;
    }
    InsideCall call{.service = "sts",
                    .operation = "AssumeRole",
                    .region = instance.region,
                    .principal = {},
                    .invoked_by = {},
                    .input = Value::Object(
                        {{"RoleArn", iam::ArnOf(parts_.account_id, *role)}, {"RoleSessionName", instance.instance_id}}),
                    .body = nullptr,
                    .context = {}};
    call.principal.type = opentrail::iam::PrincipalType::kAwsService;
    call.principal.service = kService;
    call.context.Add("ec2:SourceInstanceARN", fmt::format("arn:aws:ec2:{}:{}:instance/{}", instance.region,
                                                          parts_.account_id, instance.instance_id));
    call.context.Add("ec2:RoleDelivery", delivery == RoleDelivery::kVersion2 ? "2.0" : "1.0");
    reply = parts_.inside.Invoke(transaction, std::move(call));
  });
  if (!committed) return AwsFailure("InternalFailure", "{}", committed.error().message);
  if (!reply) return std::unexpected(std::move(reply.error()));
  const Value& credentials = reply->output["Credentials"];
  return RoleCredentials{.access_key_id = Text(credentials["AccessKeyId"]),
                         .secret_access_key = Text(credentials["SecretAccessKey"]),
                         .session_token = Text(credentials["SessionToken"]),
                         .issued = parts_.clock.Now(),
                         .expires = credentials["Expiration"].Timestamp().value_or(parts_.clock.Now())};
}

}  // namespace opentrail::services::ec2
