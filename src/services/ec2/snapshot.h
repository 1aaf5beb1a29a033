#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/ec2/ec2_service.h"

namespace opentrail::services::ec2 {

struct Volume;

// What a copy is a snapshot of: no volume of the account's.
inline constexpr std::string_view kVolumeOfCopies = "vol-ffffffff";

// A snapshot of a volume, as a record: what the volume was, not what was written on it.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html
struct Snapshot {
  std::string id, region, volume_id, description;
  int64_t size_gib = 0;
  Time started;
  std::string key_arn, data_key;  // as Volume's
};

// Those of the account in the call's region, oldest first.
[[nodiscard]] std::vector<Snapshot> AllSnapshots(store::Connection& state, const Call& call);
// InvalidParameterValue for what is no snapshot's id, InvalidSnapshot.NotFound.
[[nodiscard]] AwsResult<Snapshot> FindSnapshot(store::Connection& state, const Call& call, std::string_view id);
// The same in another region, for copies.
[[nodiscard]] AwsResult<Snapshot> FindSnapshotIn(store::Connection& state, std::string_view region,
                                                 std::string_view id);
void InsertSnapshot(const Snapshot& snapshot, store::Connection& state);
// With its shares and tags.
void RemoveSnapshot(std::string_view id, store::Connection& state);
// What keeps the region's snapshots from everyone: "unblocked", "block-new-sharing", "block-all-sharing".
[[nodiscard]] std::string SnapshotBlock(store::Connection& state, std::string_view region);
// "pending", "completed"
[[nodiscard]] std::string_view SnapshotState(const Snapshot& snapshot, Time now);
// A pending snapshot of the volume as it is now; the caller inserts it.
[[nodiscard]] Snapshot SnapshotOf(Ec2Service& service, const Call& call, const Volume& volume,
                                  std::string_view description);

}  // namespace opentrail::services::ec2
