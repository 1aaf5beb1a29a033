#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/random.h"
#include "http/message.h"
#include "http/server.h"
#include "instances/metadata_source.h"
#include "instances/metadata_token.h"

namespace opentrail::instances {

// Signs the identity document.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-signature.html
class IdentitySigner {
 public:
  virtual ~IdentitySigner() = default;
  virtual std::string Signature(std::string_view document) = 0;  // base64 of an RSA signature over SHA-256
  virtual std::string Pkcs7(std::string_view document) = 0;      // base64 of a detached PKCS #7 signature
};

// The instance metadata service, versions 1 and 2, as it is in every VPC's router: who asks is told by the source
// address, in the VPC that Peer::listener names. Thread-safe.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
class MetadataHandler final : public http::Handler {
 public:
  // All outlive it. `signer`: nullptr where documents are not signed.
  MetadataHandler(InstanceDirectory& directory, IdentitySigner* signer, Clock& clock, RandomSource& random)
      : directory_(directory), signer_(signer), clock_(clock), tokens_(random) {}

  boost::asio::awaitable<http::Response> Handle(http::RequestHead head, http::RequestBody& body) override;

 private:
  http::Response IssueToken(const http::RequestHead& head, const InstanceMetadata& instance);
  http::Response Answer(const http::RequestHead& head);
  http::Response Read(const std::string& path, const InstanceMetadata& instance, RoleDelivery delivery);
  http::Response ReadCredentials(const InstanceMetadata& instance, RoleDelivery delivery);
  http::Response ReadSigned(std::string_view name, const InstanceMetadata& instance);
  std::optional<RoleCredentials> KnownCredentials(const std::string& key);
  void KeepCredentials(const std::string& key, const RoleCredentials& credentials);

  InstanceDirectory& directory_;
  IdentitySigner* signer_;
  Clock& clock_;
  MetadataTokens tokens_;
  std::mutex mutex_;
  std::map<std::string, RoleCredentials> credentials_;  // by instance, role and delivery
};

}  // namespace opentrail::instances
