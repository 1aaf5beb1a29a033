#include "services/s3/authorization.h"

#include <algorithm>

#include "codec/text.h"
#include "services/s3/errors.h"
#include "services/s3/object_rows.h"
#include "services/s3/s3_service.h"
#include "services/s3/tags.h"

namespace opentrail::services::s3 {
namespace {

using opentrail::iam::AccessRequest;
using opentrail::iam::ContextKeys;
using opentrail::iam::PrincipalType;
using opentrail::iam::ResourcePolicyRule;

// Operations whose action has another name; `versioned` is the action where the request names a version.
struct ActionName {
  std::string_view operation, action, versioned = {};
};
constexpr ActionName kActions[] = {
    {"AbortMultipartUpload", "AbortMultipartUpload"},
    {"CompleteMultipartUpload", "PutObject"},
    {"CopyObject", "PutObject"},
    {"CreateMultipartUpload", "PutObject"},
    {"DeleteBucketCors", "PutBucketCORS"},
    {"DeleteBucketEncryption", "PutEncryptionConfiguration"},
    {"DeleteBucketLifecycle", "PutLifecycleConfiguration"},
    {"DeleteBucketOwnershipControls", "PutBucketOwnershipControls"},
    {"DeleteBucketReplication", "PutReplicationConfiguration"},
    {"DeleteBucketTagging", "PutBucketTagging"},
    {"DeleteObject", "DeleteObject", "DeleteObjectVersion"},
    {"DeleteObjectTagging", "DeleteObjectTagging", "DeleteObjectVersionTagging"},
    {"DeletePublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"},
    {"GetBucketCors", "GetBucketCORS"},
    {"GetBucketEncryption", "GetEncryptionConfiguration"},
    {"GetBucketLifecycle", "GetLifecycleConfiguration"},
    {"GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
    {"GetBucketNotification", "GetBucketNotification"},
    {"GetBucketNotificationConfiguration", "GetBucketNotification"},
    {"GetBucketReplication", "GetReplicationConfiguration"},
    {"GetObject", "GetObject", "GetObjectVersion"},
    {"GetObjectAcl", "GetObjectAcl", "GetObjectVersionAcl"},
    {"GetObjectAttributes", "GetObjectAttributes", "GetObjectVersionAttributes"},
    {"GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
    {"GetObjectTagging", "GetObjectTagging", "GetObjectVersionTagging"},
    {"GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
    {"HeadBucket", "ListBucket"},
    {"HeadObject", "GetObject", "GetObjectVersion"},
    {"ListMultipartUploads", "ListBucketMultipartUploads"},
    {"ListObjectVersions", "ListBucketVersions"},
    {"ListObjects", "ListBucket"},
    {"ListObjectsV2", "ListBucket"},
    {"ListParts", "ListMultipartUploadParts"},
    {"PutBucketEncryption", "PutEncryptionConfiguration"},
    {"PutObjectAcl", "PutObjectAcl", "PutObjectVersionAcl"},
    {"PutObjectTagging", "PutObjectTagging", "PutObjectVersionTagging"},
    {"PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"UploadPart", "PutObject"},
    {"UploadPartCopy", "PutObject"},
};
static_assert(std::ranges::is_sorted(kActions, {}, &ActionName::operation));

std::string ActionOf(const Call& call) {
  const std::string_view operation = call.operation->name;
  const auto* found = std::ranges::lower_bound(kActions, operation, {}, &ActionName::operation);
  if (found == std::end(kActions) || found->operation != operation) return fmt::format("s3:{}", operation);
  const bool versioned = !found->versioned.empty() && call.input["VersionId"].IsString();
  return fmt::format("s3:{}", versioned ? found->versioned : found->action);
}

// Members of the input that are condition keys.
struct ContextMember {
  std::string_view member, key;
};
constexpr ContextMember kContextMembers[] = {
    {"ACL", "s3:x-amz-acl"},
    {"CopySource", "s3:x-amz-copy-source"},
    {"Delimiter", "s3:delimiter"},
    {"GrantFullControl", "s3:x-amz-grant-full-control"},
    {"GrantRead", "s3:x-amz-grant-read"},
    {"GrantReadACP", "s3:x-amz-grant-read-acp"},
    {"GrantWrite", "s3:x-amz-grant-write"},
    {"GrantWriteACP", "s3:x-amz-grant-write-acp"},
    {"IfMatch", "s3:if-match"},
    {"IfNoneMatch", "s3:if-none-match"},
    {"MetadataDirective", "s3:x-amz-metadata-directive"},
    {"ObjectOwnership", "s3:x-amz-object-ownership"},
    {"Prefix", "s3:prefix"},
    {"SSECustomerAlgorithm", "s3:x-amz-server-side-encryption-customer-algorithm"},
    {"SSEKMSKeyId", "s3:x-amz-server-side-encryption-aws-kms-key-id"},
    {"ServerSideEncryption", "s3:x-amz-server-side-encryption"},
    {"StorageClass", "s3:x-amz-storage-class"},
    {"VersionId", "s3:VersionId"},
    {"WebsiteRedirectLocation", "s3:x-amz-website-redirect-location"},
};

// What the request itself tells of how it was signed and sent.
void AddSentKeys(ContextKeys& keys, const Call& call) {
  if (call.head == nullptr || call.principal.type == PrincipalType::kAnonymous) return;
  const std::string_view query = call.head->query;
  const bool presigned = query.find("Signature=") != std::string_view::npos;
  const bool version_2 = presigned && query.find("X-Amz-Signature=") == std::string_view::npos;
  keys.Add("s3:authType", presigned ? "REST-QUERY-STRING" : "REST-HEADER");
  keys.Add("s3:signatureversion", version_2 ? "AWS" : "AWS4-HMAC-SHA256");
  if (const auto hash = call.head->fields.Find("x-amz-content-sha256")) {
    keys.Add("s3:x-amz-content-sha256", std::string(*hash));
  }
}

void AddContext(const Call& call, ContextKeys& keys) {
  for (const auto& [member, key] : kContextMembers) {
    if (const Value& value = call.input[member]; value.IsString())
      keys.Add(std::string(key), std::string(value.Text()));
  }
  if (const auto max = call.input["MaxKeys"].Integer()) keys.Add("s3:max-keys", std::to_string(*max));
  const Value& location = call.input["CreateBucketConfiguration"]["LocationConstraint"];
  if (location.IsString()) keys.Add("s3:locationconstraint", std::string(location.Text()));
  keys.Add("s3:ResourceAccount", call.account_id);
  AddSentKeys(keys, call);
}

AccessRequest RequestOf(const Call& call, std::string action, std::string resource) {
  return {.action = std::move(action),
          .resource = std::move(resource),
          .resource_account = {},
          .resource_policy = nullptr,
          .context = {},
          .find_context = [&call](ContextKeys& keys) { AddContext(call, keys); }};
}

void AddTagKeys(ContextKeys& keys, std::string_view prefix, std::string_view stored) {
  std::vector<std::string> names;
  const Value tags = ReadTagSet(stored);
  for (const Value& tag : tags.elements()) {
    names.emplace_back(tag["Key"].Text());
    keys.Add(fmt::format("{}/{}", prefix, names.back()), std::string(tag["Value"].Text()));
  }
  if (prefix == "s3:RequestObjectTag" && !names.empty()) keys.Add("s3:RequestObjectTagKeys", std::move(names));
}

// One request on a bucket or, with a key, on an object in it. The bucket's policy takes part, unless the bucket lets no
// public policy reach those who are not known; the root user can always mend a policy that locks everyone out.
AccessRequest RequestOn(Service& service, const Call& call, const Bucket& bucket, std::string action,
                        std::string_view key = {}) {
  AccessRequest request =
      RequestOf(call, std::move(action), key.empty() ? bucket.Arn() : fmt::format("{}/{}", bucket.Arn(), key));
  request.resource_account = call.account_id;
  request.rule = ResourcePolicyRule::kEither;
  if (call.principal.IsRoot() && request.action.ends_with("BucketPolicy")) return request;
  PolicyCache::Entry entry = static_cast<S3Service&>(service).policies().Find(bucket.id, bucket.policy);
  const bool cut_off =
      entry.is_public && bucket.RestrictsPublicAccess() && call.principal.type == PrincipalType::kAnonymous;
  if (!cut_off) request.resource_policy = std::move(entry.policy);
  return request;
}

AccessRequests BucketRequest(Service& service, const Call& call, const Bucket& bucket) {
  return {RequestOn(service, call, bucket, ActionOf(call))};
}

std::string_view KeyOf(const Call& call) { return call.input["Key"].Text(); }

// Reading an object: the action on it, with its tags as condition keys; on a key that is not there, the right to list.
void AddRead(AccessRequests& requests, Service& service, const Call& call, store::Connection& state,
             const Bucket& bucket, std::string action, std::string_view key, const Value& version_id) {
  AccessRequest request = RequestOn(service, call, bucket, std::move(action), key);
  const auto tags = LoadTags(state, bucket.id, key, version_id);
  if (tags) AddTagKeys(request.context, "s3:ExistingObjectTag", *tags);
  requests.push_back(std::move(request));
  if (!tags) requests.push_back(RequestOn(service, call, bucket, "s3:ListBucket"));
}

// Storing an object: tags and an ACL that come with it need rights of their own.
void AddWrite(AccessRequests& requests, Service& service, const Call& call, const Bucket& bucket) {
  AccessRequest request = RequestOn(service, call, bucket, ActionOf(call), KeyOf(call));
  const Value& header = call.input["Tagging"];
  std::string tags;
  if (header.IsString()) {
    tags = ParseTagHeader(header.Text()).value_or("");
  } else if (header.IsObject()) {
    tags = CheckTagSet(header["TagSet"], kMaxObjectTags).value_or("");
  }
  AddTagKeys(request.context, "s3:RequestObjectTag", tags);
  const bool puts_object = request.action == "s3:PutObject";
  std::vector<std::string> more;
  if (puts_object && header.IsString()) more.emplace_back("s3:PutObjectTagging");
  // Full control for the bucket's owner takes no right of its own: policies for log delivery give s3:PutObject alone.
  const std::string_view acl = call.input["ACL"].Text();
  if (puts_object && !acl.empty() && acl != "bucket-owner-full-control") more.emplace_back("s3:PutObjectAcl");
  const ContextKeys context = request.context;
  requests.push_back(std::move(request));
  for (std::string& action : more) {
    requests.push_back(RequestOn(service, call, bucket, std::move(action), KeyOf(call)));
    requests.back().context = context;
  }
}

}  // namespace

AwsResult<AccessRequests> AuthorizeListBuckets(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  return AccessRequests{RequestOf(call, "s3:ListAllMyBuckets", "arn:aws:s3:::*")};
}

AwsResult<AccessRequests> AuthorizeCreateBucket(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  const std::string arn = fmt::format("arn:aws:s3:::{}", call.input["Bucket"].Text());
  AccessRequests requests{RequestOf(call, "s3:CreateBucket", arn)};
  if (call.input.Has("ACL")) requests.push_back(RequestOf(call, "s3:PutBucketAcl", arn));
  if (call.input.Has("ObjectOwnership")) {
    requests.push_back(RequestOf(call, "s3:PutBucketOwnershipControls", arn));
  }
  return requests;
}

AwsResult<AccessRequests> AuthorizeBucket(Service& service, const Call& call, store::Connection& state) {
  const auto bucket = FindBucket(call, state);
  if (!bucket) return std::unexpected(bucket.error());
  return BucketRequest(service, call, *bucket);
}

AwsResult<AccessRequests> AuthorizeBucketAnywhere(Service& service, const Call& call, store::Connection& state) {
  const auto bucket = FindBucket(call, state, RegionCheck::kAny);
  if (!bucket) return std::unexpected(bucket.error());
  return BucketRequest(service, call, *bucket);
}

AwsResult<AccessRequests> AuthorizeReadObject(Service& service, const Call& call, store::Connection& state) {
  const auto bucket = FindBucket(call, state);
  if (!bucket) return std::unexpected(bucket.error());
  AccessRequests requests;
  AddRead(requests, service, call, state, *bucket, ActionOf(call), KeyOf(call), call.input["VersionId"]);
  return requests;
}

AwsResult<AccessRequests> AuthorizeObjectAttributes(Service& service, const Call& call, store::Connection& state) {
  auto requests = AuthorizeReadObject(service, call, state);
  if (!requests) return requests;
  AccessRequest read = requests->front();
  read.action = call.input["VersionId"].IsString() ? "s3:GetObjectVersion" : "s3:GetObject";
  requests->insert(requests->begin(), std::move(read));
  return requests;
}

AwsResult<AccessRequests> AuthorizeWriteObject(Service& service, const Call& call, store::Connection& state) {
  const auto bucket = FindBucket(call, state);
  if (!bucket) return std::unexpected(bucket.error());
  AccessRequests requests;
  AddWrite(requests, service, call, *bucket);
  return requests;
}

AwsResult<AccessRequests> AuthorizeDeleteObjects(Service& /*service*/, const Call& call, store::Connection& state) {
  const auto bucket = FindBucket(call, state);
  if (!bucket) return std::unexpected(bucket.error());
  return AccessRequests{};
}

AwsStatus MayDelete(S3Service& service, const Call& call, store::Connection& state, const Value& object) {
  Value input = Value::Object({{"Bucket", call.input["Bucket"]}, {"Key", object["Key"]}});
  input.SetIfPresent("VersionId", object["VersionId"]);
  ContextKeys context = call.context;
  AddSentKeys(context, call);
  if (call.head != nullptr) {
    context.Add("aws:SecureTransport", call.secure_transport ? "true" : "false");
    context.Add("aws:SourceIp", call.source_address);
    context.Add("aws:UserAgent", std::string(call.head->fields.Get("user-agent")));
    if (const auto referer = call.head->fields.Find("referer")) context.Add("aws:Referer", std::string(*referer));
  }
  return service.environment().inside.WouldAllow(state, {.service = "s3",
                                                         .operation = "DeleteObject",
                                                         .region = call.region,
                                                         .principal = call.principal,
                                                         .invoked_by = call.invoked_by,
                                                         .input = std::move(input),
                                                         .body = nullptr,
                                                         .context = std::move(context)});
}

AwsResult<AccessRequests> AuthorizeCopy(Service& service, const Call& call, store::Connection& state) {
  const auto target = FindBucket(call, state);
  if (!target) return std::unexpected(target.error());
  const auto source = ParseCopySource(call.input["CopySource"].Text());
  if (!source) return std::unexpected(source.error());
  const auto source_bucket = FindSourceBucket(call, state, source->bucket);
  if (!source_bucket) return std::unexpected(source_bucket.error());
  AccessRequests requests;
  AddWrite(requests, service, call, *target);
  AddRead(requests, service, call, state, *source_bucket,
          source->version_id.IsString() ? "s3:GetObjectVersion" : "s3:GetObject", source->key, source->version_id);
  return requests;
}

AwsResult<CopySource> ParseCopySource(std::string_view header) {
  const auto fault = [&] {
    return InvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
                           "x-amz-copy-source", header);
  };
  CopySource source;
  constexpr std::string_view kVersionMark = "?versionId=";
  std::string_view path = header;
  if (const size_t mark = path.rfind(kVersionMark); mark != std::string_view::npos) {
    source.version_id = path.substr(mark + kVersionMark.size());
    path = path.substr(0, mark);
  }
  auto decoded = codec::UriDecode(path);
  if (!decoded) return fault();
  std::string_view text = *decoded;
  if (text.starts_with('/')) text.remove_prefix(1);
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return fault();
  source.bucket = text.substr(0, slash);
  source.key = text.substr(slash + 1);
  return source;
}

}  // namespace opentrail::services::s3
