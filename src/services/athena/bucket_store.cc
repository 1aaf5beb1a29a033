#include "services/athena/bucket_store.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "services/athena/query_failure.h"

namespace opentrail::services::athena {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr std::array<std::string_view, 2> kNoObject = {"NoSuchKey", "NotFound"};
constexpr int kErrorCategoryUser = 2;
constexpr int kErrorPermission = 1501;
constexpr int kErrorNoBucket = 1306;
constexpr int kErrorData = 1001;

// Whether a component of the path below the table's root hides what lies there.
bool IsHidden(std::string_view below_root) {
  while (!below_root.empty()) {
    if (below_root[0] == '_' || below_root[0] == '.') return true;
    const size_t slash = below_root.find('/');
    if (slash == std::string_view::npos) break;
    below_root.remove_prefix(slash + 1);
  }
  return false;
}

int64_t Nanoseconds(const Value& time) {
  const auto at = time.Timestamp();
  return at ? std::chrono::duration_cast<std::chrono::nanoseconds>(at->time_since_epoch()).count() : 0;
}

Value ObjectOf(const logs::LogFile& file) {
  const auto location = S3Location::Parse(file.path);
  return Value::Object({{"Bucket", location->bucket}, {"Key", location->key}});
}

std::unexpected<Error> OverScanLimit() {
  return MakeError(ErrorCode::kLimitExceeded, "Bytes scanned limit was exceeded");
}

Status ReadBody(http::BodySource& body, uint8_t* out, size_t bytes) {
  for (size_t done = 0; done < bytes;) {
    const int64_t got = body.Read(reinterpret_cast<char*>(out) + done, bytes - done);
    if (got <= 0) return MakeError(ErrorCode::kIo, "the object's bytes cannot be read");
    done += static_cast<size_t>(got);
  }
  return {};
}

}  // namespace

std::optional<S3Location> S3Location::Parse(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  const size_t slash = uri.find('/');
  S3Location location{std::string(uri.substr(0, slash)),
                      slash == std::string_view::npos ? std::string() : std::string(uri.substr(slash + 1))};
  if (location.bucket.empty()) return std::nullopt;
  return location;
}

Result<logs::Listing> BucketStore::List(std::span<const logs::Predicate> predicates, const CancelToken& cancel) {
  logs::Listing listing;
  const auto places = partitions_.Places(predicates, calls_, cancel);
  if (!places) {
    note_.Tell(EngineFailure(places.error().message));
    return std::unexpected(places.error());
  }
  for (const TablePlace& place : *places) {
    if (Status listed = ListPlace(place, cancel, listing); !listed) return std::unexpected(listed.error());
  }
  return listing;
}

Status BucketStore::ListPlace(const TablePlace& place, const CancelToken& cancel, logs::Listing& listing) {
  const std::string& root = place.location;
  const auto location = S3Location::Parse(root);
  if (!location) return MakeError(ErrorCode::kInvalidArgument, "{}: is no S3 location", root);
  std::string prefix = location->key;
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  Value input = Value::Object({{"Bucket", location->bucket}, {"Prefix", prefix}});
  for (bool more = true; more;) {
    if (cancel.IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled");
    const auto page = calls_.InvokeOnBucket("ListObjectsV2", input);
    if (!page) return std::unexpected(Refused(page.error(), root));
    for (const Value& object : page->output["Contents"].elements()) {
      const std::string_view key = object["Key"].Text();
      const int64_t size = object["Size"].Integer(0);
      if (size == 0 || key.ends_with('/') || IsHidden(key.substr(prefix.size()))) continue;
      if (listing.files.size() >= logs::kMaxFiles) {
        return MakeError(ErrorCode::kLimitExceeded, "{}: more than {} objects", root, logs::kMaxFiles);
      }
      listing.files.push_back({.path = fmt::format("{}{}/{}", kScheme, location->bucket, key),
                               .size = static_cast<uint64_t>(size),
                               .mtime_ns = Nanoseconds(object["LastModified"]),
                               .partition = place.partition});
      if (!may_be_sealed_) continue;
      if (Status seen = LookAt(listing.files.back()); !seen) return seen;
    }
    more = page->output["IsTruncated"].Boolean();
    input.Set("ContinuationToken", page->output["NextContinuationToken"]);
  }
  return {};
}

Status BucketStore::LookAt(logs::LogFile& file) {
  const auto head = calls_.InvokeOnBucket("HeadObject", ObjectOf(file));
  if (!head) return std::unexpected(Refused(head.error(), file.path));
  auto envelope = ResultEnvelope::Read(head->output["Metadata"]);
  if (!envelope) return {};
  file.size = envelope->length;
  const std::lock_guard lock(mutex_);
  sealed_.insert_or_assign(file.path, Sealed{{"", *std::move(envelope)}, std::string(head->output["ETag"].Text())});
  return {};
}

Result<std::optional<BucketStore::Sealed>> BucketStore::SealedOf(const logs::LogFile& file) {
  Sealed sealed;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sealed_.find(file.path);
    if (found == sealed_.end()) return std::nullopt;
    sealed = found->second;
  }
  if (!sealed.key.key.empty()) return sealed;
  auto key = OpenResultKey(calls_, sealed.key.envelope);
  if (!key) return std::unexpected(Refused(key.error(), file.path));
  sealed.key = *std::move(key);
  const std::lock_guard lock(mutex_);
  sealed_.find(file.path)->second.key.key = sealed.key.key;
  return sealed;
}

Error BucketStore::Changed(const logs::LogFile& file) const {
  return Refused({.code = "InvalidObjectState", .message = "The object is not as it was encrypted"}, file.path);
}

