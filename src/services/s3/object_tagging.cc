#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/object_put.h"
#include "services/s3/tags.h"

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
namespace opentrail::services::s3 {
namespace {

AwsResult<Object> FindTagged(const Call& call, Transaction& transaction, const Bucket& bucket) {
  return FindObject(transaction.connection(), bucket, call.input["Key"].Text(), call.input["VersionId"]);
}

AwsResult<Reply> StoreTags(const Call& call, Transaction& transaction, const Bucket& bucket, std::string_view tags) {
  const auto object = FindTagged(call, transaction, bucket);
  if (!object) return std::unexpected(object.error());
  transaction.connection().Execute("UPDATE s3_object SET tags = ? WHERE id = ?", tags, object->id);
  Reply reply;
  DescribeVersion(reply.output, bucket, *object);
  return reply;
}

}  // namespace

AwsResult<Reply> PutObjectTagging(S3Service& /*service*/, Call& call, Transaction& transaction, Bucket& bucket) {
  const auto tags = CheckTagSet(call.input["Tagging"]["TagSet"], kMaxObjectTags);
  if (!tags) return std::unexpected(tags.error());
  return StoreTags(call, transaction, bucket, *tags);
}

AwsResult<Reply> DeleteObjectTagging(S3Service& /*service*/, Call& call, Transaction& transaction, Bucket& bucket) {
  return StoreTags(call, transaction, bucket, "");
}

AwsResult<Reply> GetObjectTagging(S3Service& /*service*/, Call& call, Transaction& transaction, Bucket& bucket) {
  const auto object = FindTagged(call, transaction, bucket);
  if (!object) return std::unexpected(object.error());
  Reply reply{.output = Value::Object({{"TagSet", ReadTagSet(object->attributes.tags)}})};
  DescribeVersion(reply.output, bucket, *object);
  return reply;
}

}  // namespace opentrail::services::s3
