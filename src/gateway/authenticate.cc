#include "gateway/authenticate.h"

#include "codec/text.h"
#include "services/s3/bucket_name.h"

namespace opentrail::gateway {
namespace {

using sigv4::Fault;
using sigv4::FaultKind;
using sigv4::Scheme;

std::unexpected<Fault> Refuse(FaultKind kind, const sigv4::Claim& claim) {
  Fault fault{.kind = kind};
  fault.access_key_id = claim.access_key_id;
  fault.signature = claim.signature;
  fault.request_time = claim.time;
  return std::unexpected(std::move(fault));
}

}  // namespace

sigv4::ErrorFamily FamilyOf(const protocol::Service& service) {
  switch (service.protocol) {
    case protocol::Protocol::kQuery: return sigv4::ErrorFamily::kQuery;
    case protocol::Protocol::kEc2: return sigv4::ErrorFamily::kEc2;
    case protocol::Protocol::kJson: return sigv4::ErrorFamily::kJson;
    case protocol::Protocol::kRestJson: return sigv4::ErrorFamily::kJson;
    case protocol::Protocol::kRestXml: return sigv4::ErrorFamily::kS3;
  }
  return sigv4::ErrorFamily::kJson;
}

std::expected<Authenticated, Fault> Authenticate(const http::RequestHead& head, const sigv4::Claim& claim,
                                                 const Route& route, std::optional<std::string_view> body_sha256,
                                                 services::iam::IdentityDirectory& directory, Time now) {
  if (claim.scheme == Scheme::kNone) {
    if (FamilyOf(*route.service) == sigv4::ErrorFamily::kS3) return Authenticated{};
    return Refuse(FaultKind::kMissing, claim);
  }
  const auto credential = directory.FindCredential(claim.access_key_id);
  if (credential == nullptr || !credential->active) return Refuse(FaultKind::kUnknownKey, claim);
  // A region that does not exist has no host on AWS; here its name comes as far as this.
  const bool exists = claim.scheme == Scheme::kV2Query || services::s3::IsRegion(claim.region);
  std::optional<std::string_view> region;
  if (!exists) region = kDefaultRegion;
  if (exists && route.region_is_fixed) region = route.region;
  const auto verified = sigv4::Verify({
      .head = head,
      .claim = claim,
      .secret_access_key = credential->secret_access_key,
      .body_sha256 = body_sha256,
      .service = route.service->signing_name,
      .region = region,
      .now = now,
      .bucket = route.bucket,
  });
  if (!verified) return std::unexpected(verified.error());
  if (!codec::ConstantTimeEquals(credential->session_token, claim.security_token)) {
    return Refuse(FaultKind::kInvalidToken, claim);
  }
  if (credential->expires && *credential->expires <= now) return Refuse(FaultKind::kExpiredToken, claim);
  Authenticated authenticated{.principal = credential->principal, .signing_key = {}};
  if (claim.payload == sigv4::Payload::kSignedChunks || claim.payload == sigv4::Payload::kSignedChunksWithTrailer) {
    authenticated.signing_key =
        sigv4::SigningKey(credential->secret_access_key, claim.date, claim.region, claim.service);
  }
  return authenticated;
}

}  // namespace opentrail::gateway
