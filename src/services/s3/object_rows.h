#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/s3/bucket_rows.h"
#include "services/s3/checksum.h"
#include "services/s3/encryption.h"
#include "services/service.h"
#include "store/object_store.h"

// Objects, their versions and their segments as rows. The rules of versioning are here.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
namespace opentrail::services::s3 {

inline constexpr std::string_view kNullVersion = "null";

// What a request to store says of the object, beside its bytes: set by PutObject, CopyObject, CreateMultipartUpload.
struct ObjectAttributes {
  std::string storage_class = "STANDARD";
  Value headers = Value::Object();  // ContentType, CacheControl, ..., Metadata: by the model's names
  std::string tags;                 // JSON of a TagSet; "": none
  std::string checksum_algorithm;
  std::string checksum_type;
  ObjectEncryption encryption;
};

// A run of an object's or a part's bytes: [start, start + size) of a content. Most parts have one; a part that was
// copied from several has several.
struct SegmentRow {
  int64_t part = 1;  // its place among the object's parts
  int64_t content = 0;
  uint64_t content_size = 0;
  uint64_t start = 0;
  uint64_t size = 0;
  std::string sealed_key;
  std::string checksum;  // of its part, base64; ""
};

// One version of a key, or a delete marker.
struct Object {
  int64_t id = 0;
  std::string key;
  std::string version_id{kNullVersion};
  bool is_latest = true;
  bool delete_marker = false;
  Time modified;
  std::string etag;  // without quotes
  uint64_t size = 0;
  int64_t parts = 0;     // 0: not made by a multipart upload
  std::string checksum;  // base64, with -N where composite
  ObjectAttributes attributes;

  [[nodiscard]] Checksum FullChecksum() const {
    return {attributes.checksum_algorithm, attributes.checksum_type, checksum};
  }
};

// From a row: storage_class, headers, tags, checksum_algorithm, checksum_type, sse, kms_key, bucket_key,
// encryption_context, data_key, customer_key_md5, as both tables have them.
[[nodiscard]] ObjectAttributes ReadAttributes(const store::Rows& rows, int first_column);
// The headers as they are stored.
[[nodiscard]] std::string WriteHeaders(const Value& headers);

[[nodiscard]] std::optional<Object> LoadLatest(store::Connection& state, int64_t bucket, std::string_view key);
[[nodiscard]] std::optional<Object> LoadVersion(store::Connection& state, int64_t bucket, std::string_view key,
                                                std::string_view version_id);
// The tags (JSON of a TagSet; "": none) of that version, or of the latest where version_id is no string; nullopt where
// there is none, or a delete marker.
[[nodiscard]] std::optional<std::string> LoadTags(store::Connection& state, int64_t bucket, std::string_view key,
                                                  const Value& version_id);
// The version that the request asks for, or the latest. NoSuchKey, NoSuchVersion; MethodNotAllowed for a delete marker
// by its version.
[[nodiscard]] AwsResult<Object> FindObject(store::Connection& state, const Bucket& bucket, std::string_view key,
                                           const Value& version_id);

[[nodiscard]] std::vector<SegmentRow> LoadSegments(store::Connection& state, int64_t object);
// The segments that hold [offset, offset + length) of all, cut to it.
[[nodiscard]] std::vector<SegmentRow> CutSegments(const std::vector<SegmentRow>& segments, uint64_t offset,
                                                  uint64_t length);

// Puts a new version (or delete marker) in place as the bucket's versioning has it: the object's version id, is_latest
// and id are set. What it replaces goes.
void InsertVersion(store::Transaction& transaction, store::ObjectStore& objects, RandomSource& random,
                   const Bucket& bucket, Object& object, const std::vector<SegmentRow>& segments);
// Takes one version away for good; the newest of those left becomes the latest.
void RemoveVersion(store::Transaction& transaction, store::ObjectStore& objects, const Bucket& bucket,
                   const Object& object);

// Contents are shared by copies: each use is counted, and the last one's release frees it.
void ShareContent(store::Transaction& transaction, int64_t content);
void ReleaseContent(store::Transaction& transaction, store::ObjectStore& objects, int64_t content);

// The bytes of the segments one after another; `sealer` opens their keys.
[[nodiscard]] AwsResult<std::unique_ptr<http::BodySource>> OpenSegments(store::ObjectStore& objects,
                                                                        store::Connection& state,
                                                                        const KeySealer& sealer,
                                                                        const std::vector<SegmentRow>& segments);

// Moments are kept to the second, as S3 shows them.
[[nodiscard]] Time WholeSeconds(Time time);
[[nodiscard]] std::string QuotedEtag(std::string_view etag);

}  // namespace opentrail::services::s3
