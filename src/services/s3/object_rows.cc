#include "services/s3/object_rows.h"

#include <algorithm>
#include <utility>

#include "codec/json_value.h"
#include "codec/timestamp.h"
#include "services/s3/errors.h"

namespace opentrail::services::s3 {
namespace {

constexpr std::string_view kVersionAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
constexpr size_t kVersionIdSize = 32;
constexpr size_t kMaxVersionIdSize = 1024;

#define OBJECT_COLUMNS                                                                          \
  "id, key, version_id, is_latest, delete_marker, modified, etag, size, parts, checksum, "      \
  "storage_class, headers, tags, checksum_algorithm, checksum_type, sse, kms_key, bucket_key, " \
  "encryption_context, data_key, customer_key_md5"

// A key's rows by its indexes (schema.cc): the object that is current, and what lies behind it or marks it deleted.
// Each text repeats the index's WHERE word for word, or SQLite would not use it. ?1 is the bucket, ?2 the key.
#define CURRENT_OF_KEY(columns)                   \
  "SELECT " columns                               \
  " FROM s3_object INDEXED BY s3_object_current " \
  "WHERE is_latest = 1 AND delete_marker = 0 AND bucket = ?1 AND key = ?2"
#define PAST_OF_KEY(columns)                   \
  "SELECT " columns                            \
  " FROM s3_object INDEXED BY s3_object_past " \
  "WHERE (is_latest = 0 OR delete_marker = 1) AND bucket = ?1 AND key = ?2"
// The latest is the current one, or the delete marker that hides all.
#define LATEST_OF_KEY(columns) CURRENT_OF_KEY(columns) " UNION ALL " PAST_OF_KEY(columns) " AND is_latest = 1 LIMIT 1"
// ?3 is the version's id. The null version of a bucket without versions is in no index but the current objects'.
#define VERSION_OF_KEY(columns)                                                                          \
  CURRENT_OF_KEY(columns)                                                                                \
  " AND version_id = ?3 UNION ALL SELECT " columns                                                       \
  " FROM s3_object INDEXED BY s3_object_version "                                                        \
  "WHERE (version_id <> 'null' OR is_latest = 0 OR delete_marker = 1) AND bucket = ?1 AND key = ?2 AND " \
  "version_id = ?3 LIMIT 1"

std::optional<Object> ReadObject(store::Rows rows) {
  if (!rows.Next()) return std::nullopt;
  return Object{.id = rows.Integer(0),
                .key = std::string(rows.Text(1)),
                .version_id = std::string(rows.Text(2)),
                .is_latest = rows.Boolean(3),
                .delete_marker = rows.Boolean(4),
                .modified = Time(std::chrono::milliseconds(rows.Integer(5))),
                .etag = std::string(rows.Text(6)),
                .size = static_cast<uint64_t>(rows.Integer(7)),
                .parts = rows.Integer(8),
                .checksum = std::string(rows.Text(9)),
                .attributes = ReadAttributes(rows, 10)};
}

// Sources one after another.
class ConcatenatedSource final : public http::BodySource {
 public:
  void Add(std::unique_ptr<http::BodySource> source) {
    size_ += source->size();
    sources_.push_back(std::move(source));
  }
  [[nodiscard]] uint64_t size() const override { return size_; }
  [[nodiscard]] int64_t Read(char* buffer, size_t capacity) override {
    while (current_ < sources_.size()) {
      const int64_t count = sources_[current_]->Read(buffer, capacity);
      if (count != 0) return count;
      sources_[current_++].reset();
    }
    return 0;
  }

