#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "trail/record_values.h"

namespace opentrail::trail {
namespace {

using protocol::Location;
using protocol::Member;
using protocol::ShapeKind;

struct Renamed {
  std::string_view operation, event;
};
constexpr Renamed kEventNames[] = {
    {"DeleteBucketLifecycle", "DeleteBucketLifecycle"},
    {"DeletePublicAccessBlock", "DeleteBucketPublicAccessBlock"},
    {"GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"},
    {"GetBucketLifecycleConfiguration", "GetBucketLifecycle"},
    {"GetBucketNotificationConfiguration", "GetBucketNotification"},
    {"GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
    {"GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
    {"ListObjectsV2", "ListObjects"},
    {"PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"},
    {"PutBucketLifecycleConfiguration", "PutBucketLifecycle"},
    {"PutBucketNotificationConfiguration", "PutBucketNotification"},
    {"PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"},
    {"PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
};

constexpr Renamed kControlEventNames[] = {
    {"DeletePublicAccessBlock", "DeleteAccountPublicAccessBlock"},
    {"GetPublicAccessBlock", "GetAccountPublicAccessBlock"},
    {"PutPublicAccessBlock", "PutAccountPublicAccessBlock"},
};

// Object level, and the bucket calls that CloudTrail counts among them.
constexpr std::string_view kDataEvents[] = {
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateMultipartUpload",
    "DeleteObject",
    "DeleteObjectTagging",
    "DeleteObjects",
    "GetObject",
    "GetObjectAcl",
    "GetObjectAttributes",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "GetObjectTagging",
    "GetObjectTorrent",
    "HeadBucket",
    "HeadObject",
    "ListMultipartUploads",
    "ListObjectVersions",
    "ListObjects",
    "ListObjectsV2",
    "ListParts",
    "PutObject",
    "PutObjectAcl",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "RestoreObject",
    "SelectObjectContent",
    "UploadPart",
    "UploadPartCopy",
};
static_assert(std::ranges::is_sorted(kDataEvents));

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

// Signatures and secrets stay out; what else a request says of itself is kept as it was sent.
constexpr std::string_view kHiddenFields[] = {
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-credential",
    "x-amz-decoded-content-length",
    "x-amz-trailer",
    "x-amz-user-agent",
    "x-amz-server-side-encryption-customer-key",
    "x-amz-copy-source-server-side-encryption-customer-key",
    "awsaccesskeyid",
    "signature",
};
bool IsHidden(std::string_view lower_name) {
  return std::ranges::find(kHiddenFields, lower_name) != std::end(kHiddenFields);
}

void AddSentParameters(Value& parameters, const http::RequestHead& head) {
  if (const auto query = http::ParseParameters(head.query, http::PlusSign::kLiteral)) {
    for (const auto& [name, value] : *query) {
      // A presigned request's own date is a part of the query, and shown.
      const std::string lower = Lower(name);
      if (name != "x-id" && (lower == "x-amz-date" || !IsHidden(lower))) parameters.Set(name, value);
    }
  }
  for (const auto& [name, value] : head.fields.entries()) {
    const std::string lower = Lower(name);
    if (lower.starts_with("x-amz-") && !IsHidden(lower)) parameters.Set(lower, value);
  }
}

// A call from inside has no request to quote: its members go under their names on the wire.
void AddMembers(Value& parameters, const CallFacts& facts) {
  const std::string_view uri = facts.operation->http_uri;
  if (const size_t mark = uri.find('?'); mark != std::string_view::npos) {
    const std::string_view name = uri.substr(mark + 1, uri.find_first_of("=&", mark) - mark - 1);
    parameters.Set(name, "");
  }
  for (const auto& [name, value] : facts.input->members()) {
    const Member* member = facts.operation->input->Find(name);
    if (member == nullptr || member->sensitive || member->shape->sensitive || !value.IsString()) continue;
    if (member->location == Location::kQueryString ||
        (member->location == Location::kHeader && Lower(member->location_name).starts_with("x-amz-"))) {
      parameters.Set(member->location_name, value);
    }
  }
}

// Configurations are XML in the request and JSON in the record, under the element's name.
Value BodyMember(const Value& value, const protocol::Shape& shape) {
  if (shape.kind == ShapeKind::kStructure) {
    Value object = Value::Object();
    for (const auto& [name, child] : value.members()) {
      const Member* member = shape.Find(name);
      if (member == nullptr || child.IsNull()) continue;
      object.Set(member->location_name.empty() ? name : member->location_name, BodyMember(child, *member->shape));
    }
    return object;
  }
  if (shape.kind != ShapeKind::kList) return value;
  Value list = Value::List();
  for (const Value& each : value.elements()) list.Append(BodyMember(each, *shape.element));
  return list.elements().size() == 1 ? list.elements().front() : list;
}

void AddBody(Value& parameters, const CallFacts& facts) {
  if (IsS3DataEvent(facts.operation->name)) return;
  if (const Value& policy = (*facts.input)["Policy"]; policy.IsString()) {
    auto document = codec::ParseJsonValue(policy.Text());
    parameters.Set("bucketPolicy", document ? std::move(*document) : policy);
    return;
  }
  for (const Member& member : facts.operation->input->members) {
    if (!member.payload || member.streaming) continue;
    const Value& value = (*facts.input)[member.name];
    if (!value.IsObject()) continue;
    Value body = BodyMember(value, *member.shape);
    body.Set("xmlns", facts.service->xml_namespace);
    parameters.Set(member.location_name.empty() ? member.name : member.location_name, std::move(body));
  }
}

std::string HostOf(const CallFacts& facts, std::string_view bucket) {
  if (facts.head != nullptr) return std::string(facts.head->Host());
  const std::string endpoint =
      facts.region == "us-east-1" ? "s3.amazonaws.com" : fmt::format("s3.{}.amazonaws.com", facts.region);
  return bucket.empty() ? endpoint : fmt::format("{}.{}", bucket, endpoint);
}

}  // namespace

std::string_view S3EventName(std::string_view service_id, std::string_view operation) {
  if (service_id == "s3control") {
    const auto* account = std::ranges::find(kControlEventNames, operation, &Renamed::operation);
    return account != std::end(kControlEventNames) ? account->event : operation;
  }
  const auto* found = std::ranges::find(kEventNames, operation, &Renamed::operation);
  return found != std::end(kEventNames) ? found->event : operation;
}

bool IsS3DataEvent(std::string_view operation) { return std::ranges::binary_search(kDataEvents, operation); }

Value S3Parameters(const CallFacts& facts) {
  const Value& input = *facts.input;
  Value parameters = Value::Object();
  AddBody(parameters, facts);
  const std::string_view bucket = input["Bucket"].Text();
  if (!bucket.empty()) parameters.Set("bucketName", bucket);
  parameters.Set("Host", HostOf(facts, bucket));
  if (input["Key"].IsString()) parameters.Set("key", input["Key"].Text());
  if (facts.head != nullptr) {
    AddSentParameters(parameters, *facts.head);
  } else {
    AddMembers(parameters, facts);
  }
  return parameters;
}

// Object writes tell how they were encrypted and where they stand; nothing else answers with elements.
Value S3Response(const CallFacts& facts) {
  static constexpr std::string_view kShown[] = {
      "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
      "x-amz-server-side-encryption-bucket-key-enabled", "x-amz-version-id", "x-amz-delete-marker"};
  if (!IsS3DataEvent(facts.operation->name) || facts.operation->output == nullptr) return {};
  if (facts.operation->name.starts_with("Delete")) return {};
  Value response = Value::Object();
  for (const Member& member : facts.operation->output->members) {
    const Value& value = (*facts.output)[member.name];
    if (member.location != Location::kHeader || value.IsNull()) continue;
    if (std::ranges::find(kShown, member.location_name) != std::end(kShown)) {
      response.Set(member.location_name, value.IsString() ? value : Value(value.Boolean() ? "true" : "false"));
    }
  }
  return response.members().empty() ? Value() : response;
}

}  // namespace opentrail::trail
