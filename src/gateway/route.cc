#include "gateway/route.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace opentrail::gateway {
namespace {

using protocol::Service;

const Service* ServiceBySigningName(std::string_view name) {
  for (const Service* service : protocol::Services()) {
    if (service->signing_name == name) return service;
  }
  return nullptr;
}

const Service* ServiceByTarget(std::string_view target) {
  for (const Service* service : protocol::Services()) {
    if (!service->target_prefix.empty() && target.starts_with(service->target_prefix) &&
        target.substr(service->target_prefix.size()).starts_with('.')) {
      return service;
    }
  }
  return nullptr;
}

std::vector<std::string_view> Labels(std::string_view host) {
  std::vector<std::string_view> labels;
  while (!host.empty()) {
    const std::string_view label = host.substr(0, host.find('.'));
    labels.push_back(label);
    host.remove_prefix(std::min(host.size(), label.size() + 1));
  }
  return labels;
}

bool LooksLikeRegion(std::string_view label) {
  return std::ranges::count(label, '-') >= 2 && std::isdigit(static_cast<unsigned char>(label.back())) != 0;
}

// s3-accelerate, s3-fips, s3-us-west-2 and the like; these sign as "s3", too, and are other services.
bool IsOtherNameOfS3(std::string_view label) {
  constexpr std::array<std::string_view, 2> kOthers = {"s3-object-lambda", "s3-outposts"};
  return label.starts_with("s3-") && std::ranges::find(kOthers, label) == kOthers.end();
}

// S3 Control signs as "s3". Its host tells it; where the client has an endpoint of its own, path and header do: no
// request of S3's has that header.
bool IsForS3Control(const http::RequestHead& head, const Service* of_host) {
  if (of_host != nullptr && of_host->id == "s3control") return true;
  return head.path.starts_with("/v20180820/") && head.fields.Has("x-amz-account-id");
}

struct HostParts {
  const Service* service = nullptr;
  bool is_elsewhere = false;  // an endpoint of AWS's that is none of these services'
  std::string region;
  std::string bucket;
};

// [bucket.]service[.region].amazonaws.com, and the same under localhost: b.s3.localhost, ec2.us-east-1.localhost.
HostParts ReadHost(std::string_view host) {
  host =
      host.substr(0, host.rfind(':') == std::string_view::npos || host.ends_with(']') ? host.size() : host.rfind(':'));
  HostParts parts;
  size_t suffix = 0;
  if (host.ends_with(".amazonaws.com")) suffix = std::string_view(".amazonaws.com").size();
  if (host.ends_with(".localhost")) suffix = std::string_view(".localhost").size();
  if (suffix == 0) return parts;
  std::vector<std::string_view> labels = Labels(host.substr(0, host.size() - suffix));
  if (!labels.empty() && LooksLikeRegion(labels.back())) {
    parts.region = labels.back();
    labels.pop_back();
  }
  if (!labels.empty() && labels.back() == "dualstack") labels.pop_back();
  if (labels.empty()) return parts;
  for (const Service* service : protocol::Services()) {
    if (service->endpoint_prefix == labels.back()) parts.service = service;
  }
  parts.is_elsewhere = parts.service == nullptr && host.ends_with(".amazonaws.com") && !IsOtherNameOfS3(labels.back());
  if (parts.service != nullptr && parts.service->id == "s3" && labels.size() > 1) {
    const char* begin = labels.front().data();
    parts.bucket.assign(begin, labels.back().data() - 1);  // bucket names may have dots
  }
  return parts;
}

}  // namespace

Route FindRoute(const http::RequestHead& head, const sigv4::Claim& claim) {
  HostParts host = ReadHost(head.Host());
  Route route;
  if (host.is_elsewhere && (claim.scheme == sigv4::Scheme::kNone || claim.service == "s3")) return route;
  if (claim.scheme == sigv4::Scheme::kHeader || claim.scheme == sigv4::Scheme::kQuery) {
    route.service = ServiceBySigningName(claim.service);
    if (claim.service == "s3" && IsForS3Control(head, host.service)) route.service = protocol::FindService("s3control");
  } else if (claim.scheme == sigv4::Scheme::kV2Query) {
    route.service = protocol::FindService("s3");  // nobody else takes Version 2, which names no service
  } else if (claim.scheme == sigv4::Scheme::kNone) {
    route.service = ServiceByTarget(head.fields.Get("x-amz-target"));
  }
  if (route.service == nullptr) route.service = host.service;
  // A form that nobody signed: one of STS's operations that need no signature. S3 takes none at its root.
  if (route.service == nullptr && claim.scheme == sigv4::Scheme::kNone && head.method == "POST" && head.path == "/" &&
      head.fields.Get("content-type").starts_with("application/x-www-form-urlencoded")) {
    route.service = protocol::FindService("sts");
  }
  if (route.service == nullptr && claim.service.empty()) route.service = protocol::FindService("s3");
  if (route.service == nullptr) return route;
  const bool global = route.service->global;
  const bool s3 = route.service->id == "s3";
  route.region_is_fixed = global || (!host.region.empty() && !s3);
  route.region = global ? std::string(kDefaultRegion) : !host.region.empty() ? host.region : claim.region;
  if (route.region.empty() || (!route.region_is_fixed && !claim.region.empty())) route.region = claim.region;
  if (route.region.empty()) route.region = kDefaultRegion;
  if (s3) route.bucket = std::move(host.bucket);
  return route;
}

void ApplyBucket(const Route& route, http::RequestHead& head) {
  if (!route.bucket.empty()) head.path = "/" + route.bucket + head.path;
}

}  // namespace opentrail::gateway
