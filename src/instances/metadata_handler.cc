#include "instances/metadata_handler.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "codec/text.h"
#include "codec/timestamp.h"
#include "instances/metadata_tree.h"

namespace opentrail::instances {
namespace {

constexpr std::string_view kTokenField = "X-aws-ec2-metadata-token";
constexpr std::string_view kTtlField = "X-aws-ec2-metadata-token-ttl-seconds";
constexpr std::string_view kTokenPath = "/latest/api/token";
constexpr std::string_view kSigned = "dynamic/instance-identity";
constexpr size_t kMaxPathBytes = 1024;
constexpr size_t kMaxKept = 4096;
// AWS has new ones ready five minutes before the old end; so that whoever asks then has time to go on with them.
constexpr auto kRefresh = std::chrono::minutes(15);

http::Response Text(int status, std::string body, std::string_view type = "text/plain") {
  http::Response response;
  response.status = status;
  response.fields.Add("Content-Type", std::string(type));
  response.fields.Add("Accept-Ranges", "none");
  response.body = std::move(body);
  return response;
}

http::Response Failure(int status, std::string_view reason) {
  return Text(
      status,
      fmt::format("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\n"
                  " <head>\n  <title>{0} - {1}</title>\n </head>\n <body>\n  <h1>{0} - {1}</h1>\n </body>\n</html>\n",
                  status, reason),
      "text/html");
}
http::Response NotFound() { return Failure(404, "Not Found"); }
http::Response Forbidden() { return Failure(403, "Forbidden"); }

// The decoded path without doubled or trailing slashes; nullopt where it is none that could be here.
std::optional<std::string> PlainPath(std::string_view path) {
  if (path.size() > kMaxPathBytes) return std::nullopt;
  const auto decoded = codec::UriDecode(path);
  if (!decoded) return std::nullopt;
  std::string plain;
  for (const char c : *decoded) {
    if (c != '/' || !plain.ends_with('/')) plain += c;
  }
  while (plain.ends_with('/')) plain.pop_back();
  return plain.empty() ? "/" : plain;
}

// "/latest/meta-data/x" -> "meta-data/x"; nullopt where there is no such version.
std::optional<std::string> BelowVersion(std::string_view path) {
  path.remove_prefix(1);
  const size_t slash = std::min(path.size(), path.find('/'));
  if (!IsMetadataVersion(path.substr(0, slash))) return std::nullopt;
  return std::string(path.substr(std::min(path.size(), slash + 1)));
}

std::string CredentialsDocument(const RoleCredentials& credentials) {
  return WriteDocument({{"Code", "Success"},
                        {"LastUpdated", codec::FormatIso8601(credentials.issued)},
                        {"Type", "AWS-HMAC"},
                        {"AccessKeyId", credentials.access_key_id},
                        {"SecretAccessKey", credentials.secret_access_key},
                        {"Token", credentials.session_token},
                        {"Expiration", codec::FormatIso8601(credentials.expires)}});
}

}  // namespace

boost::asio::awaitable<http::Response> MetadataHandler::Handle(http::RequestHead head, http::RequestBody& /*body*/) {
  co_return Answer(head);
}

http::Response MetadataHandler::Answer(const http::RequestHead& head) {
  const auto instance = directory_.FindByPrivateAddress(head.peer.listener, head.peer.address);
  if (instance == nullptr || !instance->is_enabled) return Forbidden();
  if (head.method == "PUT") return IssueToken(head, *instance);
  if (head.method != "GET" && head.method != "HEAD") {
    http::Response refused = Failure(405, "Method Not Allowed");
    refused.fields.Add("Allow", "GET, HEAD, PUT");
    return refused;
  }
  std::optional<int64_t> left;
  if (const auto token = head.fields.Find(kTokenField); token) {
    left = tokens_.Check(*token, instance->instance_id, clock_.Now());
    if (!left) return Failure(401, "Unauthorized");
  } else if (instance->requires_token) {
    return Failure(401, "Unauthorized");
  }
  const auto path = PlainPath(head.path);
  if (!path) return NotFound();
  http::Response response = Read(*path, *instance, left ? RoleDelivery::kVersion2 : RoleDelivery::kVersion1);
  if (left) response.fields.Add(std::string(kTtlField), std::to_string(*left));
  return response;
}

// Who comes through a proxy may not have one: it would be the proxy that reads for somebody else.
http::Response MetadataHandler::IssueToken(const http::RequestHead& head, const InstanceMetadata& instance) {
  if (head.path != kTokenPath || head.fields.Has("X-Forwarded-For")) return Forbidden();
  const std::string_view wanted = head.fields.Get(kTtlField);
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), seconds);
  const bool is_number = error == std::errc() && end == wanted.data() + wanted.size();
  if (!is_number || seconds < 1 || seconds > MetadataTokens::kMaxSeconds) return Failure(400, "Bad Request");
  http::Response response = Text(200, tokens_.Issue(instance.instance_id, seconds, clock_.Now()));
  response.fields.Add(std::string(kTtlField), std::to_string(seconds));
  response.hop_limit = instance.hop_limit;
  return response;
}

