#include "services/s3/handler_table.h"

#include <algorithm>

#include "services/s3/authorization.h"
#include "services/s3/copy_digest.h"
#include "services/s3/handlers.h"

namespace opentrail::services::s3 {
namespace {

// Operations that reach many objects: the record names their common beginning.
constexpr std::string_view kManyObjects[] = {"DeleteObjects", "ListMultipartUploads", "ListObjectVersions",
                                             "ListObjects", "ListObjectsV2"};

std::vector<trail::RecordResource> ResourcesOf(const Call& call, const Bucket& bucket) {
  std::vector<trail::RecordResource> resources;
  const bool many = std::ranges::find(kManyObjects, call.operation->name) != std::end(kManyObjects);
  const Value& name = call.input[many ? "Prefix" : "Key"];
  if (many || name.IsString()) {
    resources.push_back({.type = "AWS::S3::Object",
                         .arn = fmt::format("{}/{}", bucket.Arn(), name.Text()),
                         .account_id = "",
                         .is_prefix = many});
  }
  resources.push_back({.type = "AWS::S3::Bucket", .arn = bucket.Arn(), .account_id = call.account_id});
  return resources;
}

template <AccountOperation* kOperation>
AwsResult<Reply> OnAccount(Service& service, Call& call, store::Transaction& transaction) {
  return kOperation(static_cast<S3Service&>(service), call, transaction);
}

template <BucketOperation* kOperation, RegionCheck kCheck = RegionCheck::kSame>
AwsResult<Reply> OnBucket(Service& service, Call& call, store::Transaction& transaction) {
  auto bucket = FindBucket(call, transaction.connection(), kCheck);
  if (!bucket) return std::unexpected(std::move(bucket.error()));
  auto reply = kOperation(static_cast<S3Service&>(service), call, transaction, *bucket);
  if (reply) reply->resources = ResourcesOf(call, *bucket);
  return reply;
}

constexpr Handler kHandlers[] = {
    {"AbortMultipartUpload", AuthorizeWriteObject, OnBucket<AbortMultipartUpload>},
    {"CompleteMultipartUpload", AuthorizeWriteObject, OnBucket<CompleteMultipartUpload>},
    {"CopyObject", AuthorizeCopy, OnBucket<CopyObject>, PrepareCopy, nullptr, BeginObjectCopy},
    {"CreateBucket", AuthorizeCreateBucket, OnAccount<CreateBucket>},
    {"CreateMultipartUpload", AuthorizeWriteObject, OnBucket<CreateMultipartUpload>},
    {"DeleteBucket", AuthorizeBucket, OnBucket<DeleteBucket>},
    {"DeleteBucketCors", AuthorizeBucket, OnBucket<DeleteUnconfigured>},
    {"DeleteBucketEncryption", AuthorizeBucket, OnBucket<DeleteBucketEncryption>},
    {"DeleteBucketLifecycle", AuthorizeBucket, OnBucket<DeleteUnconfigured>},
    {"DeleteBucketOwnershipControls", AuthorizeBucket, OnBucket<DeleteBucketOwnershipControls>},
    {"DeleteBucketPolicy", AuthorizeBucket, OnBucket<DeleteBucketPolicy>},
    {"DeleteBucketReplication", AuthorizeBucket, OnBucket<DeleteUnconfigured>},
    {"DeleteBucketTagging", AuthorizeBucket, OnBucket<DeleteBucketTagging>},
    {"DeleteBucketWebsite", AuthorizeBucket, OnBucket<DeleteUnconfigured>},
    {"DeleteObject", AuthorizeWriteObject, OnBucket<DeleteObject>},
    {"DeleteObjectTagging", AuthorizeReadObject, OnBucket<DeleteObjectTagging>},
    {"DeleteObjects", AuthorizeDeleteObjects, OnBucket<DeleteObjects>},
    {"DeletePublicAccessBlock", AuthorizeBucket, OnBucket<DeletePublicAccessBlock>},
    {"GetBucketAbac", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketAccelerateConfiguration", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketAcl", AuthorizeBucket, OnBucket<GetBucketAcl>},
    {"GetBucketAnalyticsConfiguration", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketCors", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketEncryption", AuthorizeBucket, OnBucket<GetBucketEncryption>},
    {"GetBucketIntelligentTieringConfiguration", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketInventoryConfiguration", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketLifecycle", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketLifecycleConfiguration", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketLocation", AuthorizeBucketAnywhere, OnBucket<GetBucketLocation, RegionCheck::kAny>},
    {"GetBucketLogging", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketMetricsConfiguration", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketNotification", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketNotificationConfiguration", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketOwnershipControls", AuthorizeBucket, OnBucket<GetBucketOwnershipControls>},
    {"GetBucketPolicy", AuthorizeBucket, OnBucket<GetBucketPolicy>},
    {"GetBucketPolicyStatus", AuthorizeBucket, OnBucket<GetBucketPolicyStatus>},
    {"GetBucketReplication", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketRequestPayment", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetBucketTagging", AuthorizeBucket, OnBucket<GetBucketTagging>},
    {"GetBucketVersioning", AuthorizeBucket, OnBucket<GetBucketVersioning>},
    {"GetBucketWebsite", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetObject", AuthorizeReadObject, OnBucket<GetObject>},
    {"GetObjectAcl", AuthorizeReadObject, OnBucket<GetObjectAcl>},
    {"GetObjectAttributes", AuthorizeObjectAttributes, OnBucket<GetObjectAttributes>},
    {"GetObjectLegalHold", AuthorizeReadObject, OnBucket<GetUnconfigured>},
    {"GetObjectLockConfiguration", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"GetObjectRetention", AuthorizeReadObject, OnBucket<GetUnconfigured>},
    {"GetObjectTagging", AuthorizeReadObject, OnBucket<GetObjectTagging>},
    {"GetPublicAccessBlock", AuthorizeBucket, OnBucket<GetPublicAccessBlock>},
    {"HeadBucket", AuthorizeBucket, OnBucket<HeadBucket>},
    {"HeadObject", AuthorizeReadObject, OnBucket<HeadObject>},
    {"ListBucketAnalyticsConfigurations", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"ListBucketIntelligentTieringConfigurations", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"ListBucketInventoryConfigurations", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"ListBucketMetricsConfigurations", AuthorizeBucket, OnBucket<GetUnconfigured>},
    {"ListBuckets", AuthorizeListBuckets, OnAccount<ListBuckets>},
    {"ListMultipartUploads", AuthorizeBucket, OnBucket<ListMultipartUploads>},
    {"ListObjectVersions", AuthorizeBucket, OnBucket<ListObjectVersions>},
    {"ListObjects", AuthorizeBucket, OnBucket<ListObjects>},
    {"ListObjectsV2", AuthorizeBucket, OnBucket<ListObjectsV2>},
    {"ListParts", AuthorizeWriteObject, OnBucket<ListParts>},
    {"PutBucketAbac", AuthorizeBucket, OnBucket<PutUnconfigured>},
    {"PutBucketAccelerateConfiguration", AuthorizeBucket, OnBucket<PutUnconfigured>},
    {"PutBucketAcl", AuthorizeBucket, OnBucket<PutBucketAcl>},
    {"PutBucketEncryption", AuthorizeBucket, OnBucket<PutBucketEncryption>},
    {"PutBucketLogging", AuthorizeBucket, OnBucket<PutUnconfigured>},
    {"PutBucketNotificationConfiguration", AuthorizeBucket, OnBucket<PutUnconfigured>},
    {"PutBucketOwnershipControls", AuthorizeBucket, OnBucket<PutBucketOwnershipControls>},
    {"PutBucketPolicy", AuthorizeBucket, OnBucket<PutBucketPolicy>},
    {"PutBucketRequestPayment", AuthorizeBucket, OnBucket<PutUnconfigured>},
    {"PutBucketTagging", AuthorizeBucket, OnBucket<PutBucketTagging>},
    {"PutBucketVersioning", AuthorizeBucket, OnBucket<PutBucketVersioning>},
    {"PutObject", AuthorizeWriteObject, OnBucket<PutObject>, nullptr, BeginBody},
    {"PutObjectAcl", AuthorizeReadObject, OnBucket<PutObjectAcl>},
    {"PutObjectTagging", AuthorizeWriteObject, OnBucket<PutObjectTagging>},
    {"PutPublicAccessBlock", AuthorizeBucket, OnBucket<PutPublicAccessBlock>},
    {"UploadPart", AuthorizeWriteObject, OnBucket<UploadPart>, nullptr, BeginBody},
    {"UploadPartCopy", AuthorizeCopy, OnBucket<UploadPartCopy>, PrepareCopy, nullptr, BeginPartCopy},
};
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

std::span<const Handler> Handlers() { return kHandlers; }

}  // namespace opentrail::services::s3
