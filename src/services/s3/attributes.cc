#include "services/s3/attributes.h"

#include <algorithm>
#include <cctype>

#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/tags.h"

namespace opentrail::services::s3 {
namespace {

constexpr size_t kMaxMetadataBytes = 2048;
constexpr size_t kMaxHeaderBytes = 8 * 1024;
constexpr std::string_view kDefaultContentType = "binary/octet-stream";

constexpr std::string_view kContentHeaders[] = {"CacheControl",           "ContentDisposition", "ContentEncoding",
                                                "ContentLanguage",        "ContentType",        "Expires",
                                                "WebsiteRedirectLocation"};
// Those whose objects can be read at once; the archives are not here.
constexpr std::string_view kStorageClasses[] = {"STANDARD",   "REDUCED_REDUNDANCY",  "STANDARD_IA",
                                                "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"};
constexpr std::string_view kArchives[] = {"GLACIER", "DEEP_ARCHIVE"};

// "gzip,aws-chunked" is gzip: the other belongs to the way, not to the object.
std::string WithoutChunked(std::string_view encodings) {
  std::string kept;
  while (!encodings.empty()) {
    const size_t comma = encodings.find(',');
    std::string_view each = encodings.substr(0, comma);
    encodings = comma == std::string_view::npos ? std::string_view() : encodings.substr(comma + 1);
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    if (each == "aws-chunked" || each.empty()) continue;
    if (!kept.empty()) kept += ',';
    kept += each;
  }
  return kept;
}

AwsResult<Value> RequestedMetadata(const Value& given) {
  Value metadata = Value::Object();
  size_t bytes = 0;
  for (const auto& [name, value] : given.members()) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    bytes += lower.size() + value.Text().size();
    metadata.Set(lower, value);
  }
  if (bytes > kMaxMetadataBytes) {
    return Refusal("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size",
                   {{"Size", std::to_string(bytes)}, {"MaxSizeAllowed", std::to_string(kMaxMetadataBytes)}});
  }
  return metadata;
}

AwsStatus RefuseLocks(const Call& call) {
  const bool asked = call.input.Has("ObjectLockMode") || call.input.Has("ObjectLockRetainUntilDate") ||
                     call.input.Has("ObjectLockLegalHoldStatus");
  if (asked) return InvalidRequest("Bucket is missing Object Lock Configuration");
  if (call.input.Has("WriteOffsetBytes")) return NotImplementedHeader("x-amz-write-offset-bytes");
  return {};
}

}  // namespace

AwsResult<std::string> RequestedStorageClass(const Call& call) {
  const std::string_view name = call.input["StorageClass"].Text("STANDARD");
  if (std::ranges::find(kStorageClasses, name) != std::end(kStorageClasses)) return std::string(name);
  if (std::ranges::find(kArchives, name) != std::end(kArchives)) return NotImplementedHeader("x-amz-storage-class");
  return Refusal("InvalidStorageClass", 400, "The storage class you specified is not valid",
                 {{"StorageClassRequested", std::string(name)}});
}

AwsResult<Value> RequestedHeaders(const Call& call) {
  Value headers = Value::Object();
  for (const std::string_view name : kContentHeaders) {
    const Value& value = call.input[name];
    if (value.Text().size() > kMaxHeaderBytes) {
      return Refusal("RequestHeaderSectionTooLarge", 400,
                     "Your request header section exceeds the maximum allowed request header section size.");
    }
    headers.SetIfPresent(name, value);
  }
  if (!headers.Has("ContentType")) headers.Set("ContentType", kDefaultContentType);
  if (const Value& encoding = headers["ContentEncoding"]; encoding.IsString()) {
    std::string kept = WithoutChunked(encoding.Text());
    kept.empty() ? headers.Remove("ContentEncoding") : (void)headers.Set("ContentEncoding", std::move(kept));
  }
  const std::string_view redirect = headers["WebsiteRedirectLocation"].Text();
  if (!redirect.empty() && !redirect.starts_with('/') && !redirect.starts_with("http://") &&
      !redirect.starts_with("https://")) {
    return Refusal("InvalidRedirectLocation", 400,
                   "The website redirect location must have a prefix of 'http://' or "
                   "'https://' or '/'.");
  }
  auto metadata = RequestedMetadata(call.input["Metadata"]);
  if (!metadata) return metadata;
  if (!metadata->members().empty()) headers.Set("Metadata", std::move(*metadata));
  return headers;
}

AwsResult<ObjectAttributes> RequestedAttributes(const Call& call, const Bucket& bucket) {
  AwsStatus status = CheckAcl(call);
  if (status) status = RefuseLocks(call);
  if (!status) return std::unexpected(std::move(status.error()));
  ObjectAttributes attributes;
  auto storage_class = RequestedStorageClass(call);
  if (!storage_class) return std::unexpected(std::move(storage_class.error()));
  attributes.storage_class = std::move(*storage_class);
  auto headers = RequestedHeaders(call);
  if (!headers) return std::unexpected(std::move(headers.error()));
  attributes.headers = std::move(*headers);
  auto tags = ParseTagHeader(call.input["Tagging"].Text());
  if (!tags) return std::unexpected(std::move(tags.error()));
  attributes.tags = std::move(*tags);
  auto encryption = RequestedEncryption(call, bucket);
  if (!encryption) return std::unexpected(std::move(encryption.error()));
  attributes.encryption = std::move(*encryption);
  return attributes;
}

}  // namespace opentrail::services::s3
