#include <functional>
#include <limits>

#include "codec/text.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/listing.h"
#include "services/s3/object_rows.h"

namespace opentrail::services::s3 {
namespace {

constexpr size_t kMaxTokenBytes = 4096;
constexpr std::string_view kTokenPurpose = "s3.list";

std::string TextOf(const Call& call, std::string_view member) { return std::string(call.input[member].Text()); }

// The current objects of a bucket.
Scan ScanCurrent(store::Connection& state, int64_t bucket) {
  return [&state, bucket](const std::string& from, const std::optional<std::string>& to, const Visit& visit) {
    constexpr std::string_view kColumns =
        "SELECT key, modified, etag, size, storage_class, checksum_algorithm, checksum_type FROM s3_object "
        "INDEXED BY s3_object_current WHERE is_latest = 1 AND delete_marker = 0 AND bucket = ? AND key >= ? ";
    static const std::string kToEnd = std::string(kColumns) + "ORDER BY key";
    static const std::string kBounded = std::string(kColumns) + "AND key < ? ORDER BY key";
    store::Rows rows = to ? state.Query(kBounded, bucket, store::Blob{from}, store::Blob{*to})
                          : state.Query(kToEnd, bucket, store::Blob{from});
    while (rows.Next() && visit(rows.Text(0), rows) == Walk::kNext) {
    }
  };
}

void SetChecksumKind(Value& entry, std::string_view algorithm, std::string_view type) {
  if (algorithm.empty()) return;
  entry.Set("ChecksumAlgorithm", Value::List({Value(algorithm)}));
  entry.Set("ChecksumType", type);
}

Value ContentEntry(const store::Rows& row, const KeyEncoding& encoding) {
  Value entry = Value::Object({{"Key", encoding(row.Text(0))},
                               {"LastModified", Time(std::chrono::milliseconds(row.Integer(1)))},
                               {"ETag", QuotedEtag(row.Text(2))}});
  SetChecksumKind(entry, row.Text(5), row.Text(6));
  entry.Set("Size", row.Integer(3));
  entry.Set("StorageClass", row.Text(4));
  return entry;
}

// What ListObjects and ListObjectsV2 share.
struct ObjectPage {
  KeyEncoding encoding;
  Page page;
  Value output = Value::Object();
};

AwsResult<ObjectPage> ListCurrent(S3Service& service, const Call& call, store::Connection& state, const Bucket& bucket,
                                  std::optional<std::string> from, bool with_owner) {
  ObjectPage result;
  auto encoding = KeyEncoding::Parse(call);
  if (!encoding) return std::unexpected(std::move(encoding.error()));
  result.encoding = *encoding;
  const auto max = PageSize(call, "MaxKeys", "maxKeys");
  if (!max) return std::unexpected(max.error());
  const PageRequest request{
      .prefix = TextOf(call, "Prefix"), .delimiter = TextOf(call, "Delimiter"), .from = std::move(from), .max = *max};
  Value contents = Value::List();
  result.page = ListPage(request, ScanCurrent(state, bucket.id), [&](const store::Rows& row) {
    Value entry = ContentEntry(row, result.encoding);
    if (with_owner) entry.Set("Owner", OwnerOf(service));
    contents.Append(std::move(entry));
  });
  Value& output = result.output;
  output.Set("Name", bucket.name);
  output.Set("Prefix", result.encoding(request.prefix));
  if (!request.delimiter.empty()) output.Set("Delimiter", result.encoding(request.delimiter));
  output.Set("MaxKeys", *max);
  if (result.encoding.is_url()) output.Set("EncodingType", "url");
  output.Set("IsTruncated", result.page.truncated);
  if (!contents.elements().empty()) output.Set("Contents", std::move(contents));
  SetCommonPrefixes(output, result.page, result.encoding);
  return result;
}

// Continuation tokens are opaque: the place to go on at, sealed.
std::string MakeToken(const S3Service& service, const Page& page) {
  const std::string from = page.last_is_prefix ? AfterPrefix(page.last).value_or("") : AfterKey(page.last);
  return codec::Base64Encode(service.secrets().Seal(from, kTokenPurpose));
}

std::optional<std::string> OpenToken(const S3Service& service, std::string_view token) {
  if (token.size() > kMaxTokenBytes) return std::nullopt;
  const auto sealed = codec::Base64Decode(token);
  if (!sealed) return std::nullopt;
  auto from = service.secrets().Unseal(*sealed, kTokenPurpose);
  return from ? std::optional(std::move(*from)) : std::nullopt;
}

// The versions of a bucket's keys, newest first; behind the marker where the listing goes on within a key. The current
// objects and all else have an index each: two walks in step.
class VersionScan {
 public:
  VersionScan(store::Connection& state, int64_t bucket) : state_(state), bucket_(bucket) {}