 private:
  std::vector<std::unique_ptr<http::BodySource>> sources_;
  size_t current_ = 0;
  uint64_t size_ = 0;
};

// What of a segment lies in the wanted bytes; nothing where size is 0.
SegmentRow Clip(const SegmentRow& segment, uint64_t segment_offset, uint64_t offset, uint64_t length) {
  SegmentRow clipped = segment;
  const uint64_t from = std::max(offset, segment_offset);
  const uint64_t to = std::min(offset + length, segment_offset + segment.size);
  clipped.start = segment.start + (from - segment_offset);
  clipped.size = to > from ? to - from : 0;
  return clipped;
}

void RemoveRow(store::Transaction& transaction, store::ObjectStore& objects, int64_t object) {
  store::Connection& state = transaction.connection();
  for (const SegmentRow& segment : LoadSegments(state, object)) ReleaseContent(transaction, objects, segment.content);
  state.Execute("DELETE FROM s3_segment WHERE object = ?", object);
  state.Execute("DELETE FROM s3_object WHERE id = ?", object);
}

std::optional<int64_t> FindNullVersion(store::Connection& state, const Bucket& bucket, std::string_view key) {
  store::Rows rows = bucket.versioning == Versioning::kNever
                         ? state.Query(CURRENT_OF_KEY("id"), bucket.id, store::Blob{key})
                         : state.Query(VERSION_OF_KEY("id"), bucket.id, store::Blob{key}, kNullVersion);
  return rows.Next() ? std::optional(rows.Integer(0)) : std::nullopt;
}

void InsertRow(store::Connection& state, const Bucket& bucket, Object& object) {
  const ObjectAttributes& attributes = object.attributes;
  const ObjectEncryption& encryption = attributes.encryption;
  state.Execute(
      "INSERT INTO s3_object (bucket, key, version_id, is_latest, delete_marker, modified, etag, size, parts, "
      "checksum, "
      "storage_class, headers, tags, checksum_algorithm, checksum_type, sse, kms_key, bucket_key, encryption_context, "
      "data_key, customer_key_md5) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      bucket.id, store::Blob{object.key}, object.version_id, object.delete_marker,
      object.modified.time_since_epoch().count(), object.etag, object.size, object.parts, object.checksum,
      attributes.storage_class, WriteHeaders(attributes.headers), attributes.tags, attributes.checksum_algorithm,
      attributes.checksum_type, static_cast<int64_t>(encryption.kind), encryption.kms_key, encryption.bucket_key,
      encryption.context, store::Blob{encryption.data_key}, encryption.customer_key_md5);
  object.id = state.LastInsertRowId();
}

// The only version of a key in a bucket without versions, replaced in its place: no index changes.
void ReplaceRow(store::Transaction& transaction, store::ObjectStore& objects, const Object& object) {
  store::Connection& state = transaction.connection();
  for (const SegmentRow& segment : LoadSegments(state, object.id)) {
    ReleaseContent(transaction, objects, segment.content);
  }
  state.Execute("DELETE FROM s3_segment WHERE object = ?", object.id);
  const ObjectAttributes& attributes = object.attributes;
  const ObjectEncryption& encryption = attributes.encryption;
  state.Execute(
      "UPDATE s3_object SET modified = ?, etag = ?, size = ?, parts = ?, checksum = ?, storage_class = ?, headers = ?, "
      "tags = ?, checksum_algorithm = ?, checksum_type = ?, sse = ?, kms_key = ?, bucket_key = ?, "
      "encryption_context = ?, data_key = ?, customer_key_md5 = ? WHERE id = ?",
      object.modified.time_since_epoch().count(), object.etag, object.size, object.parts, object.checksum,
      attributes.storage_class, WriteHeaders(attributes.headers), attributes.tags, attributes.checksum_algorithm,
      attributes.checksum_type, static_cast<int64_t>(encryption.kind), encryption.kms_key, encryption.bucket_key,
      encryption.context, store::Blob{encryption.data_key}, encryption.customer_key_md5, object.id);
}

// The row of the new version, in the place of the one that it replaces, if any; sets its id.
void StoreRow(store::Transaction& transaction, store::ObjectStore& objects, const Bucket& bucket, Object& object) {
  store::Connection& state = transaction.connection();
  std::optional<int64_t> replaced;
  if (object.version_id == kNullVersion) replaced = FindNullVersion(state, bucket, object.key);
  if (replaced && bucket.versioning == Versioning::kNever) {
    object.id = *replaced;
    return ReplaceRow(transaction, objects, object);
  }
  if (replaced) RemoveRow(transaction, objects, *replaced);
  if (bucket.versioning != Versioning::kNever) {
    state.Execute("UPDATE s3_object SET is_latest = 0 WHERE id = (" LATEST_OF_KEY("id") ")", bucket.id,
                  store::Blob{object.key});
  }
  InsertRow(state, bucket, object);
}

}  // namespace

ObjectAttributes ReadAttributes(const store::Rows& rows, int first_column) {
  const auto text = [&](int column) { return std::string(rows.Text(first_column + column)); };
  ObjectAttributes attributes{
      .storage_class = text(0), .tags = text(2), .checksum_algorithm = text(3), .checksum_type = text(4)};
  if (auto headers = codec::ParseJsonValue(rows.Text(first_column + 1))) attributes.headers = std::move(*headers);
  if (const auto expires = attributes.headers["Expires"].Number()) {
    attributes.headers.Set("Expires", codec::FromEpochSeconds(*expires));
  }
  attributes.encryption = {.kind = static_cast<SseKind>(rows.Integer(first_column + 5)),
                           .kms_key = text(6),
                           .bucket_key = rows.Boolean(first_column + 7),
                           .context = text(8),
                           .data_key = text(9),
                           .customer_key_md5 = text(10)};
  return attributes;
}

std::string WriteHeaders(const Value& headers) { return codec::WriteJson(headers); }

std::optional<Object> LoadLatest(store::Connection& state, int64_t bucket, std::string_view key) {
  return ReadObject(state.Query(LATEST_OF_KEY(OBJECT_COLUMNS), bucket, store::Blob{key}));
}

std::optional<Object> LoadVersion(store::Connection& state, int64_t bucket, std::string_view key,
                                  std::string_view version_id) {
  return ReadObject(state.Query(VERSION_OF_KEY(OBJECT_COLUMNS), bucket, store::Blob{key}, version_id));
}

std::optional<std::string> LoadTags(store::Connection& state, int64_t bucket, std::string_view key,
                                    const Value& version_id) {
  store::Rows rows =
      version_id.IsString()
          ? state.Query(VERSION_OF_KEY("tags, delete_marker"), bucket, store::Blob{key}, version_id.Text())
          : state.Query(LATEST_OF_KEY("tags, delete_marker"), bucket, store::Blob{key});
  if (!rows.Next() || rows.Boolean(1)) return std::nullopt;
  return std::string(rows.Text(0));
}

AwsResult<Object> FindObject(store::Connection& state, const Bucket& bucket, std::string_view key,
                             const Value& version_id) {
  const bool by_version = version_id.IsString();
  if (by_version && (version_id.Text().empty() || version_id.Text().size() > kMaxVersionIdSize)) {
    return InvalidArgument("Invalid version id specified", "versionId", version_id.Text().substr(0, kMaxVersionIdSize));
  }
  auto object = by_version ? LoadVersion(state, bucket.id, key, version_id.Text()) : LoadLatest(state, bucket.id, key);
  if (!object) return by_version ? NoSuchVersion(key, version_id.Text()) : NoSuchKey(key);
  if (!object->delete_marker) return std::move(*object);
  auto error = by_version
                   ? Refusal("MethodNotAllowed", 405, "The specified method is not allowed against this resource.",
                             {{"Method", "GET"}, {"ResourceType", "DeleteMarker"}})
                   : NoSuchKey(key);
  error.error().fields = {{"x-amz-delete-marker", "true"}, {"x-amz-version-id", object->version_id}};
  if (by_version) {
    error.error().fields.emplace_back("Allow", "DELETE");
    error.error().fields.emplace_back("Last-Modified", codec::FormatHttpDate(object->modified));
  }
  return error;
}

std::vector<SegmentRow> LoadSegments(store::Connection& state, int64_t object) {
  std::vector<SegmentRow> segments;
  store::Rows rows = state.Query(
      "SELECT part, content, content_size, start, size, sealed_key, checksum FROM s3_segment WHERE object = ? "
      "ORDER BY number",
      object);
  while (rows.Next()) {
    segments.push_back({.part = rows.Integer(0),
                        .content = rows.Integer(1),
                        .content_size = static_cast<uint64_t>(rows.Integer(2)),
                        .start = static_cast<uint64_t>(rows.Integer(3)),
                        .size = static_cast<uint64_t>(rows.Integer(4)),
                        .sealed_key = std::string(rows.Text(5)),
                        .checksum = std::string(rows.Text(6))});
  }
  return segments;
}

void InsertVersion(store::Transaction& transaction, store::ObjectStore& objects, RandomSource& random,
                   const Bucket& bucket, Object& object, const std::vector<SegmentRow>& segments) {
  store::Connection& state = transaction.connection();
  object.version_id = bucket.versioning == Versioning::kEnabled ? RandomText(random, kVersionAlphabet, kVersionIdSize)
                                                                : std::string(kNullVersion);
  object.is_latest = true;
  StoreRow(transaction, objects, bucket, object);
  int64_t number = 0;
  for (const SegmentRow& segment : segments) {
    state.Execute(
        "INSERT INTO s3_segment (object, number, part, content, content_size, start, size, sealed_key, checksum) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        object.id, ++number, segment.part, segment.content, segment.content_size, segment.start, segment.size,
        store::Blob{segment.sealed_key}, segment.checksum);
  }
}

void RemoveVersion(store::Transaction& transaction, store::ObjectStore& objects, const Bucket& bucket,
                   const Object& object) {
  RemoveRow(transaction, objects, object.id);
  if (!object.is_latest) return;
  transaction.connection().Execute(
      "UPDATE s3_object SET is_latest = 1 WHERE id = (" PAST_OF_KEY("id") " ORDER BY id DESC LIMIT 1)", bucket.id,
      store::Blob{object.key});
}

void ShareContent(store::Transaction& transaction, int64_t content) {
  transaction.connection().Execute(
      "INSERT INTO s3_shared_content (content, uses) VALUES (?, 2) ON CONFLICT (content) DO UPDATE SET uses = uses + 1",
      content);
}

void ReleaseContent(store::Transaction& transaction, store::ObjectStore& objects, int64_t content) {
  store::Connection& state = transaction.connection();
  if (state.Execute("UPDATE s3_shared_content SET uses = uses - 1 WHERE content = ?", content) == 0) {
    objects.Release(transaction, content);
    return;
  }
  state.Execute("DELETE FROM s3_shared_content WHERE content = ? AND uses <= 1", content);
}

std::vector<SegmentRow> CutSegments(const std::vector<SegmentRow>& segments, uint64_t offset, uint64_t length) {
  std::vector<SegmentRow> cut;
  uint64_t at = 0;
  for (const SegmentRow& segment : segments) {
    SegmentRow wanted = Clip(segment, at, offset, length);
    at += segment.size;
    if (wanted.size > 0) cut.push_back(std::move(wanted));
  }
  return cut;
}

AwsResult<std::unique_ptr<http::BodySource>> OpenSegments(store::ObjectStore& objects, store::Connection& state,
                                                          const KeySealer& sealer,
                                                          const std::vector<SegmentRow>& segments) {
  auto whole = std::make_unique<ConcatenatedSource>();
  std::vector<store::Segment> run;  // contents that follow one another without a gap
  uint64_t run_start = 0, run_size = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    const SegmentRow& segment = segments[i];
    auto key = sealer.Open(segment.sealed_key, segment.content);
    if (!key) return std::unexpected(std::move(key.error()));
    if (run.empty()) run_start = segment.start;
    run.push_back({.content_id = segment.content, .key = std::move(*key), .size = segment.content_size});
    run_size += segment.size;
    const bool goes_on =
        i + 1 < segments.size() && segments[i + 1].start == 0 && segment.start + segment.size == segment.content_size;
    if (goes_on) continue;
    auto source = objects.Read(state, std::exchange(run, {}), run_start, std::exchange(run_size, 0));
    if (!source) return InternalError();
    whole->Add(std::move(*source));
  }
  return whole;
}

Time WholeSeconds(Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

std::string QuotedEtag(std::string_view etag) { return fmt::format("\"{}\"", etag); }

}  // namespace opentrail::services::s3
