#include "services/s3/authorization.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/object_rows.h"

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjects.html
namespace opentrail::services::s3 {
namespace {

constexpr size_t kMaxDeletes = 1000;

// What became of one key.
struct Deletion {
  std::string version_id;      // of what was removed, or of the delete marker that was put
  bool delete_marker = false;  // either was one
};

// Conditions on what is to be deleted (nullptr: nothing is there).
struct DeleteConditions {
  const Value& etag;
  const Value& modified;
  const Value& size;
};
AwsStatus CheckDelete(const DeleteConditions& conditions, const Object* object) {
  if (object == nullptr) {
    const bool any = conditions.etag.IsString() || !conditions.modified.IsNull() || !conditions.size.IsNull();
    return any ? AwsStatus(PreconditionFailed("If-Match")) : AwsStatus();
  }
  if (conditions.etag.IsString() && !NamesEtag(conditions.etag.Text(), object->etag)) {
    return PreconditionFailed("If-Match");
  }
  if (const auto modified = conditions.modified.Timestamp(); modified && WholeSeconds(*modified) != object->modified) {
    return PreconditionFailed("x-amz-if-match-last-modified-time");
  }
  if (const auto size = conditions.size.Integer(); size && static_cast<uint64_t>(*size) != object->size) {
    return PreconditionFailed("x-amz-if-match-size");
  }
  return {};
}

Deletion PutDeleteMarker(S3Service& service, const Call& call, Transaction& transaction, const Bucket& bucket,
                         std::string_view key) {
  Object marker{.key = std::string(key), .delete_marker = true, .modified = WholeSeconds(call.now)};
  marker.attributes.storage_class.clear();
  InsertVersion(transaction, service.objects(), service.environment().random, bucket, marker, {});
  return {.version_id = marker.version_id, .delete_marker = true};
}

AwsResult<Deletion> Delete(S3Service& service, const Call& call, Transaction& transaction, const Bucket& bucket,
                           std::string_view key, const Value& version_id, const DeleteConditions& conditions) {
  store::Connection& state = transaction.connection();
  const bool by_version = version_id.IsString();
  if (by_version && version_id.Text().empty()) {
    return InvalidArgument("Version id cannot be the empty string", "versionId", "");
  }
  const auto object =
      by_version ? LoadVersion(state, bucket.id, key, version_id.Text()) : LoadLatest(state, bucket.id, key);
  const bool visible = object && (by_version || !object->delete_marker);
  if (AwsStatus status = CheckDelete(conditions, visible ? &*object : nullptr); !status) {
    return std::unexpected(std::move(status.error()));
  }
  if (!by_version && bucket.versioning != Versioning::kNever) {
    return PutDeleteMarker(service, call, transaction, bucket, key);
  }
  if (object) RemoveVersion(transaction, service.objects(), bucket, *object);
  Deletion deletion;
  if (by_version) deletion = {std::string(version_id.Text()), object && object->delete_marker};
  return deletion;
}

// One of DeleteObjects.
AwsResult<Deletion> DeleteOne(S3Service& service, const Call& call, Transaction& transaction, const Bucket& bucket,
                              const Value& object) {
  if (AwsStatus may = MayDelete(service, call, transaction.connection(), object); !may) {
    return std::unexpected(std::move(may.error()));
  }
  return Delete(service, call, transaction, bucket, object["Key"].Text(), object["VersionId"],
                {object["ETag"], object["LastModifiedTime"], object["Size"]});
}

Value DeletedEntry(const Value& asked, const Deletion& deletion) {
  Value entry = Value::Object({{"Key", asked["Key"]}});
  entry.SetIfPresent("VersionId", asked["VersionId"]);
  if (deletion.delete_marker) {
    entry.Set("DeleteMarker", true);
    entry.Set("DeleteMarkerVersionId", deletion.version_id);
  }
  return entry;
}

Value ErrorEntry(const Value& asked, const AwsError& error) {
  Value entry = Value::Object({{"Key", asked["Key"]}});
  entry.SetIfPresent("VersionId", asked["VersionId"]);
  entry.Set("Code", error.code);
  entry.Set("Message", error.message);
  return entry;
}

}  // namespace

AwsResult<Reply> DeleteObject(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  const Value& input = call.input;
  const auto deletion = Delete(service, call, transaction, bucket, input["Key"].Text(), input["VersionId"],
                               {input["IfMatch"], input["IfMatchLastModifiedTime"], input["IfMatchSize"]});
  if (!deletion) return std::unexpected(deletion.error());
  Reply reply;
  if (!deletion->version_id.empty()) reply.output.Set("VersionId", deletion->version_id);
  if (deletion->delete_marker) reply.output.Set("DeleteMarker", true);
  return reply;
}

AwsResult<Reply> DeleteObjects(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  const Value& request = call.input["Delete"];
  const auto& objects = request["Objects"].elements();
  if (objects.empty() || objects.size() > kMaxDeletes) return MalformedXml();
  Value deleted = Value::List(), errors = Value::List();
  for (const Value& each : objects) {
    const auto deletion = DeleteOne(service, call, transaction, bucket, each);
    if (!deletion) {
      errors.Append(ErrorEntry(each, deletion.error()));
    } else if (!request["Quiet"].Boolean()) {
      deleted.Append(DeletedEntry(each, *deletion));
    }
  }
  Reply reply;
  if (!deleted.elements().empty()) reply.output.Set("Deleted", std::move(deleted));
  if (!errors.elements().empty()) reply.output.Set("Errors", std::move(errors));
  return reply;
}

}  // namespace opentrail::services::s3
