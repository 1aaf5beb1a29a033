#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/route.h"
#include "iam/principal.h"
#include "services/iam/identity_directory.h"
#include "sigv4/signature.h"

namespace opentrail::gateway {

struct Authenticated {
  iam::Principal principal;
  std::string signing_key;  // of the claim's scope, for signed chunks; "" without a version 4 signature
};

// Who signed the request: looks the key up, checks the signature, the clock and the session token. `body_sha256` as
// sigv4::VerifyInput has it. A request without any signature is anonymous, which only S3 and the unsigned operations of
// STS take. Thread-safe.
[[nodiscard]] std::expected<Authenticated, sigv4::Fault> Authenticate(const http::RequestHead& head,
                                                                      const sigv4::Claim& claim, const Route& route,
                                                                      std::optional<std::string_view> body_sha256,
                                                                      services::iam::IdentityDirectory& directory,
                                                                      Time now);

// The family of services that words a fault.
[[nodiscard]] sigv4::ErrorFamily FamilyOf(const protocol::Service& service);

}  // namespace opentrail::gateway
