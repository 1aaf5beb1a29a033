#include "services/ec2/sharing.h"

#include <algorithm>
#include <array>

#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr size_t kMaxChanges = 500;  // of one call
constexpr size_t kAccountDigits = 12;

// How a grantee of each kind is written: as a member of a permission, and as a list of the older form.
struct GranteeKind {
  std::string_view member, list;
};
constexpr std::string_view kOrganization = "OrganizationArn", kUnit = "OrganizationalUnitArn";
constexpr GranteeKind kKinds[] = {
    {"UserId", "UserIds"}, {kOrganization, "OrganizationArns"}, {kUnit, "OrganizationalUnitArns"}};

AwsStatus CheckGrantee(std::string_view member, std::string_view grantee) {
  if (member == "Group") {
    if (grantee == kEveryone) return {};
    return AwsFailure("InvalidAMIAttributeItemValue", "Invalid attribute item value \"{}\" for userGroup item type.",
                      grantee);
  }
  if (member == "UserId") {
    if (IsAccountId(grantee)) return {};
    return AwsFailure("InvalidUserID.Malformed", "Invalid user id: \"{}\"", grantee);
  }
  const std::string_view kind = member == kOrganization ? ":organization/o-" : ":ou/o-";
  if (grantee.starts_with("arn:aws:organizations::") && grantee.contains(kind)) return {};
  return AwsFailure("InvalidParameterValue", "Value ({}) for parameter {} is invalid.", grantee, member);
}

AwsStatus Add(std::string_view member, const Value& grantee, std::vector<std::string>& grantees) {
  if (auto good = CheckGrantee(member, grantee.Text()); !good) return good;
  grantees.emplace_back(grantee.Text());
  return {};
}

AwsStatus ReadPermissions(const Value& permissions, std::vector<std::string>& grantees) {
  for (const Value& permission : permissions.elements()) {
    for (const std::string_view member : {"UserId", "Group", "OrganizationArn", "OrganizationalUnitArn"}) {
      if (!permission.Has(member)) continue;
      if (auto added = Add(member, permission[member], grantees); !added) return added;
    }
  }
  return {};
}

AwsStatus ReadOlderForm(const Value& input, const SharingForm& form, SharingChange& change) {
  const std::string_view operation = input["OperationType"].Text();
  if (operation != "add" && operation != "remove") return {};
  std::vector<std::string>& grantees = operation == "add" ? change.added : change.removed;
  for (const auto& [member, list] : kKinds) {
    for (const Value& grantee : input[list].elements()) {
      if (auto added = Add(member, grantee, grantees); !added) return added;
    }
  }
  for (const Value& group : input[form.groups].elements()) {
    if (auto added = Add("Group", group, grantees); !added) return added;
  }
  return {};
}

Value DescribeShare(std::string_view grantee) {
  if (grantee == kEveryone) return Value::Object({{"Group", grantee}});
  if (IsAccountId(grantee)) return Value::Object({{"UserId", grantee}});
  return Value::Object({{std::string(grantee.contains(":ou/") ? kUnit : kOrganization), grantee}});
}

}  // namespace

AwsResult<SharingChange> ReadSharingChange(const Value& input, const SharingForm& form) {
  SharingChange change;
  AwsStatus read = ReadPermissions(input[form.member]["Add"], change.added);
  if (read) read = ReadPermissions(input[form.member]["Remove"], change.removed);
  if (read && change.added.empty() && change.removed.empty()) read = ReadOlderForm(input, form, change);
  if (!read) return std::unexpected(read.error());
  if (change.added.size() + change.removed.size() > kMaxChanges) {
    return AwsFailure("InvalidParameterValue", "One call changes at most {} permissions", kMaxChanges);
  }
  return change;
}

void ApplySharing(store::Connection& state, std::string_view resource_id, const SharingChange& change) {
  for (const std::string& grantee : change.added)
    state.Execute("INSERT OR IGNORE INTO ec2_share VALUES(?, ?)", resource_id, grantee);
  for (const std::string& grantee : change.removed)
    state.Execute("DELETE FROM ec2_share WHERE resource_id = ? AND grantee = ?", resource_id, grantee);
}

std::vector<std::string> SharesOf(store::Connection& state, std::string_view resource_id) {
  std::vector<std::string> shares;
  store::Rows rows = state.Query("SELECT grantee FROM ec2_share WHERE resource_id = ? ORDER BY grantee", resource_id);
  while (rows.Next()) shares.emplace_back(rows.Text(0));
  return shares;
}

Value DescribeShares(store::Connection& state, std::string_view resource_id) {
  Value list = Value::List();
  for (const std::string& grantee : SharesOf(state, resource_id)) list.Append(DescribeShare(grantee));
  return list;
}

void RemoveShares(store::Connection& state, std::string_view resource_id) {
  state.Execute("DELETE FROM ec2_share WHERE resource_id = ?", resource_id);
}

bool IsAccountId(std::string_view text) {
  return text.size() == kAccountDigits &&
         std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
}

}  // namespace opentrail::services::ec2
