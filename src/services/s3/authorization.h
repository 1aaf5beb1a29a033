#pragma once

#include <vector>

#include "iam/evaluation.h"
#include "services/s3/bucket_rows.h"
#include "services/s3/s3_service.h"
#include "services/service.h"

// What each operation of S3 must be allowed: the `authorize` functions of the handler table.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
namespace opentrail::services::s3 {

using AccessRequests = std::vector<opentrail::iam::AccessRequest>;
using AuthorizeFunction = AwsResult<AccessRequests>(Service& service, const Call& call, store::Connection& state);

AuthorizeFunction AuthorizeListBuckets, AuthorizeCreateBucket;
// The bucket alone, by the operation's action.
AuthorizeFunction AuthorizeBucket;
// The same, for what may be asked from any region.
AuthorizeFunction AuthorizeBucketAnywhere;
// The object (or the version that is named), which is there: where it is not, who may not list the bucket is not told.
AuthorizeFunction AuthorizeReadObject;
// The object by the operation's action, there or not.
AuthorizeFunction AuthorizeWriteObject;
AuthorizeFunction AuthorizeCopy, AuthorizeObjectAttributes;
// Nothing but that the bucket is there: each key is a right of its own, and one that is refused leaves the others.
AuthorizeFunction AuthorizeDeleteObjects;
// Whether the caller of DeleteObjects may delete this one of its objects ({Key, VersionId}).
[[nodiscard]] AwsStatus MayDelete(S3Service& service, const Call& call, store::Connection& state, const Value& object);

// "bucket/key?versionId=v" of x-amz-copy-source, decoded.
struct CopySource {
  std::string bucket;
  std::string key;
  Value version_id;  // null: the latest
};
[[nodiscard]] AwsResult<CopySource> ParseCopySource(std::string_view header);

}  // namespace opentrail::services::s3
