#include <algorithm>

#include "codec/timestamp.h"
#include "services/ec2/ebs_encryption.h"
#include "services/ec2/handlers.h"
#include "services/ec2/image.h"
#include "services/ec2/resources.h"
#include "services/ec2/sharing.h"
#include "services/ec2/snapshot.h"

// Who may launch an image, and what stops that it is everyone.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html
namespace opentrail::services::ec2 {
namespace {

constexpr std::string_view kPermission = "launchPermission";
constexpr std::string_view kBlocked = "block-new-sharing", kUnblocked = "unblocked";
constexpr std::string_view kVersion2 = "v2.0";

// A region blocks from the start, as those of new accounts do.
std::string BlockState(store::Connection& state, std::string_view region) {
  store::Rows rows = state.Query("SELECT image_block FROM ec2_region WHERE region = ?", region);
  return std::string(rows.Next() ? rows.Text(0) : kBlocked);
}

AwsStatus CheckSharing(const Call& call, const Image& image, const SharingChange& change, store::Connection& state) {
  if (change.added.empty()) return {};
  const bool to_everyone = std::ranges::find(change.added, kEveryone) != change.added.end();
  for (const Value& device : image.block_devices.elements()) {
    const auto snapshot = FindSnapshot(state, call, device["Ebs"]["SnapshotId"].Text());
    if (!snapshot || snapshot->key_arn.empty()) continue;
    if (IsManagedEbsKey(call, snapshot->key_arn))
      return AwsFailure("InvalidParameter", "Snapshots encrypted with the AWS Managed CMK can't be shared");
    if (to_everyone) return AwsFailure("InvalidParameter", "Snapshots that are encrypted can't be shared publicly");
  }
  if (to_everyone && BlockState(state, call.region) != kUnblocked) {
    return AwsFailure("OperationNotPermitted",
                      "You can't publicly share this image because block public access for AMIs is enabled for this "
                      "account. To publicly share the image, you must call the DisableImageBlockPublicAccess API.");
  }
  return {};
}

// What is asked of an attribute that is one text: its own member, or Attribute and Value; null where it is not meant.
Value WantedText(const Value& input, std::string_view member, std::string_view attribute) {
  if (input.Has(member)) return input[member]["Value"].Text();
  return input["Attribute"].Text() == attribute ? Value(input["Value"].Text()) : Value();
}

AwsResult<Reply> SetBlock(Ec2Service& service, Call& call, store::Transaction& transaction, std::string_view block) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  state.Execute("UPDATE ec2_region SET image_block = ? WHERE region = ?", block, call.region);
  return Reply{.output = Value::Object({{"ImageBlockPublicAccessState", block}})};
}

}  // namespace

AwsResult<Reply> ModifyImageAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto image = FindOwnImage(state, call, call.input["ImageId"].Text());
  if (!image) return std::unexpected(image.error());
  if (const Value text = WantedText(call.input, "Description", "description"); !text.IsNull()) {
    state.Execute("UPDATE ec2_image SET description = ? WHERE image_id = ?", text.Text(), image->id);
    return Reply{};
  }
  if (const Value text = WantedText(call.input, "ImdsSupport", "imdsSupport"); !text.IsNull()) {
    if (text.Text() != kVersion2)
      return AwsFailure("InvalidParameterValue", "Value ({}) for parameter imdsSupport is invalid. Valid: {}.",
                        text.Text(), kVersion2);
    state.Execute("UPDATE ec2_image SET imds_support = ? WHERE image_id = ?", text.Text(), image->id);
    return Reply{};
  }
  const auto change = ReadSharingChange(call.input, kImageSharing);
  if (!change) return std::unexpected(change.error());
  if (change->added.empty() && change->removed.empty()) {
    return AwsFailure("InvalidParameterCombination", "No attributes specified.");
  }
  if (auto good = CheckSharing(call, *image, *change, state); !good) return std::unexpected(good.error());
  ApplySharing(state, image->id, *change);
  return Reply{};
}

AwsResult<Reply> DescribeImageAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto image = FindOwnImage(state, call, call.input["ImageId"].Text());
  if (!image) return std::unexpected(image.error());
  const std::string_view attribute = call.input["Attribute"].Text();
  Reply reply;
  reply.output.Set("ImageId", image->id);
  const auto set = [&](std::string_view member, std::string_view text) {
    reply.output.Set(member, text.empty() ? Value::Object() : Value::Object({{"Value", text}}));
  };
  if (attribute == kPermission) reply.output.Set("LaunchPermissions", DescribeShares(state, image->id));
  if (attribute == "productCodes") reply.output.Set("ProductCodes", Value::List());
  if (attribute == "blockDeviceMapping") reply.output.Set("BlockDeviceMappings", image->block_devices);
  if (attribute == "description") set("Description", image->description);
  if (attribute == "imdsSupport") set("ImdsSupport", image->imds_support);
  if (attribute == "sriovNetSupport") set("SriovNetSupport", "simple");
  if (attribute == "bootMode") set("BootMode", "legacy-bios");
  if (attribute == "lastLaunchedTime") {
    set("LastLaunchedTime",
        image->last_launched ? codec::FormatIso8601Milliseconds(*image->last_launched) : std::string());
  }
  if (reply.output.members().size() > 1) return reply;
  return AwsFailure("InvalidRequest", "The request received was invalid.");
}

AwsResult<Reply> ResetImageAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto image = FindOwnImage(state, call, call.input["ImageId"].Text());
  if (!image) return std::unexpected(image.error());
  if (call.input["Attribute"].Text() != kPermission) {
    return AwsFailure("InvalidParameterValue", "Only the attribute {} of an image can be reset", kPermission);
  }
  RemoveShares(state, image->id);
  return Reply{};
}

AwsResult<Reply> EnableImageBlockPublicAccess(Ec2Service& service, Call& call, store::Transaction& transaction) {
  const std::string_view block = call.input["ImageBlockPublicAccessState"].Text();
  if (block != kBlocked) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter imageBlockPublicAccessState is invalid. Valid: {}.", block, kBlocked);
  }
  return SetBlock(service, call, transaction, block);
}

AwsResult<Reply> DisableImageBlockPublicAccess(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return SetBlock(service, call, transaction, kUnblocked);
}

AwsResult<Reply> GetImageBlockPublicAccessState(Ec2Service&, Call& call, store::Transaction& transaction) {
  return Reply{.output =
                   Value::Object({{"ImageBlockPublicAccessState", BlockState(transaction.connection(), call.region)},
                                  {"ManagedBy", "account"}})};
}

}  // namespace opentrail::services::ec2
