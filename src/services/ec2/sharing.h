#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/ec2/ec2_service.h"

// Who besides its owner may use a snapshot or an image: other accounts by their ids, "all" for everyone, organisations
// and their units by ARN.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolumePermissionModifications.html
namespace opentrail::services::ec2 {

// One kind of permission, as a call's input writes it.
struct SharingForm {
  std::string_view member;  // "CreateVolumePermission"
  std::string_view groups;  // of the older form: "GroupNames"
};
inline constexpr SharingForm kSnapshotSharing{"CreateVolumePermission", "GroupNames"};
inline constexpr SharingForm kImageSharing{"LaunchPermission", "UserGroups"};
inline constexpr std::string_view kEveryone = "all";

struct SharingChange {
  std::vector<std::string> added, removed;
};

// What a Modify call asks for, in the newer form (Add and Remove) or the older one (OperationType). Empty where it asks
// for nothing. InvalidUserID.Malformed, InvalidAMIAttributeItemValue, InvalidParameterValue past 500 changes.
[[nodiscard]] AwsResult<SharingChange> ReadSharingChange(const Value& input, const SharingForm& form);

void ApplySharing(store::Connection& state, std::string_view resource_id, const SharingChange& change);
// By name, "all" among them.
[[nodiscard]] std::vector<std::string> SharesOf(store::Connection& state, std::string_view resource_id);
// [{UserId}, {Group}, {OrganizationArn}, {OrganizationalUnitArn}]
[[nodiscard]] Value DescribeShares(store::Connection& state, std::string_view resource_id);
void RemoveShares(store::Connection& state, std::string_view resource_id);

// 12 digits.
[[nodiscard]] bool IsAccountId(std::string_view text);

}  // namespace opentrail::services::ec2
