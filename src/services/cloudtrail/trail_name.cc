#include "services/cloudtrail/trail_name.h"

#include <algorithm>
#include <array>

namespace opentrail::services::cloudtrail {
namespace {

constexpr size_t kMinName = 3;
constexpr size_t kMaxName = 128;

bool IsAlphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool IsJoiner(char c) { return c == '.' || c == '_' || c == '-'; }

bool HasAdjacentJoiners(std::string_view name) {
  return std::ranges::adjacent_find(name, [](char a, char b) { return IsJoiner(a) && IsJoiner(b); }) != name.end();
}

// Four numbers up to 255 between dots.
bool IsIpv4Address(std::string_view name) {
  int parts = 0;
  while (parts < 4) {
    size_t digits = 0;
    int number = 0;
    while (digits < name.size() && digits < 4 && name[digits] >= '0' && name[digits] <= '9') {
      number = number * 10 + (name[digits++] - '0');
    }
    if (digits == 0 || digits > 3 || number > 255) return false;
    name.remove_prefix(digits);
    ++parts;
    if (name.empty()) return parts == 4;
    if (name.front() != '.') return false;
    name.remove_prefix(1);
  }
  return false;
}

std::unexpected<AwsError> InvalidName(std::string message) {
  return std::unexpected(AwsError{"InvalidTrailNameException", std::move(message)});
}

// arn:aws:cloudtrail:<region>:<account>:trail/<name>
AwsResult<TrailReference> ParseArn(std::string_view arn) {
  const auto fault = [&] {
    return AwsFailure("CloudTrailARNInvalidException",
                      "{} is not a valid trail ARN: arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME is the format", arn);
  };
  std::array<std::string_view, 5> fields;
  std::string_view rest = arn;
  for (std::string_view& field : fields) {
    const size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return fault();
    field = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  const auto& [scheme, partition, service, region, account] = fields;
  constexpr std::string_view kKind = "trail/";
  const bool account_is_number =
      account.size() == 12 && std::ranges::all_of(account, [](char c) { return c >= '0' && c <= '9'; });
  if (partition != "aws" || service != "cloudtrail" || region.empty() || !account_is_number ||
      !rest.starts_with(kKind)) {
    return fault();
  }
  const std::string_view name = rest.substr(kKind.size());
  if (AwsStatus status = CheckTrailName(name); !status) return std::unexpected(std::move(status.error()));
  return TrailReference{std::string(account), std::string(region), std::string(name), std::string(arn)};
}

}  // namespace

AwsStatus CheckTrailName(std::string_view name) {
  if (name.size() < kMinName) {
    return InvalidName(
        fmt::format("Trail name too short. Minimum allowed length: {} characters. Specified name length: "
                    "{} characters.",
                    kMinName, name.size()));
  }
  if (name.size() > kMaxName) {
    return InvalidName(
        fmt::format("Trail name too long. Maximum allowed length: {} characters. Specified name length: "
                    "{} characters.",
                    kMaxName, name.size()));
  }
  if (!IsAlphanumeric(name.front())) return InvalidName("Trail name must starts with a letter or number.");
  if (!IsAlphanumeric(name.back())) return InvalidName("Trail name must ends with a letter or number.");
  if (!std::ranges::all_of(name, [](char c) { return IsAlphanumeric(c) || IsJoiner(c); })) {
    return InvalidName(
        "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), "
        "and underscores (_).");
  }
  if (HasAdjacentJoiners(name)) {
    return InvalidName("Trail name can not have adjacent periods (.), hyphens (-), or underscores (_).");
  }
  if (IsIpv4Address(name)) return InvalidName("Trail name must not be formatted as an IP address.");
  return {};
}

AwsResult<TrailReference> ParseTrailReference(const Call& call, std::string_view text) {
  if (text.starts_with("arn:")) return ParseArn(text);
  if (AwsStatus status = CheckTrailName(text); !status) return std::unexpected(std::move(status.error()));
  return TrailReference{call.account_id, call.region, std::string(text), std::string(text)};
}

AwsResult<Trail> RequireTrail(const Call& call, store::Connection& state, const TrailReference& reference,
                              NamedAs named_as) {
  if (reference.account_id == call.account_id) {
    if (auto trail = FindTrail(state, reference.region, reference.name)) return std::move(*trail);
  }
  return AwsFailure("TrailNotFoundException", "Unknown trail: {} for the user: {}",
                    named_as == NamedAs::kArn ? reference.Arn() : reference.given, call.account_id);
}

AwsResult<Trail> ReadableTrail(const Call& call, store::Connection& state, std::string_view text, NamedAs named_as) {
  const auto reference = ParseTrailReference(call, text);
  if (!reference) return std::unexpected(reference.error());
  return RequireTrail(call, state, *reference, named_as);
}

AwsResult<Trail> ChangeableTrail(const Call& call, store::Connection& state, std::string_view text, NamedAs named_as) {
  auto trail = ReadableTrail(call, state, text, named_as);
  if (trail && trail->home_region != call.region) {
    return AwsFailure("InvalidHomeRegionException",
                      "The request was not made from the Home region of trail {}: it must be made to {}.",
                      trail->Arn(call.account_id), trail->home_region);
  }
  return trail;
}

}  // namespace opentrail::services::cloudtrail