http::Response MetadataHandler::Read(const std::string& path, const InstanceMetadata& instance, RoleDelivery delivery) {
  if (path == "/") return Text(200, ListMetadataVersions());
  const auto below = BelowVersion(path);
  if (!below) return NotFound();
  const std::string credentials = CredentialsPath(instance);
  if (!credentials.empty() && *below == credentials) return ReadCredentials(instance, delivery);
  if (below->starts_with(kSigned) && *below != kSigned && !below->ends_with("/document")) {
    return ReadSigned(std::string_view(*below).substr(kSigned.size()), instance);
  }
  const MetadataTree tree = BuildMetadataTree(instance);
  if (const auto found = tree.find(*below); found != tree.end()) {
    const bool is_bytes = *below == "user-data";
    return Text(200, found->second, is_bytes ? "application/octet-stream" : "text/plain");
  }
  auto listed = ListMetadata(tree, *below);
  if (!listed) return NotFound();
  if (*below == kSigned && signer_ != nullptr) *listed += "\npkcs7\nrsa2048\nsignature";
  return Text(200, std::move(*listed));
}

http::Response MetadataHandler::ReadSigned(std::string_view name, const InstanceMetadata& instance) {
  if (signer_ == nullptr) return NotFound();
  const std::string document = IdentityDocument(instance);
  std::string signature;
  if (name == "/signature") signature = signer_->Signature(document);
  if (name == "/pkcs7" || name == "/rsa2048") signature = signer_->Pkcs7(document);
  return signature.empty() ? NotFound() : Text(200, std::move(signature));
}

http::Response MetadataHandler::ReadCredentials(const InstanceMetadata& instance, RoleDelivery delivery) {
  const std::string key = fmt::format("{} {} {}", instance.instance_id, instance.role_name, static_cast<int>(delivery));
  auto credentials = KnownCredentials(key);
  if (!credentials) {
    auto assumed = directory_.AssumeRole(instance, delivery);
    if (!assumed) {
      const std::string why = fmt::format(
          "EC2 cannot assume the role {}. Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/"
          "troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.",
          instance.role_name);
      return Text(200, WriteDocument({{"Code", "AssumeRoleUnauthorizedAccess"},
                                      {"Message", why},
                                      {"LastUpdated", codec::FormatIso8601(clock_.Now())}}));
    }
    KeepCredentials(key, *assumed);
    credentials = std::move(*assumed);
  }
  return Text(200, CredentialsDocument(*credentials));
}

std::optional<RoleCredentials> MetadataHandler::KnownCredentials(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = credentials_.find(key);
  if (found == credentials_.end() || found->second.expires - clock_.Now() < kRefresh) return std::nullopt;
  return found->second;
}

void MetadataHandler::KeepCredentials(const std::string& key, const RoleCredentials& credentials) {
  const std::lock_guard lock(mutex_);
  const Time now = clock_.Now();
  std::erase_if(credentials_, [&](const auto& kept) { return kept.second.expires <= now; });
  if (credentials_.size() < kMaxKept) credentials_.insert_or_assign(key, credentials);
}

}  // namespace opentrail::instances
