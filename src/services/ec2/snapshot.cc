#include "services/ec2/snapshot.h"

#include <algorithm>

#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/ebs_encryption.h"
#include "services/ec2/handlers.h"
#include "services/ec2/image.h"
#include "services/ec2/instance.h"
#include "services/ec2/resources.h"
#include "services/ec2/sharing.h"
#include "services/ec2/volume.h"

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html
namespace opentrail::services::ec2 {
namespace {

constexpr size_t kMaxDescription = 255;

constexpr std::string_view kColumns = "snapshot_id, region, volume_id, description, size, started, key_arn, data_key";

constexpr FilterPath kSnapshotFilters[] = {
    {"description", "Description"}, {"encrypted", "Encrypted"},   {"owner-alias", "OwnerAlias"},
    {"owner-id", "OwnerId"},        {"progress", "Progress"},     {"snapshot-id", "SnapshotId"},
    {"start-time", "StartTime"},    {"status", "State"},          {"storage-tier", "StorageTier"},
    {"volume-id", "VolumeId"},      {"volume-size", "VolumeSize"}};

Snapshot Read(const store::Rows& rows) {
  const auto text = [&](int column) { return std::string(rows.Text(column)); };
  return {.id = text(0),
          .region = text(1),
          .volume_id = text(2),
          .description = text(3),
          .size_gib = rows.Integer(4),
          .started = Time(std::chrono::milliseconds(rows.Integer(5))),
          .key_arn = text(6),
          .data_key = text(7)};
}

Value Describe(const Call& call, const Snapshot& snapshot, store::Connection& state) {
  const std::string_view status = SnapshotState(snapshot, call.now);
  Value value = Value::Object({{"SnapshotId", snapshot.id},
                               {"VolumeId", snapshot.volume_id},
                               {"State", status},
                               {"StartTime", snapshot.started},
                               {"Progress", status == "completed" ? "100%" : "0%"},
                               {"OwnerId", call.account_id},
                               {"Description", snapshot.description},
                               {"VolumeSize", snapshot.size_gib},
                               {"Encrypted", !snapshot.key_arn.empty()},
                               {"StorageTier", "standard"},
                               {"Tags", TagsOf(state, snapshot.id)}});
  if (!snapshot.key_arn.empty()) value.Set("KmsKeyId", snapshot.key_arn);
  if (status == "completed") value.Set("CompletionTime", snapshot.started + kVolumeTransition);
  return value;
}

// As the call that makes it answers: nothing has been done yet.
Value DescribeNew(const Call& call, const Snapshot& snapshot, store::Connection& state) {
  Value value = Describe(call, snapshot, state);
  value.Remove("StorageTier");
  return value.Set("Progress", "");
}

AwsStatus CheckDescription(const Call& call) {
  if (call.input["Description"].Text().size() <= kMaxDescription) return {};
  return AwsFailure("InvalidParameterValue",
                    "Value for parameter description is invalid. It has at most {} characters.", kMaxDescription);
}

AwsResult<Snapshot> Make(Ec2Service& service, Call& call, const Volume& volume, store::Connection& state) {
  const Snapshot snapshot = SnapshotOf(service, call, volume, call.input["Description"].Text());
  InsertSnapshot(snapshot, state);
  if (call.input["CopyTagsFromSource"].Text() == "volume") {
    if (auto tagged = AddTags(call, TagsOf(state, volume.id), "snapshot", snapshot.id, state); !tagged)
      return std::unexpected(tagged.error());
  }
  if (auto tagged = AddTagSpecifications(call, "snapshot", snapshot.id, state); !tagged)
    return std::unexpected(tagged.error());
  return snapshot;
}

bool IsOwnedBy(std::string_view owner, const Call& call) { return owner == "self" || owner == call.account_id; }

// Who may make volumes of it: its owner, those whom it is shared with, with "all" everyone.
bool IsRestorableBy(const Snapshot& snapshot, std::string_view who, const Call& call, store::Connection& state) {
  if (IsOwnedBy(who, call)) return true;
  if (who == kEveryone && SnapshotBlock(state, call.region) == "block-all-sharing") return false;
  const auto shares = SharesOf(state, snapshot.id);
  return std::ranges::find(shares, who) != shares.end();
}

AwsStatus CheckOwners(const Value& owners, std::initializer_list<std::string_view> aliases) {
  for (const Value& owner : owners.elements()) {
    if (IsAccountId(owner.Text()) || std::ranges::find(aliases, owner.Text()) != aliases.end()) continue;
    return AwsFailure("InvalidUserID.Malformed", "Invalid user id: \"{}\"", owner.Text());
  }
  return {};
}

// The snapshots that the call asks for, before its filters.
AwsResult<std::vector<Snapshot>> Select(const Call& call, store::Connection& state) {
  const Value& owners = call.input["OwnerIds"];
  const Value& restorers = call.input["RestorableByUserIds"];
  if (auto good = CheckOwners(owners, {"self", "amazon", "aws-marketplace"}); !good)
    return std::unexpected(good.error());
  if (auto good = CheckOwners(restorers, {"self", kEveryone}); !good) return std::unexpected(good.error());
  std::vector<Snapshot> snapshots;
  for (const Value& id : call.input["SnapshotIds"].elements()) {
    auto snapshot = FindSnapshot(state, call, id.Text());
    if (!snapshot) return std::unexpected(snapshot.error());
    snapshots.push_back(std::move(*snapshot));
  }
  if (call.input["SnapshotIds"].elements().empty()) snapshots = AllSnapshots(state, call);
  const auto any = [](const Value& list, auto test) {
    return list.elements().empty() ||
           std::ranges::any_of(list.elements(), [&](const Value& each) { return test(each.Text()); });
  };
  std::erase_if(snapshots, [&](const Snapshot& snapshot) {
    return !any(owners, [&](std::string_view owner) { return IsOwnedBy(owner, call); }) ||
           !any(restorers, [&](std::string_view who) { return IsRestorableBy(snapshot, who, call, state); });
  });
  return snapshots;
}

}  // namespace

std::vector<Snapshot> AllSnapshots(store::Connection& state, const Call& call) {
  static const std::string kSql =
      fmt::format("SELECT {} FROM ec2_snapshot WHERE region = ? ORDER BY started, snapshot_id", kColumns);
  std::vector<Snapshot> snapshots;
  store::Rows rows = state.Query(kSql, call.region);
  while (rows.Next()) snapshots.push_back(Read(rows));
  return snapshots;
}

AwsResult<Snapshot> FindSnapshot(store::Connection& state, const Call& call, std::string_view id) {
  return FindSnapshotIn(state, call.region, id);
}

AwsResult<Snapshot> FindSnapshotIn(store::Connection& state, std::string_view region, std::string_view id) {
  static const std::string kSql =
      fmt::format("SELECT {} FROM ec2_snapshot WHERE region = ? AND snapshot_id = ?", kColumns);
  if (!id.starts_with("snap-")) {
    return AwsFailure("InvalidParameterValue", "Value ({}) for parameter snapshotId is invalid. Expected: 'snap-...'.",
                      id);
  }
  store::Rows rows = state.Query(kSql, region, id);
  if (!rows.Next()) return AwsFailure("InvalidSnapshot.NotFound", "The snapshot '{}' does not exist.", id);
  return Read(rows);
}

void InsertSnapshot(const Snapshot& snapshot, store::Connection& state) {
  state.Execute(
      "INSERT INTO ec2_snapshot(snapshot_id, region, volume_id, description, size, started, key_arn, data_key) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
      snapshot.id, snapshot.region, snapshot.volume_id, snapshot.description, snapshot.size_gib,
      snapshot.started.time_since_epoch().count(), snapshot.key_arn, store::Blob{snapshot.data_key});
}

void RemoveSnapshot(std::string_view id, store::Connection& state) {
  state.Execute("DELETE FROM ec2_snapshot WHERE snapshot_id = ?", id);
  RemoveShares(state, id);
  RemoveTags(state, id);
}

std::string_view SnapshotState(const Snapshot& snapshot, Time now) {
  return now - snapshot.started < kVolumeTransition ? "pending" : "completed";
}

Snapshot SnapshotOf(Ec2Service& service, const Call& call, const Volume& volume, std::string_view description) {
  return {.id = RandomHexId(service.environment().random, "snap-"),
          .region = call.region,
          .volume_id = volume.id,
          .description = std::string(description),
          .size_gib = volume.size_gib,
          .started = call.now,
          .key_arn = volume.key_arn,
          .data_key = volume.data_key};
}

AwsResult<Reply> CreateSnapshot(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (auto good = CheckDescription(call); !good) return std::unexpected(good.error());
  const auto volume = FindVolume(state, call, call.input["VolumeId"].Text());
  if (!volume) return std::unexpected(volume.error());
  if (auto made = CheckVolumeMade(*volume, call.now); !made) return std::unexpected(made.error());
  const auto snapshot = Make(service, call, *volume, state);
  if (!snapshot) return std::unexpected(snapshot.error());
  return Reply{.output = DescribeNew(call, *snapshot, state)};
}

AwsResult<Reply> CreateSnapshots(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (auto good = CheckDescription(call); !good) return std::unexpected(good.error());
  const Value& wanted = call.input["InstanceSpecification"];
  const auto instances = FindInstances(state, call, Value::List({wanted["InstanceId"]}));
  if (!instances) return std::unexpected(instances.error());
  const Instance& instance = instances->front();
  const auto& excluded = wanted["ExcludeDataVolumeIds"].elements();
  Value list = Value::List();
  for (const Volume& volume : AllVolumes(state, call)) {
    const bool is_root = volume.id == instance.volume_id;
    if (volume.instance_id != instance.id || (is_root && wanted["ExcludeBootVolume"].Boolean())) continue;
    if (std::ranges::any_of(excluded, [&](const Value& id) { return id.Text() == volume.id; })) continue;
    const auto snapshot = Make(service, call, volume, state);
    if (!snapshot) return std::unexpected(snapshot.error());
    list.Append(DescribeNew(call, *snapshot, state));
  }
  if (list.elements().empty()) {
    return AwsFailure("InvalidParameterValue", "The instance '{}' has no volume that is not excluded.", instance.id);
  }
  return Reply{.output = Value::Object({{"Snapshots", std::move(list)}})};
}

AwsResult<Reply> DescribeSnapshots(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (call.input.Has("MaxResults") && !call.input["SnapshotIds"].elements().empty()) {
    return AwsFailure("InvalidParameterCombination",
                      "The parameter snapshotIds cannot be used with the parameter maxResults");
  }
  auto snapshots = Select(call, state);
  if (!snapshots) return std::unexpected(snapshots.error());
  Value::Elements all;
  for (const Snapshot& snapshot : *snapshots) all.push_back(Describe(call, snapshot, state));
  return Answer(call, {"Snapshots", kSnapshotFilters}, std::move(all));
}

AwsResult<Reply> DeleteSnapshot(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto snapshot = FindSnapshot(state, call, call.input["SnapshotId"].Text());
  if (!snapshot) return std::unexpected(snapshot.error());
  if (const auto images = ImagesOfSnapshot(state, snapshot->id); !images.empty()) {
    return AwsFailure("InvalidSnapshot.InUse", "The snapshot {} is currently in use by {}", snapshot->id,
                      images.front());
  }
  RemoveSnapshot(snapshot->id, state);
  return Reply{};
}

AwsResult<Reply> CopySnapshot(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  if (auto good = CheckDescription(call); !good) return std::unexpected(good.error());
  const std::string_view region = call.input["SourceRegion"].Text();
  if (std::ranges::find(Regions(), region, &Region::name) == Regions().end()) {
    return AwsFailure("InvalidParameterValue", "Value ({}) for parameter sourceRegion is invalid.", region);
  }
  const auto source = FindSnapshotIn(state, region, call.input["SourceSnapshotId"].Text());
  if (!source) return std::unexpected(source.error());
  if (SnapshotState(*source, call.now) != "completed") {
    return AwsFailure("IncorrectState", "Snapshot is in invalid state - {}", SnapshotState(*source, call.now));
  }
  Snapshot copy = *source;
  copy.id = RandomHexId(service.environment().random, "snap-");
  copy.region = call.region;
  copy.volume_id = kVolumeOfCopies;
  copy.description = Text(call.input["Description"]);
  copy.started = call.now;
  auto sealed = RequestedVolumeKey(service, call, transaction, {copy.id, !source->key_arn.empty()});
  if (!sealed) return std::unexpected(sealed.error());
  copy.key_arn = std::move(sealed->arn);
  copy.data_key = std::move(sealed->data_key);
  InsertSnapshot(copy, state);
  if (auto tagged = AddTagSpecifications(call, "snapshot", copy.id, state); !tagged)
    return std::unexpected(tagged.error());
  return Reply{.output = Value::Object({{"SnapshotId", copy.id}, {"Tags", TagsOf(state, copy.id)}})};
}

}  // namespace opentrail::services::ec2
