#include "services/ec2/volume.h"

#include <algorithm>

#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/ebs_encryption.h"
#include "services/ec2/handlers.h"
#include "services/ec2/instance.h"
#include "services/ec2/resources.h"
#include "services/ec2/snapshot.h"

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
namespace opentrail::services::ec2 {
namespace {

constexpr std::string_view kColumns =
    "volume_id, zone, size, type, iops, throughput, snapshot_id, key_arn, data_key, created, attached, instance_id, "
    "device, ends_with_instance, client_token";

constexpr FilterPath kVolumeFilters[] = {{"attachment.attach-time", "Attachments.AttachTime"},
                                         {"attachment.delete-on-termination", "Attachments.DeleteOnTermination"},
                                         {"attachment.device", "Attachments.Device"},
                                         {"attachment.instance-id", "Attachments.InstanceId"},
                                         {"attachment.status", "Attachments.State"},
                                         {"availability-zone", "AvailabilityZone"},
                                         {"create-time", "CreateTime"},
                                         {"encrypted", "Encrypted"},
                                         {"size", "Size"},
                                         {"snapshot-id", "SnapshotId"},
                                         {"status", "State"},
                                         {"volume-id", "VolumeId"},
                                         {"volume-type", "VolumeType"}};

// What a type of volume may be; GiB, IOPS. least_iops is 0 where IOPS are not the caller's to choose.
// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
struct VolumeType {
  std::string_view name;
  int64_t least_gib, most_gib, least_iops, most_iops;
};
constexpr VolumeType kTypes[] = {{"gp2", 1, 16'384, 0, 0},        {"gp3", 1, 65'536, 3000, 80'000},
                                 {"io1", 4, 16'384, 100, 64'000}, {"io2", 4, 65'536, 100, 256'000},
                                 {"sc1", 125, 16'384, 0, 0},      {"st1", 125, 16'384, 0, 0},
                                 {"standard", 1, 1024, 0, 0}};
constexpr int64_t kLeastThroughput = 125, kMostThroughput = 2000;  // of gp3, MiB/s

Volume Read(const store::Rows& rows) {
  const auto text = [&](int column) { return std::string(rows.Text(column)); };
  const auto time = [&](int column) { return Time(std::chrono::milliseconds(rows.Integer(column))); };
  const auto number = [&](int column) {
    return rows.IsNull(column) ? std::nullopt : std::optional(rows.Integer(column));
  };
  return {.id = text(0),
          .zone = text(1),
          .type = text(3),
          .size_gib = rows.Integer(2),
          .iops = number(4),
          .throughput_mibs = number(5),
          .snapshot_id = text(6),
          .key_arn = text(7),
          .data_key = text(8),
          .created = time(9),
          .attached = time(10),
          .instance_id = text(11),
          .device = text(12),
          .ends_with_instance = rows.Boolean(13),
          .client_token = text(14)};
}

Value DescribeVolume(const Call& call, const Volume& volume, store::Connection& state) {
  Value value = Value::Object({{"VolumeId", volume.id},
                               {"Size", volume.size_gib},
                               {"SnapshotId", volume.snapshot_id},
                               {"AvailabilityZone", volume.zone},
                               {"State", VolumeState(volume, call.now)},
                               {"CreateTime", volume.created},
                               {"Attachments", Value::List()},
                               {"Encrypted", !volume.key_arn.empty()},
                               {"VolumeType", volume.type},
                               {"MultiAttachEnabled", false},
                               {"Tags", TagsOf(state, volume.id)}});
  if (!volume.key_arn.empty()) value.Set("KmsKeyId", volume.key_arn);
  if (volume.iops) value.Set("Iops", *volume.iops);
  if (volume.throughput_mibs) value.Set("Throughput", *volume.throughput_mibs);
  if (!volume.instance_id.empty()) {
    const bool settled = call.now - volume.attached >= kVolumeTransition;
    value.At("Attachments").Append(DescribeAttachment(volume, settled ? "attached" : "attaching"));
  }
  return value;
}

AwsStatus SetZone(const Call& call, Volume& volume) {
  const std::string_view name = call.input["AvailabilityZone"].Text(), id = call.input["AvailabilityZoneId"].Text();
  if (name.empty() && id.empty()) {
    return AwsFailure("MissingParameter", "The request must contain the parameter availabilityZone");
  }
  for (const Region& region : Regions()) {
    if (region.name != call.region) continue;
    for (size_t i = 0; i < region.zones.size(); ++i) {
      const std::string zone = fmt::format("{}{}", region.name, region.zones[i]);
      if (zone == name || (name.empty() && id == fmt::format("{}-az{}", region.name, i + 1))) volume.zone = zone;
    }
  }
  if (volume.zone.empty()) {
    return AwsFailure("InvalidZone.NotFound", "The zone '{}' does not exist.", name.empty() ? id : name);
  }
  return {};
}

AwsStatus SetSize(const VolumeWish& wish, const Snapshot* snapshot, Volume& volume) {
  if (snapshot == nullptr && !wish.size_gib) {
    return AwsFailure("MissingParameter", "The request must contain the parameter size/snapshot");
  }
  volume.size_gib = wish.size_gib.value_or(snapshot != nullptr ? snapshot->size_gib : 0);
  if (snapshot != nullptr && volume.size_gib < snapshot->size_gib) {
    return AwsFailure("InvalidParameterValue", "Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB",
                      volume.size_gib, snapshot->id, snapshot->size_gib);
  }
  const auto* type = std::ranges::find(kTypes, volume.type, &VolumeType::name);
  if (type == std::end(kTypes)) {
    return AwsFailure("InvalidParameterValue", "Invalid value '{}' for VolumeType.", volume.type);
  }
  if (volume.size_gib < type->least_gib || volume.size_gib > type->most_gib) {
    return AwsFailure("InvalidParameterValue", "Volume of {}GiB is not valid for volume type {}: it has {} to {} GiB.",
                      volume.size_gib, volume.type, type->least_gib, type->most_gib);
  }
  return {};
}

AwsStatus SetPerformance(const VolumeWish& wish, Volume& volume) {
  static constexpr int64_t kLeastBurst = 100, kMostBurst = 16'000, kBurstPerGib = 3;
  const auto& type = *std::ranges::find(kTypes, volume.type, &VolumeType::name);
  const auto& [size, iops, throughput] = wish;
  if (iops && type.least_iops == 0) {
    return AwsFailure("InvalidParameterCombination", "The parameter iops is not supported for {} volumes.", type.name);
  }
  if (iops && (*iops < type.least_iops || *iops > type.most_iops)) {
    return AwsFailure("InvalidParameterValue", "Volume iops of {} is not valid for {}: it has {} to {}.", *iops,
                      type.name, type.least_iops, type.most_iops);
  }
  if (!iops && type.name.starts_with("io")) {
    return AwsFailure("MissingParameter", "The parameter iops must be specified for {} volumes.", type.name);
  }
  if (throughput && type.name != "gp3") {
    return AwsFailure("InvalidParameterCombination", "The parameter throughput is not supported for {} volumes.",
                      type.name);
  }
  if (throughput && (*throughput < kLeastThroughput || *throughput > kMostThroughput)) {
    return AwsFailure("InvalidParameterValue", "Volume throughput of {} is not valid for gp3: it has {} to {} MiB/s.",
                      *throughput, kLeastThroughput, kMostThroughput);
  }
  volume.throughput_mibs = type.name == "gp3" ? std::optional(throughput.value_or(kLeastThroughput)) : std::nullopt;
  volume.iops = iops;
  if (type.name == "gp3") volume.iops = iops.value_or(type.least_iops);
  if (type.name == "gp2") volume.iops = std::clamp(volume.size_gib * kBurstPerGib, kLeastBurst, kMostBurst);
  return {};
}

AwsResult<std::optional<Snapshot>> SourceOf(const Call& call, store::Connection& state) {
  const std::string_view id = call.input["SnapshotId"].Text();
  if (id.empty()) return std::nullopt;
  auto snapshot = FindSnapshot(state, call, id);
  if (!snapshot) return std::unexpected(snapshot.error());
  if (SnapshotState(*snapshot, call.now) != "completed") {
    return AwsFailure("IncorrectState", "Snapshot is in invalid state - {}", SnapshotState(*snapshot, call.now));
  }
  return std::move(*snapshot);
}

// The volume of the same client token, made before; nullopt: there is none.
std::optional<Volume> Existing(const Call& call, store::Connection& state) {
  const std::string_view token = call.input["ClientToken"].Text();
  if (token.empty()) return std::nullopt;
  for (Volume& volume : AllVolumes(state, call)) {
    if (volume.client_token == token) return std::move(volume);
  }
  return std::nullopt;
}

}  // namespace

AwsStatus ShapeVolume(const VolumeWish& wish, const Snapshot* source, Volume& volume) {
  if (auto good = SetSize(wish, source, volume); !good) return good;
  return SetPerformance(wish, volume);
}

void InsertVolume(const Call& call, const Volume& volume, store::Connection& state) {
  const bool attached = !volume.instance_id.empty();
  state.Execute(
      "INSERT INTO ec2_volume(region, volume_id, zone, size, type, iops, throughput, snapshot_id, key_arn, data_key, "
      "created, attached, instance_id, device, ends_with_instance, client_token) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      call.region, volume.id, volume.zone, volume.size_gib, volume.type, volume.iops, volume.throughput_mibs,
      volume.snapshot_id, volume.key_arn, store::Blob{volume.data_key}, volume.created.time_since_epoch().count(),
      attached ? volume.attached.time_since_epoch().count() : 0, volume.instance_id, volume.device,
      volume.ends_with_instance, volume.client_token);
}

std::vector<Volume> AllVolumes(store::Connection& state, const Call& call) {
  static const std::string kSql =
      fmt::format("SELECT {} FROM ec2_volume WHERE region = ? ORDER BY created, volume_id", kColumns);
  std::vector<Volume> volumes;
  {
    store::Rows rows = state.Query(kSql, call.region);
    while (rows.Next()) volumes.push_back(Read(rows));
  }
  const auto instances = AllInstances(state, call.region, call.now);
  std::erase_if(volumes, [&](const Volume& volume) {
    if (volume.instance_id.empty()) return false;
    const auto instance = std::ranges::find(instances, volume.instance_id, &Instance::id);
    return instance == instances.end() || StateAt(*instance, call.now).code == kTerminated.code;
  });
  return volumes;
}

AwsResult<Volume> FindVolume(store::Connection& state, const Call& call, std::string_view id) {
  if (!id.starts_with("vol-")) return AwsFailure("InvalidParameterValue", "The volume ID '{}' is malformed", id);
  for (Volume& volume : AllVolumes(state, call)) {
    if (volume.id == id) return std::move(volume);
  }
  return AwsFailure("InvalidVolume.NotFound", "The volume '{}' does not exist.", id);
}

std::string_view VolumeState(const Volume& volume, Time now) {
  if (!volume.instance_id.empty()) return "in-use";
  return now - volume.created < kVolumeTransition ? "creating" : "available";
}

AwsStatus CheckVolumeMade(const Volume& volume, Time now) {
  if (VolumeState(volume, now) != "creating") return {};
  return AwsFailure("IncorrectState", "Volume '{}' is in the 'creating' state.", volume.id);
}

Value DescribeAttachment(const Volume& volume, std::string_view status) {
  return Value::Object({{"VolumeId", volume.id},
                        {"InstanceId", volume.instance_id},
                        {"Device", volume.device},
                        {"State", status},
                        {"AttachTime", volume.attached},
                        {"DeleteOnTermination", volume.ends_with_instance}});
}

Value BlockDeviceMappingsOf(store::Connection& state, const Call& call, std::string_view instance_id) {
  static const std::string kSql = fmt::format(
      "SELECT {} FROM ec2_volume WHERE instance_id = ? ORDER BY attached, ends_with_instance DESC, device", kColumns);
  Value mappings = Value::List();
  store::Rows rows = state.Query(kSql, instance_id);
  while (rows.Next()) {
    const Volume volume = Read(rows);
    const bool settled = call.now - volume.attached >= kVolumeTransition;
    Value ebs = Value::Object({{"AttachTime", volume.attached},
                               {"DeleteOnTermination", volume.ends_with_instance},
                               {"Status", settled ? "attached" : "attaching"},
                               {"VolumeId", volume.id}});
    mappings.Append(Value::Object({{"DeviceName", volume.device}, {"Ebs", std::move(ebs)}}));
  }
  return mappings;
}

void FreeVolumesOf(store::Connection& state, std::string_view instance_id) {
  state.Execute("UPDATE ec2_volume SET instance_id = '', device = '' WHERE instance_id = ? AND ends_with_instance = 0",
                instance_id);
}

AwsResult<Reply> CreateVolume(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Reply reply;
  if (const auto existing = Existing(call, state)) {
    reply.output = DescribeVolume(call, *existing, state);
    return reply;
  }
  auto snapshot = SourceOf(call, state);
  if (!snapshot) return std::unexpected(snapshot.error());
  Volume volume{.id = RandomHexId(service.environment().random, "vol-"),
                .type = std::string(call.input["VolumeType"].Text("gp2")),
                .snapshot_id = *snapshot ? (*snapshot)->id : "",
                .created = call.now,
                .ends_with_instance = false,
                .client_token = Text(call.input["ClientToken"])};
  if (auto good = SetZone(call, volume); !good) return std::unexpected(good.error());
  const VolumeWish wish{call.input["Size"].Integer(), call.input["Iops"].Integer(), call.input["Throughput"].Integer()};
  if (auto good = ShapeVolume(wish, *snapshot ? &**snapshot : nullptr, volume); !good) {
    return std::unexpected(good.error());
  }
  const std::string source_key = *snapshot ? (*snapshot)->key_arn : "";
  auto key = RequestedVolumeKey(service, call, transaction, {volume.id, !source_key.empty(), source_key});
  if (!key) return std::unexpected(key.error());
  volume.key_arn = std::move(key->arn);
  volume.data_key = std::move(key->data_key);
  InsertVolume(call, volume, state);
  if (auto tagged = AddTagSpecifications(call, "volume", volume.id, state); !tagged)
    return std::unexpected(tagged.error());
  reply.output = DescribeVolume(call, volume, state);
  reply.output.Remove("Attachments");
  return reply;
}

AwsResult<Reply> DeleteVolume(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto volume = FindVolume(state, call, call.input["VolumeId"].Text());
  if (!volume) return std::unexpected(volume.error());
  if (!volume->instance_id.empty()) {
    return AwsFailure("VolumeInUse", "Volume {} is currently attached to {}", volume->id, volume->instance_id);
  }
  state.Execute("DELETE FROM ec2_volume WHERE volume_id = ?", volume->id);
  RemoveTags(state, volume->id);
  return Reply{};
}

AwsResult<Reply> DescribeVolumes(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  Value::Elements all;
  for (const Volume& volume : AllVolumes(state, call)) all.push_back(DescribeVolume(call, volume, state));
  if (auto found = SelectIds(call.input["VolumeIds"], "VolumeId", "InvalidVolume.NotFound", "volume", all); !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"Volumes", kVolumeFilters}, std::move(all));
}

}  // namespace opentrail::services::ec2
