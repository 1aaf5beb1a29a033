#include "services/s3/upload_rows.h"

#include "services/s3/errors.h"

namespace opentrail::services::s3 {
namespace {

void ReleasePart(store::Transaction& transaction, store::ObjectStore& objects, const Upload& upload, int64_t number) {
  store::Connection& state = transaction.connection();
  for (const SegmentRow& segment : LoadPartSegments(state, upload, number)) {
    ReleaseContent(transaction, objects, segment.content);
  }
  DetachPart(state, upload, number);
}

}  // namespace

AwsResult<Upload> FindUpload(const Call& call, store::Connection& state, const Bucket& bucket) {
  const std::string_view upload_id = call.input["UploadId"].Text();
  const std::string_view key = call.input["Key"].Text();
  store::Rows rows = state.Query(
      "SELECT id, upload_id, key, initiated, initiator, storage_class, headers, tags, checksum_algorithm, "
      "checksum_type, "
      "sse, kms_key, bucket_key, encryption_context, data_key, customer_key_md5 FROM s3_upload "
      "WHERE upload_id = ? AND bucket = ? AND key = ?",
      upload_id, bucket.id, store::Blob{key});
  if (!rows.Next()) return NoSuchUpload(upload_id);
  return Upload{.id = rows.Integer(0),
                .upload_id = std::string(rows.Text(1)),
                .key = std::string(rows.Text(2)),
                .initiated = Time(std::chrono::milliseconds(rows.Integer(3))),
                .initiator = std::string(rows.Text(4)),
                .attributes = ReadAttributes(rows, 5)};
}

void InsertUpload(store::Connection& state, const Bucket& bucket, Upload& upload) {
  const ObjectAttributes& attributes = upload.attributes;
  const ObjectEncryption& encryption = attributes.encryption;
  state.Execute(
      "INSERT INTO s3_upload (upload_id, bucket, key, initiated, initiator, storage_class, headers, tags, "
      "checksum_algorithm, checksum_type, sse, kms_key, bucket_key, encryption_context, data_key, customer_key_md5) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      upload.upload_id, bucket.id, store::Blob{upload.key}, upload.initiated.time_since_epoch().count(),
      upload.initiator, attributes.storage_class, WriteHeaders(attributes.headers), attributes.tags,
      attributes.checksum_algorithm, attributes.checksum_type, static_cast<int64_t>(encryption.kind),
      encryption.kms_key, encryption.bucket_key, encryption.context, store::Blob{encryption.data_key},
      encryption.customer_key_md5);
  upload.id = state.LastInsertRowId();
}

void RemoveUpload(store::Transaction& transaction, store::ObjectStore& objects, const Upload& upload) {
  store::Connection& state = transaction.connection();
  for (const Part& part : LoadParts(state, upload, 0, kMaxPartNumber)) {
    ReleasePart(transaction, objects, upload, part.number);
  }
  state.Execute("DELETE FROM s3_part WHERE upload = ?", upload.id);
  state.Execute("DELETE FROM s3_upload WHERE id = ?", upload.id);
}

std::vector<Part> LoadParts(store::Connection& state, const Upload& upload, int64_t after, int64_t max) {
  std::vector<Part> parts;
  store::Rows rows = state.Query(
      "SELECT number, etag, modified, size, checksum FROM s3_part WHERE upload = ? AND number > ? ORDER BY number "
      "LIMIT ?",
      upload.id, after, max);
  while (rows.Next()) {
    parts.push_back({.number = rows.Integer(0),
                     .etag = std::string(rows.Text(1)),
                     .modified = Time(std::chrono::milliseconds(rows.Integer(2))),
                     .size = static_cast<uint64_t>(rows.Integer(3)),
                     .checksum = std::string(rows.Text(4))});
  }
  return parts;
}

std::vector<SegmentRow> LoadPartSegments(store::Connection& state, const Upload& upload, int64_t number) {
  std::vector<SegmentRow> segments;
  store::Rows rows = state.Query(
      "SELECT content, content_size, start, size, sealed_key FROM s3_part_segment WHERE upload = ? AND part = ? "
      "ORDER BY number",
      upload.id, number);
  while (rows.Next()) {
    segments.push_back({.content = rows.Integer(0),
                        .content_size = static_cast<uint64_t>(rows.Integer(1)),
                        .start = static_cast<uint64_t>(rows.Integer(2)),
                        .size = static_cast<uint64_t>(rows.Integer(3)),
                        .sealed_key = std::string(rows.Text(4))});
  }
  return segments;
}

void PutPart(store::Transaction& transaction, store::ObjectStore& objects, const Upload& upload, const Part& part,
             const std::vector<SegmentRow>& segments) {
  store::Connection& state = transaction.connection();
  ReleasePart(transaction, objects, upload, part.number);
  state.Execute(
      "INSERT OR REPLACE INTO s3_part (upload, number, etag, modified, size, checksum) VALUES (?, ?, ?, ?, ?, ?)",
      upload.id, part.number, part.etag, part.modified.time_since_epoch().count(), part.size, part.checksum);
  int64_t number = 0;
  for (const SegmentRow& segment : segments) {
    state.Execute(
        "INSERT INTO s3_part_segment (upload, part, number, content, content_size, start, size, sealed_key) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        upload.id, part.number, ++number, segment.content, segment.content_size, segment.start, segment.size,
        store::Blob{segment.sealed_key});
  }
}

void DetachPart(store::Connection& state, const Upload& upload, int64_t number) {
  state.Execute("DELETE FROM s3_part_segment WHERE upload = ? AND part = ?", upload.id, number);
}

}  // namespace opentrail::services::s3
