#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "protocol/model.h"
#include "sigv4/signature.h"

namespace opentrail::gateway {

// Which service a request is for, and from which region's endpoint.
struct Route {
  const protocol::Service* service = nullptr;  // nullptr: none that the models know
  std::string region;
  bool region_is_fixed = false;  // the host names the region (or the service is global): the scope must agree
  std::string bucket;            // S3 with the bucket in the host name
};

inline constexpr std::string_view kDefaultRegion = "us-east-1";

// The credential scope decides; without one the target header, the host name, and at last S3, which alone takes
// unsigned requests to any path.
[[nodiscard]] Route FindRoute(const http::RequestHead& head, const sigv4::Claim& claim);

// Puts the bucket of a virtual-hosted request into the path: all behind this sees path-style requests.
void ApplyBucket(const Route& route, http::RequestHead& head);

}  // namespace opentrail::gateway
