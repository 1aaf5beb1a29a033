#include "services/ec2/image.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/json_value.h"
#include "codec/text.h"
#include "codec/timestamp.h"
#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/resources.h"
#include "services/ec2/sharing.h"
#include "services/ec2/volume.h"

namespace opentrail::services::ec2 {
namespace {

// Public images. An image's id is made from its name and the region, so that it never changes.
struct ImageRow {
  std::string_view name, description, owner_id, owner_alias, architecture, root_device, created;
};
constexpr ImageRow kImages[] = {
    {"al2023-ami-2023.6.20241121.0-kernel-6.1-x86_64", "Amazon Linux 2023 AMI x86_64 HVM kernel-6.1", "137112412989",
     "amazon", "x86_64", "/dev/xvda", "2024-11-21T20:14:31.000Z"},
    {"debian-12-amd64-20241125-1942", "Debian 12 (20241125-1942)", "136693071363", "", "x86_64", "/dev/xvda",
     "2024-11-25T07:10:12.000Z"},
    {"ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20241109",
     "Canonical, Ubuntu, 24.04, amd64 noble image", "099720109477", "amazon", "x86_64", "/dev/sda1",
     "2024-11-09T06:55:41.000Z"},
};
constexpr FilterPath kImageFilters[] = {{"architecture", "Architecture"},
                                        {"block-device-mapping.snapshot-id", "BlockDeviceMappings.Ebs.SnapshotId"},
                                        {"creation-date", "CreationDate"},
                                        {"description", "Description"},
                                        {"image-id", "ImageId"},
                                        {"name", "Name"},
                                        {"owner-alias", "ImageOwnerAlias"},
                                        {"owner-id", "OwnerId"},
                                        {"root-device-name", "RootDeviceName"},
                                        {"root-device-type", "RootDeviceType"},
                                        {"source-image-id", "SourceImageId"},
                                        {"source-instance-id", "SourceInstanceId"},
                                        {"state", "State"},
                                        {"virtualization-type", "VirtualizationType"},
                                        {"image-type", "ImageType"},
                                        {"is-public", "Public"},
                                        {"hypervisor", "Hypervisor"}};
constexpr std::string_view kColumns =
    "image_id, region, name, description, architecture, root_device, created, source_instance_id, source_image_id, "
    "source_region, block_devices, has_own_disk, imds_support, last_launched, client_token, is_deregistered";

std::string ImageId(const ImageRow& image, std::string_view region) {
  return "ami-" + codec::HexEncode(codec::Sha256(fmt::format("{} {}", region, image.name))).substr(0, 17);
}

Value DescribeRow(const ImageRow& image, std::string_view region) {
  const std::string location =
      fmt::format("{}/{}", image.owner_alias.empty() ? image.owner_id : image.owner_alias, image.name);
  Value value = Value::Object({{"Architecture", image.architecture},
                               {"CreationDate", image.created},
                               {"ImageId", ImageId(image, region)},
                               {"ImageLocation", location},
                               {"ImageType", "machine"},
                               {"Public", true},
                               {"OwnerId", image.owner_id},
                               {"PlatformDetails", "Linux/UNIX"},
                               {"UsageOperation", "RunInstances"},
                               {"State", "available"},
                               {"BlockDeviceMappings", Value::List()},
                               {"Description", image.description},
                               {"EnaSupport", true},
                               {"Hypervisor", "xen"},
                               {"Name", image.name},
                               {"RootDeviceName", image.root_device},
                               {"RootDeviceType", "ebs"},
                               {"VirtualizationType", "hvm"}});
  if (!image.owner_alias.empty()) value.Set("ImageOwnerAlias", image.owner_alias);
  return value;
}

Image Read(const store::Rows& rows) {
  const auto text = [&](int column) { return std::string(rows.Text(column)); };
  const auto time = [&](int column) { return Time(std::chrono::milliseconds(rows.Integer(column))); };
  return {.id = text(0),
          .region = text(1),
          .name = text(2),
          .description = text(3),
          .architecture = text(4),
          .root_device = text(5),
          .created = time(6),
          .source_instance_id = text(7),
          .source_image_id = text(8),
          .source_region = text(9),
          .block_devices = codec::ParseJsonValue(rows.Text(10)).value_or(Value::List()),
          .has_own_disk = rows.Boolean(11),
          .imds_support = text(12),
          .last_launched = rows.IsNull(13) ? std::nullopt : std::optional(time(13)),
          .client_token = text(14),
          .is_deregistered = rows.Boolean(15)};
}

Value DescribeOwn(const Call& call, const Image& image, store::Connection& state) {
  const auto shares = SharesOf(state, image.id);
  Value value = Value::Object({{"Architecture", image.architecture},
                               {"CreationDate", codec::FormatIso8601Milliseconds(image.created)},
                               {"ImageId", image.id},
                               {"ImageLocation", fmt::format("{}/{}", call.account_id, image.name)},
                               {"ImageType", "machine"},
                               {"Public", std::ranges::find(shares, kEveryone) != shares.end()},
                               {"OwnerId", call.account_id},
                               {"PlatformDetails", "Linux/UNIX"},
                               {"UsageOperation", "RunInstances"},
                               {"State", ImageState(image, call.now)},
                               {"BlockDeviceMappings", image.block_devices},
                               {"Description", image.description},
                               {"EnaSupport", true},
                               {"Hypervisor", "xen"},
                               {"Name", image.name},
                               {"RootDeviceName", image.root_device},
                               {"RootDeviceType", "ebs"},
                               {"Tags", TagsOf(state, image.id)},
                               {"VirtualizationType", "hvm"}});
  const std::pair<std::string_view, const std::string&> optional[] = {{"ImdsSupport", image.imds_support},
                                                                      {"SourceInstanceId", image.source_instance_id},
                                                                      {"SourceImageId", image.source_image_id},
                                                                      {"SourceImageRegion", image.source_region}};
  for (const auto& [member, text] : optional) {
    if (!text.empty()) value.Set(member, text);
  }
  if (image.last_launched) value.Set("LastLaunchedTime", codec::FormatIso8601Milliseconds(*image.last_launched));
  return value;
}

bool OwnedBy(const Value& image, std::string_view owner, const Call& call) {
  if (owner == "self") owner = call.account_id;
  return image["OwnerId"].Text() == owner || image["ImageOwnerAlias"].Text() == owner;
}

// By a permission that names them: an owner's own right is none.
bool IsExecutableBy(const Value& image, std::string_view user, const Call& call, store::Connection& state) {
  if (user == kEveryone) return image["Public"].Boolean();
  const auto shares = SharesOf(state, image["ImageId"].Text());
  return std::ranges::find(shares, user == "self" ? std::string_view(call.account_id) : user) != shares.end();
}

AwsResult<std::optional<Image>> FindRow(store::Connection& state, const Call& call, std::string_view id) {
  static const std::string kSql = fmt::format("SELECT {} FROM ec2_image WHERE region = ? AND image_id = ?", kColumns);
  if (!id.starts_with("ami-"))
    return AwsFailure("InvalidAMIID.Malformed", "Invalid id: \"{}\" (expecting \"ami-...\")", id);
  store::Rows rows = state.Query(kSql, call.region, id);
  if (!rows.Next()) return std::nullopt;
  Image image = Read(rows);
  if (image.is_deregistered)
    return AwsFailure("InvalidAMIID.Unavailable", "The image ID: '{}' is no longer available", id);
  return image;
}

std::unexpected<AwsError> NoSuchImage(std::string_view id) {
  return AwsFailure("InvalidAMIID.NotFound", "The image id '[{}]' does not exist", id);
}

// The images that the call names; all, where it names none.
AwsResult<Value::Elements> Named(const Call& call, store::Connection& state) {
  Value::Elements all;
  const auto& ids = call.input["ImageIds"].elements();
  for (const Value& id : ids) {
    auto own = FindRow(state, call, id.Text());
    if (!own) return std::unexpected(own.error());
    auto image = *own ? std::optional(DescribeOwn(call, **own, state)) : FindPublicImage(call.region, id.Text());
    if (!image) return NoSuchImage(id.Text());
    all.push_back(std::move(*image));
  }
  if (!ids.empty()) return all;
  for (const ImageRow& image : kImages) all.push_back(DescribeRow(image, call.region));
  for (const Image& image : OwnImages(state, call.region)) all.push_back(DescribeOwn(call, image, state));
  return all;
}

}  // namespace

std::optional<Value> FindPublicImage(std::string_view region, std::string_view image_id) {
  for (const ImageRow& image : kImages) {
    if (ImageId(image, region) == image_id) return DescribeRow(image, region);
  }
  return std::nullopt;
}

std::vector<Image> OwnImages(store::Connection& state, std::string_view region) {
  static const std::string kSql = fmt::format(
      "SELECT {} FROM ec2_image WHERE region = ? AND is_deregistered = 0 ORDER BY created, image_id", kColumns);
  std::vector<Image> images;
  store::Rows rows = state.Query(kSql, region);
  while (rows.Next()) images.push_back(Read(rows));
  return images;
}

AwsResult<Image> FindOwnImage(store::Connection& state, const Call& call, std::string_view image_id) {
  auto own = FindRow(state, call, image_id);
  if (!own) return std::unexpected(own.error());
  if (*own) return std::move(**own);
  if (!FindPublicImage(call.region, image_id)) return NoSuchImage(image_id);
  return std::unexpected(AwsError{"AuthFailure", fmt::format("Not authorized for image:{}", image_id), 403});
}

void InsertImage(const Image& image, store::Connection& state) {
  state.Execute(
      "INSERT INTO ec2_image(image_id, region, name, description, architecture, root_device, created, "
      "source_instance_id, source_image_id, source_region, block_devices, has_own_disk, imds_support, client_token) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      image.id, image.region, image.name, image.description, image.architecture, image.root_device,
      image.created.time_since_epoch().count(), image.source_instance_id, image.source_image_id, image.source_region,
      codec::WriteJson(image.block_devices), image.has_own_disk, image.imds_support, image.client_token);
}

std::string_view ImageState(const Image& image, Time now) {
  return now - image.created < kVolumeTransition ? "pending" : "available";
}

std::vector<std::string> ImagesOfSnapshot(store::Connection& state, std::string_view snapshot_id) {
  std::vector<std::string> ids;
  store::Rows rows = state.Query(
      "SELECT image_id FROM ec2_image WHERE is_deregistered = 0 AND instr(block_devices, ?) > 0 ORDER BY created",
      fmt::format("\"{}\"", snapshot_id));
  while (rows.Next()) ids.emplace_back(rows.Text(0));
  return ids;
}

AwsResult<std::optional<Image>> FindImageToLaunch(store::Connection& state, const Call& call,
                                                  std::string_view image_id) {
  auto own = FindRow(state, call, image_id);
  if (!own) return own;
  if (*own && ImageState(**own, call.now) != "available") {
    return AwsFailure("InvalidAMIID.Unavailable", "The image ID '{}' is not available", image_id);
  }
  if (!*own && !FindPublicImage(call.region, image_id)) return NoSuchImage(image_id);
  return own;
}

AwsResult<Reply> DescribeImages(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto all = Named(call, state);
  if (!all) return std::unexpected(all.error());
  if (const auto& owners = call.input["Owners"].elements(); !owners.empty()) {
    std::erase_if(*all, [&](const Value& image) {
      return std::ranges::none_of(owners, [&](const Value& owner) { return OwnedBy(image, owner.Text(), call); });
    });
  }
  if (const auto& users = call.input["ExecutableUsers"].elements(); !users.empty()) {
    std::erase_if(*all, [&](const Value& image) {
      return std::ranges::none_of(users,
                                  [&](const Value& user) { return IsExecutableBy(image, user.Text(), call, state); });
    });
  }
  return Answer(call, {"Images", kImageFilters}, std::move(*all));
}

}  // namespace opentrail::services::ec2