  // Versions of `key` that are older than row `id`, before all other keys.
  void ResumeWithin(std::string key, int64_t id) { resume_ = {std::move(key), id}; }

  void operator()(const std::string& from, const std::optional<std::string>& to, const Visit& visit) {
    if (resume_) {
      const auto [key, id] = *std::exchange(resume_, std::nullopt);
      if (Merge(Open(Kind::kCurrent, "key = ? AND id < ?", store::Blob{key}, id),
                Open(Kind::kPast, "key = ? AND id < ?", store::Blob{key}, id), visit) == Walk::kStop) {
        return;
      }
    }
    constexpr std::string_view kFrom = "key >= ?", kBetween = "key >= ? AND key < ?";
    if (to) {
      (void)Merge(Open(Kind::kCurrent, kBetween, store::Blob{from}, store::Blob{*to}),
                  Open(Kind::kPast, kBetween, store::Blob{from}, store::Blob{*to}), visit);
    } else {
      (void)Merge(Open(Kind::kCurrent, kFrom, store::Blob{from}), Open(Kind::kPast, kFrom, store::Blob{from}), visit);
    }
  }

 private:
  enum class Kind : uint8_t { kCurrent, kPast };

  template <typename... Args>
  store::Rows Open(Kind kind, std::string_view where, const Args&... args) {
    constexpr std::string_view kIndexes[] = {"INDEXED BY s3_object_current WHERE is_latest = 1 AND delete_marker = 0",
                                             "INDEXED BY s3_object_past WHERE (is_latest = 0 OR delete_marker = 1)"};
    return state_.Query(
        fmt::format("SELECT key, modified, etag, size, storage_class, checksum_algorithm, checksum_type, version_id, "
                    "is_latest, delete_marker FROM s3_object {} AND bucket = ? AND {} ORDER BY key{}",
                    kIndexes[static_cast<size_t>(kind)], where, kind == Kind::kPast ? ", id DESC" : ""),
        bucket_, args...);
  }

  // Of one key the current object is the newest.
  static Walk Merge(store::Rows current, store::Rows past, const Visit& visit) {
    bool has_current = current.Next(), has_past = past.Next();
    while (has_current || has_past) {
      const bool takes_current = has_current && (!has_past || current.Text(0) <= past.Text(0));
      store::Rows& rows = takes_current ? current : past;
      if (visit(rows.Text(0), rows) == Walk::kStop) return Walk::kStop;
      (takes_current ? has_current : has_past) = rows.Next();
    }
    return Walk::kNext;
  }

