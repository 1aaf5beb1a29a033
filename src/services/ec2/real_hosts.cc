#include "services/ec2/real_hosts.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "codec/text.h"
#include "instances/network_host.h"
#include "services/ec2/key_material.h"

namespace opentrail::services::ec2 {
namespace {

// What an instance of the type may use; types that are not listed are held to the smallest.
// https://aws.amazon.com/ec2/instance-types/
struct TypeSize {
  std::string_view suffix;
  int64_t memory_mib, processors;
};
constexpr TypeSize kSizes[] = {
    {".nano", 512, 2},   {".micro", 1024, 2},   {".small", 2048, 2},    {".medium", 4096, 2},
    {".large", 8192, 2}, {".xlarge", 16384, 4}, {".2xlarge", 32768, 8},
};
constexpr int64_t kProcesses = 4096;

instances::InstanceLimits LimitsOf(std::string_view type) {
  TypeSize size = kSizes[0];
  for (const TypeSize& candidate : kSizes) {
    if (type.ends_with(candidate.suffix)) size = candidate;
  }
  return {.memory_bytes = size.memory_mib << 20, .processes = kProcesses, .cpu_percent = size.processors * 100};
}

// The reason as StateTransitionReason and StateReason show it.
std::string ReasonOf(const instances::HostEvent& event) {
  switch (event.cause) {
    case instances::HostEvent::Cause::kAsked: return "";
    case instances::HostEvent::Cause::kInside: return "Client.InstanceInitiatedShutdown: Instance initiated shutdown";
    case instances::HostEvent::Cause::kFault: return "Server.InternalError: " + event.reason;
  }
  return "";
}

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void RecordEvent(const instances::HostEvent& event, store::Connection& state) {
  state.Execute("INSERT OR REPLACE INTO ec2_instance_host VALUES(?, ?)", event.instance_id,
                instances::HostStateName(event.state));
  if (event.cause == instances::HostEvent::Cause::kAsked) return;
  // Nobody asked for it: what is wanted follows what is.
  state.Execute("UPDATE ec2_instance SET wanted = ?, reason = ? WHERE instance_id = ? AND wanted <> 'terminated'",
                instances::HostStateName(event.state), ReasonOf(event), event.instance_id);
}

}  // namespace

RealHosts::~RealHosts() { Shutdown(); }

Status RealHosts::Start(Parts parts) {
  parts_ = std::make_unique<Parts>(std::move(parts));
  network_ = std::make_unique<InstanceNetwork>(std::move(parts_->network));
  auto hosts = instances::Hosts::Start(parts_->options, *this);
  if (!hosts) return std::unexpected(hosts.error());
  hosts_ = std::move(*hosts);
  Resume();
  WriteStatus();
  return {};
}

// The network's servers first: they may ask the launcher, which goes with the hosts.
void RealHosts::Shutdown() {
  if (network_) network_->Shutdown();
  hosts_.reset();
  network_.reset();
}

void RealHosts::ServeEndpoints(http::Server& server) {
  if (network_) network_->ServeEndpoints(server);
}

void RealHosts::Resume() {
  std::vector<std::string> keep;
  const std::lock_guard lock(mutex_);
  store::Rows rows = parts_->reader.Query(
      "SELECT instance_id, wanted, coalesce(h.state, '') FROM ec2_instance LEFT JOIN ec2_instance_host h "
      "USING(instance_id) WHERE wanted <> coalesce(h.state, '') OR wanted <> 'terminated' ORDER BY launched");
  while (rows.Next()) {
    std::string id(rows.Text(0));
    const std::string_view wanted = rows.Text(1), state = rows.Text(2);
    if (wanted == "running") hosts_->Launch(id);
    if (wanted == "stopped" && state != "stopped") hosts_->Stop(id);
    if (wanted == "terminated" && !state.empty()) hosts_->Terminate(id);
    if (wanted != "terminated") keep.push_back(std::move(id));
  }
  hosts_->KeepOnly(std::move(keep));
}

// Whole or not at all: written beside and renamed.
void RealHosts::WriteStatus() {
  const std::string file = parts_->options.data_directory + "/instances/status.json";
  std::error_code error;
  std::filesystem::create_directories(parts_->options.data_directory + "/instances", error);
  std::ofstream(file + ".new", std::ios::trunc) << codec::WriteJson(Describe()) << '\n';
  if (!error) std::filesystem::rename(file + ".new", file, error);
  if (error) parts_->options.progress(fmt::format("{}: {}", file, error.message()));
}

AwsStatus RealHosts::CanLaunch() {
  const Status can =
      hosts_ ? hosts_->CanLaunch() : MakeError(ErrorCode::kUnsupported, "instances are not served by this program");
  if (can) return {};
  // A fault of the server's, as EC2's list of errors has it: clients try again.
  return std::unexpected(AwsError{
      .code = "InsufficientInstanceCapacity",
      .message = fmt::format("We currently do not have sufficient capacity in the Availability Zone you requested: {}",
                             can.error().message),
      .http_status = 500});
}

void RealHosts::Apply(Change change, std::string_view instance_id) {
  if (!hosts_) return;
  std::string id(instance_id);
  switch (change) {
    case Change::kLaunch:
    case Change::kStart: return hosts_->Launch(std::move(id));
    case Change::kStop: return hosts_->Stop(std::move(id));
    case Change::kReboot: return hosts_->Reboot(std::move(id));
    case Change::kTerminate: return hosts_->Terminate(std::move(id));
  }
}

void RealHosts::ApplySecurityGroup(std::string_view group_id) {
  if (network_) network_->ApplySecurityGroup(group_id);
}

void RealHosts::ApplyPublicAddress(std::string_view instance_id) {
  if (network_) network_->ApplyPublicAddress(instance_id);
}

bool RealHosts::IsAddressFree(std::string_view address) { return instances::IsFreeOnHost(address).value_or(false); }

std::string RealHosts::ConsoleOutput(std::string_view instance_id) {
  if (!hosts_) return "";
  return hosts_->ConsoleOutput(instance_id).value_or("");
}

Value RealHosts::Describe() {
  if (!hosts_) return Value::Object({{"level", "none"}});
  Value described = hosts_->Describe();
  described.Set("network", network_->Describe());
  return described;
}

Result<instances::LaunchRequest> RealHosts::RequestFor(std::string_view instance_id,
                                                       instances::LauncherChannel& channel) {
  if (const Status ready = network_->Prepare(instance_id, channel); !ready) return std::unexpected(ready.error());
  const std::lock_guard lock(mutex_);
  store::Connection& state = parts_->reader;
  state.ClearStatus();
  store::Rows rows = state.Query(
      "SELECT i.region, i.vpc_id, v.cidr, s.cidr, i.private_ip, i.public_ip, i.instance_type, k.public_key, "
      "i.user_data, i.key_name FROM ec2_instance i JOIN ec2_vpc v USING(vpc_id) JOIN ec2_subnet s USING(subnet_id) "
      "LEFT JOIN ec2_key_pair k ON k.region = i.region AND k.name = i.key_name WHERE i.instance_id = ?",
      instance_id);
  if (!rows.Next()) return MakeError(ErrorCode::kNotFound, "{} is in no VPC", instance_id);
  const auto text = [&](int column) { return std::string(rows.Text(column)); };
  instances::LaunchRequest request{.interface = {.instance_id = std::string(instance_id),
                                                 .region = text(0),
                                                 .vpc_id = text(1),
                                                 .vpc_cidr = text(2),
                                                 .subnet_cidr = text(3),
                                                 .private_address = text(4)},
                                   .limits = LimitsOf(rows.Text(6)),
                                   .host_keys = MakeHostKeys(parts_->random),
                                   .ca_certificate = ReadWhole(parts_->ca_certificate_file),
                                   .user_data = codec::Base64Decode(rows.Text(8)).value_or("")};
  if (!rows.Text(5).empty()) request.interface.public_address = text(5);
  if (!rows.Text(7).empty()) request.authorized_key = fmt::format("{} {}", rows.Text(7), rows.Text(9));
  store::Rows groups = state.Query("SELECT group_id FROM ec2_instance_group WHERE instance_id = ?", instance_id);
  while (groups.Next()) request.interface.security_groups.emplace_back(groups.Text(0));
  return request;
}

void RealHosts::Changed(const instances::HostEvent& event) {
  if (hosts_) WriteStatus();
  parts_->committer.Submit(
      [event](store::Transaction& transaction) { RecordEvent(event, transaction.connection()); },
      [progress = parts_->options.progress, event](const Status& kept) {
        if (!kept) progress(fmt::format("{}: its state is not recorded: {}", event.instance_id, kept.error().message));
      });
}

}  // namespace opentrail::services::ec2
