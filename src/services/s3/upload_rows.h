#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/s3/object_rows.h"

// Multipart uploads and their parts as rows.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
namespace opentrail::services::s3 {

inline constexpr int64_t kMaxPartNumber = 10'000;

struct Upload {
  int64_t id = 0;
  std::string upload_id;
  std::string key;
  Time initiated;
  std::string initiator;  // ARN
  ObjectAttributes attributes;
};

struct Part {
  int64_t number = 0;
  std::string etag;  // without quotes
  Time modified;
  uint64_t size = 0;
  std::string checksum;  // base64
};

// What the request names by Key and UploadId. NoSuchUpload.
[[nodiscard]] AwsResult<Upload> FindUpload(const Call& call, store::Connection& state, const Bucket& bucket);
void InsertUpload(store::Connection& state, const Bucket& bucket, Upload& upload);
// The upload goes, with all of its parts that nothing else holds.
void RemoveUpload(store::Transaction& transaction, store::ObjectStore& objects, const Upload& upload);

// Parts with a number past `after`, in order, at most `max`.
[[nodiscard]] std::vector<Part> LoadParts(store::Connection& state, const Upload& upload, int64_t after, int64_t max);
[[nodiscard]] std::vector<SegmentRow> LoadPartSegments(store::Connection& state, const Upload& upload, int64_t number);
// Replaces the part of that number.
void PutPart(store::Transaction& transaction, store::ObjectStore& objects, const Upload& upload, const Part& part,
             const std::vector<SegmentRow>& segments);
// Forgets the part's segments, which an object holds now.
void DetachPart(store::Connection& state, const Upload& upload, int64_t number);

}  // namespace opentrail::services::s3
