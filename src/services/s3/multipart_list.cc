#include <limits>

#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/listing.h"
#include "services/s3/multipart.h"

namespace opentrail::services::s3 {
namespace {

Value Initiator(std::string_view arn) { return Value::Object({{"ID", arn}}); }

// Where a listing of uploads goes on within a key: behind the row of its marker.
struct Resume {
  std::string key;
  int64_t after = 0;
};

Resume ResumeAt(store::Connection& state, std::string_view key, std::string_view upload_id) {
  Resume resume{.key = std::string(key)};
  store::Rows rows = state.Query("SELECT id FROM s3_upload WHERE upload_id = ?", upload_id);
  // An upload that is over leaves the others of its key to be seen again.
  if (rows.Next()) resume.after = rows.Integer(0);
  return resume;
}

Scan ScanUploads(store::Connection& state, int64_t bucket, std::optional<Resume> resume) {
  return [&state, bucket, resume = std::move(resume)](const std::string& from, const std::optional<std::string>& to,
                                                      const Visit& visit) mutable {
    static const std::string kColumns =
        "SELECT key, upload_id, initiated, initiator, storage_class, checksum_algorithm, checksum_type FROM s3_upload "
        "INDEXED BY s3_upload_key WHERE bucket = ? AND ";
    static const std::string kWithin = kColumns + "key = ? AND id > ? ORDER BY key, id";
    static const std::string kFrom = kColumns + "key >= ? ORDER BY key, id";
    if (const auto at = std::exchange(resume, std::nullopt)) {
      store::Rows rows = state.Query(kWithin, bucket, store::Blob{at->key}, at->after);
      while (rows.Next()) {
        if (visit(rows.Text(0), rows) == Walk::kStop) return;
      }
    }
    store::Rows rows = state.Query(kFrom, bucket, store::Blob{from});
    while (rows.Next() && (!to || rows.Text(0) < *to) && visit(rows.Text(0), rows) == Walk::kNext) {
    }
  };
}

Value UploadEntry(const S3Service& service, const store::Rows& row, const KeyEncoding& encoding) {
  Value entry = Value::Object({{"UploadId", row.Text(1)},
                               {"Key", encoding(row.Text(0))},
                               {"Initiated", Time(std::chrono::milliseconds(row.Integer(2)))},
                               {"StorageClass", row.Text(4)},
                               {"Owner", OwnerOf(service)},
                               {"Initiator", Initiator(row.Text(3))}});
  if (!row.Text(5).empty()) {
    entry.Set("ChecksumAlgorithm", row.Text(5));
    entry.Set("ChecksumType", row.Text(6));
  }
  return entry;
}

}  // namespace

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
AwsResult<Reply> ListMultipartUploads(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  const auto encoding = KeyEncoding::Parse(call);
  if (!encoding) return std::unexpected(encoding.error());
  const auto max = PageSize(call, "MaxUploads", "max-uploads");
  if (!max) return std::unexpected(max.error());
  const std::string key_marker(call.input["KeyMarker"].Text()), upload_marker(call.input["UploadIdMarker"].Text());
  PageRequest request{.prefix = std::string(call.input["Prefix"].Text()),
                      .delimiter = std::string(call.input["Delimiter"].Text()),
                      .max = *max};
  request.from = AfterMarker(key_marker, request.prefix, request.delimiter);
  std::optional<Resume> resume;
  if (!upload_marker.empty() && !key_marker.empty()) resume = ResumeAt(state, key_marker, upload_marker);
  Value uploads = Value::List();
  std::string last_upload;
  const Page page = ListPage(request, ScanUploads(state, bucket.id, std::move(resume)), [&](const store::Rows& row) {
    uploads.Append(UploadEntry(service, row, *encoding));
    last_upload = row.Text(1);
  });
  Value output = Value::Object({{"Bucket", bucket.name},
                                {"KeyMarker", (*encoding)(key_marker)},
                                {"UploadIdMarker", upload_marker},
                                {"Prefix", (*encoding)(request.prefix)},
                                {"MaxUploads", *max},
                                {"IsTruncated", page.truncated}});
  if (!request.delimiter.empty()) output.Set("Delimiter", (*encoding)(request.delimiter));
  if (encoding->is_url()) output.Set("EncodingType", "url");
  if (page.truncated) {
    output.Set("NextKeyMarker", (*encoding)(page.last));
    output.Set("NextUploadIdMarker", page.last_is_prefix ? std::string() : last_upload);
  }
  if (!uploads.elements().empty()) output.Set("Uploads", std::move(uploads));
  SetCommonPrefixes(output, page, *encoding);
  return Reply{.output = std::move(output)};
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
AwsResult<Reply> ListParts(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  const auto upload = FindUpload(call, state, bucket);
  if (!upload) return std::unexpected(upload.error());
  const auto max = PageSize(call, "MaxParts", "max-parts");
  if (!max) return std::unexpected(max.error());
  const int64_t marker = call.input["PartNumberMarker"].Integer(0);
  std::vector<Part> parts = LoadParts(state, *upload, marker, *max + 1);
  const bool truncated = *max > 0 && static_cast<int64_t>(parts.size()) > *max;
  parts.resize(std::min(parts.size(), static_cast<size_t>(*max)));
  Value list = Value::List();
  for (const Part& part : parts) {
    Value entry = Value::Object({{"PartNumber", part.number},
                                 {"LastModified", part.modified},
                                 {"ETag", QuotedEtag(part.etag)},
                                 {"Size", part.size}});
    DescribeChecksum(entry, {upload->attributes.checksum_algorithm, {}, part.checksum});
    list.Append(std::move(entry));
  }
  Value output = Value::Object({{"Bucket", bucket.name},
                                {"Key", upload->key},
                                {"UploadId", upload->upload_id},
                                {"PartNumberMarker", marker},
                                {"NextPartNumberMarker", parts.empty() ? 0 : parts.back().number},
                                {"MaxParts", *max},
                                {"IsTruncated", truncated},
                                {"Initiator", Initiator(upload->initiator)},
                                {"Owner", OwnerOf(service)},
                                {"StorageClass", upload->attributes.storage_class}});
  if (!list.elements().empty()) output.Set("Parts", std::move(list));
  if (!upload->attributes.checksum_algorithm.empty()) {
    output.Set("ChecksumAlgorithm", upload->attributes.checksum_algorithm);
    output.Set("ChecksumType", upload->attributes.checksum_type);
  }
  return Reply{.output = std::move(output)};
}

}  // namespace opentrail::services::s3