  store::Connection& state_;
  int64_t bucket_;
  std::optional<std::pair<std::string, int64_t>> resume_;
};

Value VersionEntry(const S3Service& service, const store::Rows& row, const KeyEncoding& encoding) {
  const bool marker = row.Boolean(9);
  Value entry = Value::Object();
  if (!marker) {
    entry.Set("ETag", QuotedEtag(row.Text(2)));
    SetChecksumKind(entry, row.Text(5), row.Text(6));
    entry.Set("Size", row.Integer(3));
    entry.Set("StorageClass", row.Text(4));
  }
  entry.Set("Key", encoding(row.Text(0)));
  entry.Set("VersionId", row.Text(7));
  entry.Set("IsLatest", row.Boolean(8));
  entry.Set("LastModified", Time(std::chrono::milliseconds(row.Integer(1))));
  entry.Set("Owner", OwnerOf(service));
  return entry;
}

}  // namespace

AwsResult<Reply> ListObjects(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  const std::string marker = TextOf(call, "Marker"), prefix = TextOf(call, "Prefix");
  const std::string delimiter = TextOf(call, "Delimiter");
  auto listed =
      ListCurrent(service, call, transaction.connection(), bucket, AfterMarker(marker, prefix, delimiter), true);
  if (!listed) return std::unexpected(std::move(listed.error()));
  listed->output.Set("Marker", listed->encoding(marker));
  if (listed->page.truncated && !delimiter.empty()) {
    listed->output.Set("NextMarker", listed->encoding(listed->page.last));
  }
  return Reply{.output = std::move(listed->output)};
}

AwsResult<Reply> ListObjectsV2(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  const std::string start_after = TextOf(call, "StartAfter");
  const Value& token = call.input["ContinuationToken"];
  std::optional<std::string> from = AfterMarker(start_after, TextOf(call, "Prefix"), TextOf(call, "Delimiter"));
  if (token.IsString()) {
    from = OpenToken(service, token.Text());
    if (!from)
      return InvalidArgument("The continuation token provided is incorrect", "continuation-token", token.Text());
  }
  auto listed =
      ListCurrent(service, call, transaction.connection(), bucket, std::move(from), call.input["FetchOwner"].Boolean());
  if (!listed) return std::unexpected(std::move(listed.error()));
  Value& output = listed->output;
  output.Set("KeyCount", listed->page.count);
  output.SetIfPresent("ContinuationToken", token);
  if (listed->page.truncated) output.Set("NextContinuationToken", MakeToken(service, listed->page));
  if (!start_after.empty()) output.Set("StartAfter", listed->encoding(start_after));
  return Reply{.output = std::move(output)};
}

AwsResult<Reply> ListObjectVersions(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  auto encoding = KeyEncoding::Parse(call);
  if (!encoding) return std::unexpected(std::move(encoding.error()));
  const auto max = PageSize(call, "MaxKeys", "maxKeys");
  if (!max) return std::unexpected(max.error());
  const std::string key_marker = TextOf(call, "KeyMarker"), version_marker = TextOf(call, "VersionIdMarker");
  PageRequest request{.prefix = TextOf(call, "Prefix"), .delimiter = TextOf(call, "Delimiter"), .max = *max};
  request.from = AfterMarker(key_marker, request.prefix, request.delimiter);
  VersionScan scan(state, bucket.id);
  if (!version_marker.empty()) {
    if (key_marker.empty()) {
      return InvalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker",
                             version_marker);
    }
    // Whoever deletes page by page has deleted the marker itself: what is left of the key then comes again.
    const auto at = LoadVersion(state, bucket.id, key_marker, version_marker);
    scan.ResumeWithin(key_marker, at ? at->id : std::numeric_limits<int64_t>::max());
  }
  Value versions = Value::List(), markers = Value::List();
  std::string last_version;
  const Page page = ListPage(request, std::ref(scan), [&](const store::Rows& row) {
    (row.Boolean(9) ? markers : versions).Append(VersionEntry(service, row, *encoding));
    last_version = row.Text(7);
  });
  Value output = Value::Object({{"Name", bucket.name},
                                {"Prefix", (*encoding)(request.prefix)},
                                {"KeyMarker", (*encoding)(key_marker)},
                                {"VersionIdMarker", version_marker},
                                {"MaxKeys", *max},
                                {"IsTruncated", page.truncated}});
  if (!request.delimiter.empty()) output.Set("Delimiter", (*encoding)(request.delimiter));
  if (encoding->is_url()) output.Set("EncodingType", "url");
  if (page.truncated) {
    output.Set("NextKeyMarker", (*encoding)(page.last));
    if (!page.last_is_prefix) output.Set("NextVersionIdMarker", last_version);
  }
  if (!versions.elements().empty()) output.Set("Versions", std::move(versions));
  if (!markers.elements().empty()) output.Set("DeleteMarkers", std::move(markers));
  SetCommonPrefixes(output, page, *encoding);
  return Reply{.output = std::move(output)};
}

}  // namespace opentrail::services::s3