Status BucketStore::ReadSealed(const logs::LogFile& file, const Sealed& sealed, std::vector<uint8_t>& content) {
  Value input = ObjectOf(file);
  input.Set("IfMatch", sealed.etag);
  const auto reply = calls_.InvokeOnBucket("GetObject", std::move(input));
  if (!reply) return std::unexpected(Refused(reply.error(), file.path));
  if (!reply->body || reply->body->size() != sealed.key.envelope.SealedBytes()) return std::unexpected(Changed(file));
  content.resize(reply->body->size());
  if (Status read = ReadBody(*reply->body, content.data(), content.size()); !read) return read;
  return OpenWhole(content, sealed.key) ? Status() : std::unexpected(Changed(file));
}

Status BucketStore::Verify(const logs::LogFile& file, Sealed& sealed) {
  if (sealed.is_genuine) return {};
  Value input = ObjectOf(file);
  input.Set("IfMatch", sealed.etag);
  const auto reply = calls_.InvokeOnBucket("GetObject", std::move(input));
  if (!reply) return std::unexpected(Refused(reply.error(), file.path));
  if (!reply->body || !IsGenuine(*reply->body, sealed.key)) return std::unexpected(Changed(file));
  const std::lock_guard lock(mutex_);
  sealed_.find(file.path)->second.is_genuine = true;
  return {};
}

Status BucketStore::Read(const logs::LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) {
  if (!running_.CountScan(file.size)) return OverScanLimit();
  const auto sealed = SealedOf(file);
  if (!sealed) return std::unexpected(sealed.error());
  if (*sealed && file.size > max_bytes) {
    return MakeError(ErrorCode::kLimitExceeded, "the object has {} bytes, more than {}", file.size, max_bytes);
  }
  if (*sealed) return ReadSealed(file, **sealed, content);
  const auto reply = calls_.InvokeOnBucket("GetObject", ObjectOf(file));
  if (!reply) return std::unexpected(Refused(reply.error(), file.path));
  content.clear();
  if (!reply->body) return {};
  if (reply->body->size() > max_bytes) {
    return MakeError(ErrorCode::kLimitExceeded, "the object has {} bytes, more than {}", reply->body->size(),
                     max_bytes);
  }
  content.resize(reply->body->size());
  return ReadBody(*reply->body, content.data(), content.size());
}

Status BucketStore::ReadRange(const logs::LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) {
  if (bytes == 0) return {};
  if (!running_.CountScan(bytes)) return OverScanLimit();
  auto sealed = SealedOf(file);
  if (!sealed) return std::unexpected(sealed.error());
  Value input = ObjectOf(file);
  const uint64_t first = *sealed ? SealedOffset(offset) : offset;
  if (*sealed) {
    if (Status verified = Verify(file, **sealed); !verified) return verified;
    input.Set("IfMatch", (*sealed)->etag);
  }
  input.Set("Range", fmt::format("bytes={}-{}", first, offset + bytes - 1));
  auto reply = calls_.InvokeOnBucket("GetObject", std::move(input));
  if (!reply) return std::unexpected(Refused(reply.error(), file.path));
  if (!reply->body || reply->body->size() != offset + bytes - first) {
    return MakeError(ErrorCode::kIo, "{}: the object became shorter while it was read", file.path);
  }
  if (!*sealed) return ReadBody(*reply->body, out, bytes);
  const auto opened = OpeningSource(std::move(reply->body), (*sealed)->key, offset);
  return ReadBody(*opened, out, bytes);
}

Status BucketStore::MayReadBelow(const std::string& root) const {
  const auto location = S3Location::Parse(root);
  if (!location) return MakeError(ErrorCode::kInvalidArgument, "{}: is no S3 location", root);
  const auto page = calls_.InvokeOnBucket(
      "ListObjectsV2",
      Value::Object({{"Bucket", location->bucket}, {"Prefix", location->key}, {"MaxKeys", int64_t{1}}}));
  if (!page) return std::unexpected(Refused(page.error(), root));
  // Where there is no object yet, whether it may be read shows by what is said of one that is not there.
  const auto& found = page->output["Contents"].elements();
  const Value key = found.empty() ? Value(location->key + "/") : found.front()["Key"];
  const auto head = calls_.InvokeOnBucket("HeadObject", Value::Object({{"Bucket", location->bucket}, {"Key", key}}));
  const bool is_missing = !head && found.empty() && std::ranges::find(kNoObject, head.error().code) != kNoObject.end();
  if (head || is_missing) return {};
  return std::unexpected(Refused(head.error(), root));
}

Status BucketStore::MayRead() const {
  const CancelToken none;
  const auto places = partitions_.Places({}, calls_, none);
  // Projected keys that have no values of their own: their places are below the table's.
  if (!places) return MayReadBelow(partitions_.location());
  std::set<std::string> buckets;
  for (const TablePlace& place : *places) {
    const auto location = S3Location::Parse(place.location);
    if (location && !buckets.insert(location->bucket).second) continue;
    if (Status allowed = MayReadBelow(place.location); !allowed) return allowed;
  }
  return {};
}

Error BucketStore::Refused(const AwsError& error, const std::string& path) const {
  Failure failure{fmt::format("HIVE_CURSOR_ERROR: {}: {}", path, error.message), kErrorCategoryUser, kErrorData};
  if (error.code == "AccessDenied") {
    failure = {fmt::format("PERMISSION_DENIED: Permission denied on S3 path: {}", path), kErrorCategoryUser,
               kErrorPermission};
  } else if (error.code == "NoSuchBucket") {
    failure = {fmt::format("HIVE_METASTORE_ERROR: The specified bucket does not exist (Bucket: {})",
                           S3Location::Parse(path)->bucket),
               kErrorCategoryUser, kErrorNoBucket};
  }
  note_.Tell(failure);
  return {ErrorCode::kIo, failure.message};
}

}  // namespace opentrail::services::athena
