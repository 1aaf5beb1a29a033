#include "services/s3/bucket_name.h"

#include <algorithm>

namespace opentrail::services::s3 {
namespace {

constexpr size_t kMinSize = 3;
constexpr size_t kMaxSize = 63;
constexpr std::string_view kReservedPrefixes[] = {"xn--", "sthree-", "amzn-s3-demo-"};
constexpr std::string_view kReservedSuffixes[] = {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"};

constexpr std::string_view kRegions[] = {
    "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
    "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",   "ca-west-1",      "eu-central-1",
    "eu-central-2",   "eu-north-1",     "eu-south-1",     "eu-south-2",     "eu-west-1",      "eu-west-2",
    "eu-west-3",      "il-central-1",   "me-central-1",   "me-south-1",     "mx-central-1",   "sa-east-1",
    "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",
};
static_assert(std::ranges::is_sorted(kRegions));

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Four runs of digits: what looks like an address is none's name.
bool LooksLikeAddress(std::string_view name) {
  return std::ranges::count(name, '.') == 3 &&
         std::ranges::all_of(name, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

bool IsBucketName(std::string_view name) {
  if (name.size() < kMinSize || name.size() > kMaxSize) return false;
  if (!std::ranges::all_of(name, [](char c) { return IsLetterOrDigit(c) || c == '-' || c == '.'; })) return false;
  if (!IsLetterOrDigit(name.front()) || !IsLetterOrDigit(name.back())) return false;
  if (name.find("..") != std::string_view::npos || LooksLikeAddress(name)) return false;
  return std::ranges::none_of(kReservedPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); }) &&
         std::ranges::none_of(kReservedSuffixes, [&](std::string_view suffix) { return name.ends_with(suffix); });
}

bool IsRegion(std::string_view region) { return std::ranges::binary_search(kRegions, region); }

}  // namespace opentrail::services::s3
