#include "services/ec2/instance_network.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "services/ec2/security_group.h"

namespace opentrail::services::ec2 {
namespace {

using instances::SecurityGroupRule;

constexpr std::string_view kGroupsOfInstance =
    "SELECT group_id FROM ec2_instance_group WHERE instance_id = ? ORDER BY group_id";
constexpr std::string_view kMembers = "SELECT instance_id FROM ec2_instance_group WHERE group_id = ?";
constexpr std::string_view kGroupsOfVpc = "SELECT group_id FROM ec2_group WHERE vpc_id = ?";

SecurityGroupRule RuleOf(const Rule& rule) {
  return {.direction = rule.is_egress ? SecurityGroupRule::Direction::kEgress : SecurityGroupRule::Direction::kIngress,
          .protocol = rule.protocol,
          .from_port = static_cast<int32_t>(rule.from_port),
          .to_port = static_cast<int32_t>(rule.to_port),
          .cidr = rule.cidr_ipv4.empty() ? rule.cidr_ipv6 : rule.cidr_ipv4,
          .group_id = rule.referenced_group_id};
}

}  // namespace

InstanceNetwork::InstanceNetwork(Parts parts)
    : parts_(std::move(parts)),
      directory_(parts_.records, std::move(parts_.directory_reader)),
      signer_(parts_.data_directory + "/instances", parts_.records.clock) {}

Status InstanceNetwork::EnsureClient(instances::LauncherChannel& channel,
                                     std::unique_ptr<instances::NetworkClient>& former) {
  auto described = channel.Call("network.describe", Value::Object());
  if (!described) return std::unexpected(described.error());
  const std::string launcher(described->value["Id"].Text());
  if (client_ && launcher == launcher_) return {};
  former = std::move(client_);
  groups_.clear();
  auto client = instances::NetworkClient::Start({.channel = channel,
                                                 .directory = directory_,
                                                 .signer = &signer_,
                                                 .clock = parts_.records.clock,
                                                 .random = parts_.random});
  if (!client) return std::unexpected(client.error());
  client_ = std::move(*client);
  launcher_ = launcher;
  if (const Status served = client_->ServeInternetHosts(parts_.data_directory); !served) return served;
  return endpoints_ != nullptr ? client_->ServeEndpoints(*endpoints_) : Status();
}

Status InstanceNetwork::Prepare(std::string_view instance_id, instances::LauncherChannel& channel) {
  // Ended without the lock: what it still answers may wait for the committer, which may wait for the lock.
  std::unique_ptr<instances::NetworkClient> former;
  const std::lock_guard lock(mutex_);
  if (is_shut_) return MakeError(ErrorCode::kCancelled, "the server is ending");
  parts_.reader.ClearStatus();
  if (const Status ready = EnsureClient(channel, former); !ready) return ready;
  std::string vpc, cidr;
  {
    store::Rows rows = parts_.reader.Query(
        "SELECT vpc_id, cidr FROM ec2_instance JOIN ec2_vpc USING(vpc_id) WHERE instance_id = ?", instance_id);
    if (!rows.Next()) return MakeError(ErrorCode::kNotFound, "{} is in no VPC", instance_id);
    vpc = rows.Text(0);
    cidr = rows.Text(1);
  }
  Status status = client_->OpenVpc(vpc, cidr);
  for (const std::string& group : Texts(kGroupsOfVpc, vpc)) {
    if (status) status = ApplyGroup(group);
  }
  groups_.insert_or_assign(std::string(instance_id), Texts(kGroupsOfInstance, instance_id));
  return status;
}

std::vector<std::string> InstanceNetwork::Texts(std::string_view sql, std::string_view key) {
  std::vector<std::string> texts;
  store::Rows rows = parts_.reader.Query(sql, key);
  while (rows.Next()) texts.emplace_back(rows.Text(0));
  return texts;
}

Status InstanceNetwork::ApplyGroup(std::string_view group_id) {
  const std::vector<std::string> vpc = Texts("SELECT vpc_id FROM ec2_group WHERE group_id = ?", group_id);
  if (vpc.empty()) return client_->RemoveSecurityGroup(group_id);
  instances::SecurityGroup group{.group_id = std::string(group_id), .vpc_id = vpc.front(), .rules = {}};
  for (const Rule& rule : RulesOf(parts_.reader, group_id)) {
    if (rule.prefix_list_id.empty()) group.rules.push_back(RuleOf(rule));  // no prefix list is served here
  }
  return client_->ApplySecurityGroup(group);
}

// Instances that joined the group or left it.
Status InstanceNetwork::ApplyMembers(std::string_view group_id) {
  const std::vector<std::string> members = Texts(kMembers, group_id);
  Status first;
  for (auto& [instance, known] : groups_) {
    const bool was = std::ranges::find(known, group_id) != known.end();
    const bool is = std::ranges::find(members, instance) != members.end();
    if (was == is) continue;
    std::vector<std::string> groups = Texts(kGroupsOfInstance, instance);
    if (groups.empty()) continue;  // it is being terminated: it keeps its groups to its end
    const Status changed = client_->SetSecurityGroups(instance, groups);
    if (changed) known = std::move(groups);
    if (first) first = changed;
  }
  return first;
}

void InstanceNetwork::Report(std::string_view what, const Status& status) const {
  if (!status) parts_.progress(fmt::format("{}: the network did not follow: {}", what, status.error().message));
}

void InstanceNetwork::ApplySecurityGroup(std::string_view group_id) {
  const std::lock_guard lock(mutex_);
  if (!client_) return;
  parts_.reader.ClearStatus();
  Report(group_id, ApplyGroup(group_id));
  Report(group_id, ApplyMembers(group_id));
}

void InstanceNetwork::ApplyPublicAddress(std::string_view instance_id) {
  const std::lock_guard lock(mutex_);
  if (!client_ || !groups_.contains(instance_id)) return;
  parts_.reader.ClearStatus();
  const std::vector<std::string> address =
      Texts("SELECT coalesce(public_ip, '') FROM ec2_instance WHERE instance_id = ?", instance_id);
  std::optional<std::string> wanted;
  if (!address.empty() && !address.front().empty()) wanted = address.front();
  Report(instance_id, client_->SetPublicAddress(instance_id, wanted));
}

void InstanceNetwork::ServeEndpoints(http::Server& server) {
  const std::lock_guard lock(mutex_);
  endpoints_ = &server;
  if (client_) Report("the AWS endpoints", client_->ServeEndpoints(server));
}

void InstanceNetwork::Shutdown() {
  std::unique_ptr<instances::NetworkClient> former;  // ended without the lock, as in Prepare
  const std::lock_guard lock(mutex_);
  is_shut_ = true;
  former = std::move(client_);
}

Value InstanceNetwork::Describe() {
  const std::lock_guard lock(mutex_);
  if (!client_) return Value::Object();
  auto described = client_->Describe();
  return described ? std::move(*described) : Value::Object({{"Error", described.error().message}});
}

}  // namespace opentrail::services::ec2
