#include "services/iam/mfa.h"

#include <array>

#include <fmt/format.h>

#include "services/iam/entity.h"
#include "services/iam/page.h"
#include "services/iam/tags.h"
#include "services/iam/totp.h"
#include "services/iam/user.h"

namespace opentrail::services::iam {
namespace {

constexpr size_t kSeedBytes = 40;
constexpr int64_t kMaxDevicesPerUser = 8;

struct Device {
  std::string serial;
  std::string seed;
  std::string owner;
  int64_t enabled = 0;
  int64_t last_step = 0;
};

std::string Purpose(std::string_view serial) { return "iam.mfa " + std::string(serial); }

std::optional<Device> FindDevice(const store::Secrets& secrets, store::Connection& state, std::string_view serial) {
  store::Rows rows = state.Query("SELECT seed, owner, enabled, last_step FROM iam_mfa_device WHERE serial = ?", serial);
  if (!rows.Next()) return std::nullopt;
  const auto seed = secrets.Unseal(rows.Text(0), Purpose(serial));
  if (!seed) return std::nullopt;
  return Device{std::string(serial), *seed, std::string(rows.Text(1)), rows.Integer(2), rows.Integer(3)};
}

AwsResult<Device> InputDevice(const Context& context) {
  const std::string_view serial = context.input["SerialNumber"].Text();
  auto device = FindDevice(context.iam.secrets(), context.state, serial);
  if (!device) return AwsFailure("NoSuchEntity", "VirtualMFADevice with serial number {} doesn't exist.", serial);
  return std::move(*device);
}

// The user, or root where the name is the account's.
AwsResult<Entity> InputOwner(const Context& context) {
  if (context.input["UserName"].Text() != context.account_id()) return InputEntity(context, EntityKind::kUser);
  return Entity{.kind = EntityKind::kUser,
                .id = context.account_id(),
                .name = context.account_id(),
                .path = "/",
                .description = {},
                .boundary = {},
                .document = {},
                .last_used_region = {}};
}

// Two codes in a row prove that the device holds the seed. The step of the second.
std::optional<int64_t> MatchTwoCodes(const Context& context, const Device& device) {
  const std::string first = context.Text("AuthenticationCode1");
  const auto second =
      MatchTotp(device.seed, context.input["AuthenticationCode2"].Text(), context.call.now, device.last_step);
  if (!second || TotpCode(device.seed, *second - 1) != first) return std::nullopt;
  return second;
}

std::unexpected<AwsError> InvalidCode() {
  return std::unexpected(AwsError{"InvalidAuthenticationCode", "Authentication code for device is not valid.", 403});
}

}  // namespace

AwsResult<Reply> CreateVirtualMfaDevice(Context& context) {
  const std::string serial = MakeArn(context.account_id(), "mfa", context.input["Path"].Text("/"),
                                     context.input["VirtualMFADeviceName"].Text());
  if (CountRows(context.state, "SELECT count(*) FROM iam_mfa_device WHERE serial = ?", serial) > 0) {
    return AwsFailure("EntityAlreadyExists", "{}", "MFADevice entity at the same path and name already exists.");
  }
  std::array<uint8_t, kSeedBytes> bytes{};
  context.random().Fill(bytes);
  const std::string seed(bytes.begin(), bytes.end());
  const std::string sealed = context.iam.secrets().Seal(seed, Purpose(serial));
  context.state.Execute("INSERT INTO iam_mfa_device (serial, seed) VALUES (?, ?)", serial, store::Blob{sealed});
  return Then(AddTags(context, serial), [&]() -> AwsResult<Reply> {
    Reply reply;
    reply.output.Set("VirtualMFADevice",
                     Value::Object({{"SerialNumber", serial}, {"Base32StringSeed", Value::Blob(Base32Encode(seed))}}));
    return reply;
  });
}

AwsResult<Reply> EnableMfaDevice(Context& context) {
  return Then(InputOwner(context), [&](const Entity& user) -> AwsResult<Reply> {
    return Then(InputDevice(context), [&](const Device& device) -> AwsResult<Reply> {
      if (!device.owner.empty()) {
        return AwsFailure("EntityAlreadyExists", "MFADevice with serial number {} is already in use.", device.serial);
      }
      const int64_t count = CountRows(context.state, "SELECT count(*) FROM iam_mfa_device WHERE owner = ?", user.id);
      if (auto status = CheckQuota(count, kMaxDevicesPerUser, "MFADevicesPerUser"); !status) {
        return std::unexpected(std::move(status.error()));
      }
      const auto step = MatchTwoCodes(context, device);
      if (!step) return InvalidCode();
      context.state.Execute("UPDATE iam_mfa_device SET owner = ?, enabled = ?, last_step = ? WHERE serial = ?", user.id,
                            context.now_ms(), *step, device.serial);
      return Reply{};
    });
  });
}

AwsResult<Reply> ResyncMfaDevice(Context& context) {
  return Then(InputOwner(context), [&](const Entity& user) -> AwsResult<Reply> {
    return Then(InputDevice(context), [&](const Device& device) -> AwsResult<Reply> {
      if (device.owner != user.id) return AwsFailure("NoSuchEntity", "{}", "MFA Device invalid for user.");
      const auto step = MatchTwoCodes(context, device);
      if (!step) return InvalidCode();
      context.state.Execute("UPDATE iam_mfa_device SET last_step = ? WHERE serial = ?", *step, device.serial);
      return Reply{};
    });
  });
}

AwsResult<Reply> DeactivateMfaDevice(Context& context) {
  const std::string_view serial = context.input["SerialNumber"].Text();
  const auto owner =
      context.input["UserName"].Text() == context.account_id() ? InputOwner(context) : UserOrSelf(context);
  if (!owner) return std::unexpected(owner.error());
  if (context.state.Execute("UPDATE iam_mfa_device SET owner = '', enabled = 0 WHERE serial = ? AND owner = ?", serial,
                            owner->id) == 0) {
    return AwsFailure("NoSuchEntity", "{}", "MFA Device invalid for user.");
  }
  return Reply{};
}

AwsResult<Reply> DeleteVirtualMfaDevice(Context& context) {
  return Then(InputDevice(context), [&](const Device& device) -> AwsResult<Reply> {
    if (!device.owner.empty()) {
      return AwsFailure("DeleteConflict", "{}", "MFA VirtualDevice in use. Must deactivate first.");
    }
    context.state.Execute("DELETE FROM iam_mfa_device WHERE serial = ?", device.serial);
    context.state.Execute("DELETE FROM iam_tag WHERE owner = ?", device.serial);
    return Reply{};
  });
}

AwsResult<Reply> ListMfaDevices(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    Page page(context, "MFADevices");
    if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
    store::Rows rows = context.state.Query(
        "SELECT serial, enabled FROM iam_mfa_device WHERE owner = ? AND serial > ? ORDER BY serial LIMIT ?", user.id,
        page.after(), page.limit());
    while (rows.Next()) {
      page.Add(rows.Text(0), Value::Object({{"UserName", user.name},
                                            {"SerialNumber", rows.Text(0)},
                                            {"EnableDate", FromMilliseconds(rows.Integer(1))}}));
    }
    return page.Finish();
  });
}

