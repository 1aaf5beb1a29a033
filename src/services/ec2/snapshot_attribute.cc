#include <algorithm>

#include "services/ec2/ebs_encryption.h"
#include "services/ec2/handlers.h"
#include "services/ec2/resources.h"
#include "services/ec2/sharing.h"
#include "services/ec2/snapshot.h"

// Who may make volumes of a snapshot, and what stops that it is everyone.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html
namespace opentrail::services::ec2 {
namespace {

constexpr std::string_view kPermission = "createVolumePermission";
constexpr std::string_view kUnblocked = "unblocked";

AwsResult<Snapshot> FindOne(const Call& call, store::Connection& state) {
  const std::string_view id = call.input["SnapshotId"].Text();
  if (!id.starts_with("snap-")) {
    return AwsFailure("InvalidSnapshotID.Malformed", "Value ( {} ) for parameter SNAPSHOT is invalid. ", id);
  }
  return FindSnapshot(state, call, id);
}

AwsStatus CheckSharing(const Call& call, const Snapshot& snapshot, const SharingChange& change,
                       store::Connection& state) {
  if (change.added.empty()) return {};
  const bool to_everyone = std::ranges::find(change.added, kEveryone) != change.added.end();
  if (!snapshot.key_arn.empty() && to_everyone) {
    return AwsFailure("OperationNotPermitted", "Encrypted snapshots cannot be shared publicly");
  }
  if (IsManagedEbsKey(call, snapshot.key_arn)) {
    return AwsFailure("OperationNotPermitted", "Encrypted snapshots with EBS default key cannot be shared");
  }
  if (to_everyone && SnapshotBlock(state, call.region) != kUnblocked) {
    return AwsFailure("OperationNotPermitted",
                      "You can't publicly share this snapshot because block public access for snapshots is enabled for "
                      "this account. To publicly share it, call DisableSnapshotBlockPublicAccess first.");
  }
  return {};
}

AwsResult<Reply> SetBlock(Ec2Service& service, Call& call, store::Transaction& transaction, std::string_view block) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  state.Execute("UPDATE ec2_region SET snapshot_block = ? WHERE region = ?", block, call.region);
  return Reply{.output = Value::Object({{"State", block}})};
}

}  // namespace

std::string SnapshotBlock(store::Connection& state, std::string_view region) {
  store::Rows rows = state.Query("SELECT snapshot_block FROM ec2_region WHERE region = ?", region);
  return std::string(rows.Next() ? rows.Text(0) : kUnblocked);
}

AwsResult<Reply> ModifySnapshotAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto snapshot = FindOne(call, state);
  if (!snapshot) return std::unexpected(snapshot.error());
  if (call.input["Attribute"].Text(kPermission) != kPermission) {
    return AwsFailure("InvalidParameterValue", "Only the attribute {} of a snapshot can be modified", kPermission);
  }
  const auto change = ReadSharingChange(call.input, kSnapshotSharing);
  if (!change) return std::unexpected(change.error());
  if (change->added.empty() && change->removed.empty()) {
    return AwsFailure("InvalidParameterCombination", "No attributes specified.");
  }
  if (auto good = CheckSharing(call, *snapshot, *change, state); !good) return std::unexpected(good.error());
  ApplySharing(state, snapshot->id, *change);
  return Reply{};
}

AwsResult<Reply> DescribeSnapshotAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto snapshot = FindOne(call, state);
  if (!snapshot) return std::unexpected(snapshot.error());
  Reply reply;
  reply.output.Set("SnapshotId", snapshot->id);
  if (call.input["Attribute"].Text() == kPermission) {
    reply.output.Set("CreateVolumePermissions", DescribeShares(state, snapshot->id));
  } else {
    reply.output.Set("ProductCodes", Value::List());
  }
  return reply;
}

AwsResult<Reply> ResetSnapshotAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto snapshot = FindOne(call, state);
  if (!snapshot) return std::unexpected(snapshot.error());
  if (call.input["Attribute"].Text() != kPermission) {
    return AwsFailure("InvalidParameterValue", "Only the attribute {} of a snapshot can be reset", kPermission);
  }
  RemoveShares(state, snapshot->id);
  return Reply{};
}

AwsResult<Reply> EnableSnapshotBlockPublicAccess(Ec2Service& service, Call& call, store::Transaction& transaction) {
  const std::string_view block = call.input["State"].Text();
  if (block != "block-all-sharing" && block != "block-new-sharing") {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter State is invalid. Valid: block-all-sharing, block-new-sharing.", block);
  }
  return SetBlock(service, call, transaction, block);
}

AwsResult<Reply> DisableSnapshotBlockPublicAccess(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return SetBlock(service, call, transaction, kUnblocked);
}

AwsResult<Reply> GetSnapshotBlockPublicAccessState(Ec2Service&, Call& call, store::Transaction& transaction) {
  return Reply{.output = Value::Object(
                   {{"State", SnapshotBlock(transaction.connection(), call.region)}, {"ManagedBy", "account"}})};
}

}  // namespace opentrail::services::ec2
