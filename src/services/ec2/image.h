#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/ec2/ec2_service.h"

namespace opentrail::services::ec2 {

// An image of the account's own: made of an instance, of a snapshot, or as a copy.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html
struct Image {
  std::string id, region, name, description, architecture = "x86_64", root_device = "/dev/xvda";
  Time created;
  std::string source_instance_id, source_image_id, source_region;
  Value block_devices = Value::List();  // [{DeviceName, Ebs}], as DescribeImages shows them
  bool has_own_disk = true;             // false: a copy of a public image, whose disk is that one's
  std::string imds_support;             // "v2.0", or ""
  std::optional<Time> last_launched;
  std::string client_token;
  bool is_deregistered = false;
};

// A public image of the region's catalogue, as DescribeImages shows it.
[[nodiscard]] std::optional<Value> FindPublicImage(std::string_view region, std::string_view image_id);

// The account's own, oldest first, without those that were deregistered.
[[nodiscard]] std::vector<Image> OwnImages(store::Connection& state, std::string_view region);
// One of these. InvalidAMIID.Malformed, InvalidAMIID.NotFound; InvalidAMIID.Unavailable where it was deregistered;
// AuthFailure for a public image: it is its owner's to change.
[[nodiscard]] AwsResult<Image> FindOwnImage(store::Connection& state, const Call& call, std::string_view image_id);
void InsertImage(const Image& image, store::Connection& state);
// "pending", "available"
[[nodiscard]] std::string_view ImageState(const Image& image, Time now);
// The images of the account that are made of the snapshot; their ids.
[[nodiscard]] std::vector<std::string> ImagesOfSnapshot(store::Connection& state, std::string_view snapshot_id);

// What an instance is launched from: own or public. nullopt for a public one: it has nothing to tell.
// InvalidAMIID.Malformed, InvalidAMIID.NotFound, InvalidAMIID.Unavailable.
[[nodiscard]] AwsResult<std::optional<Image>> FindImageToLaunch(store::Connection& state, const Call& call,
                                                                std::string_view image_id);

}  // namespace opentrail::services::ec2