AwsResult<Reply> ListVirtualMfaDevices(Context& context) {
  Page page(context, "VirtualMFADevices");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  const std::string_view assignment = context.input["AssignmentStatus"].Text("Any");
  store::Rows rows = context.state.Query(
      "SELECT serial, owner, enabled FROM iam_mfa_device WHERE serial > ? AND (? = 'Any' OR (? = 'Assigned') = (owner "
      "<> '')) ORDER BY serial LIMIT ?",
      page.after(), assignment, assignment, page.limit());
  while (rows.Next()) {
    Value device = Value::Object({{"SerialNumber", rows.Text(0)}});
    if (const auto user = FindEntityById(context.state, rows.Text(1))) {
      device.Set("User", DescribeUser(context, *user));
    } else if (!rows.Text(1).empty()) {
      device.Set("User", Value::Object({{"UserId", rows.Text(1)},
                                        {"Arn", fmt::format("arn:aws:iam::{}:root", context.account_id())}}));
    }
    if (rows.Integer(2) != 0) device.Set("EnableDate", FromMilliseconds(rows.Integer(2)));
    page.Add(rows.Text(0), std::move(device));
  }
  return page.Finish();
}

AwsResult<Reply> GetMfaDevice(Context& context) {
  return Then(InputDevice(context), [&](const Device& device) -> AwsResult<Reply> {
    Reply reply;
    const auto user = FindEntityById(context.state, device.owner);
    if (context.input.Has("UserName") && (!user || user->name != context.input["UserName"].Text())) {
      return AwsFailure("NoSuchEntity", "{}", "MFA Device invalid for user.");
    }
    if (user) reply.output.Set("UserName", user->name);
    reply.output.Set("SerialNumber", device.serial);
    if (device.enabled != 0) reply.output.Set("EnableDate", FromMilliseconds(device.enabled));
    return reply;
  });
}

AwsResult<Reply> TagMfaDevice(Context& context) {
  return Then(InputDevice(context), [&](const Device& device) { return TagOwner(context, device.serial); });
}

AwsResult<Reply> UntagMfaDevice(Context& context) {
  return Then(InputDevice(context), [&](const Device& device) { return UntagOwner(context, device.serial); });
}

AwsResult<Reply> ListMfaDeviceTags(Context& context) {
  return Then(InputDevice(context), [&](const Device& device) { return ListOwnerTags(context, device.serial); });
}

bool CheckMfaCode(const store::Secrets& secrets, store::Connection& state, std::string_view owner,
                  std::string_view serial, std::string_view code, Time now) {
  const auto device = FindDevice(secrets, state, serial);
  return device && !owner.empty() && device->owner == owner && MatchTotp(device->seed, code, now, device->last_step);
}

bool UseMfaCode(const store::Secrets& secrets, store::Connection& state, std::string_view owner,
                std::string_view serial, std::string_view code, Time now) {
  const auto device = FindDevice(secrets, state, serial);
  if (!device || owner.empty() || device->owner != owner) return false;
  const auto step = MatchTotp(device->seed, code, now, device->last_step);
  if (!step) return false;
  state.Execute("UPDATE iam_mfa_device SET last_step = ? WHERE serial = ?", *step, serial);
  return true;
}

}  // namespace opentrail::services::iam
