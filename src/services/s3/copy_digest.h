#pragma once

#include <memory>
#include <string>

#include "services/s3/byte_range.h"
#include "services/s3/checksum.h"
#include "services/s3/encryption.h"
#include "services/s3/object_rows.h"
#include "services/s3/upload_rows.h"

// Digests of a copy's bytes. A copy moves no bytes, but now and then its ETag or checksum is one that nobody knows yet;
// then gigabytes may have to be read. That is done off the thread that all calls wait for: BeginCopy finds the source
// and opens its bytes there, PrepareCopy reads them on a worker, the operation takes what came of it.
namespace opentrail::services::s3 {

struct SourceObject {
  Bucket bucket;
  Object object;
};
// The object that x-amz-copy-source names, if the request's conditions on it hold.
[[nodiscard]] AwsResult<SourceObject> FindSourceObject(const Call& call, store::Connection& state);
// The part of it that a part copy takes. InvalidRequest where that is more than a part can have.
[[nodiscard]] AwsResult<ByteRange> PartRange(const Call& call, const Object& source);
[[nodiscard]] std::unexpected<AwsError> SourceTooLarge();

// Where a copy's ETag and checksum come from.
enum class DigestOrigin : uint8_t {
  kSource,  // the source's hold for the copy
  kKept,    // the source's are kept though they do not: to read so much for what nobody asked is not worth it
  kBytes,   // they are read
};
struct DigestPlan {
  DigestOrigin origin = DigestOrigin::kSource;
  const ChecksumAlgorithm* algorithm = nullptr;  // never null
};
// InvalidRequest where the checksum that is asked for is one that we lack.
[[nodiscard]] AwsResult<DigestPlan> PlanObjectCopy(const Call& call, const Object& source);
[[nodiscard]] DigestPlan PlanPartCopy(const Upload& upload, const Object& source, const ByteRange& range);

// A source's bytes on their way to their digests. Used by one thread at a time.
struct CopyBytes {
  int64_t object = 0;  // of the source, as it was
  std::string etag;
  ByteRange range;
  const ChecksumAlgorithm* algorithm = nullptr;
  KeySealer keys;  // of the source: KMS is asked once
  std::unique_ptr<http::BodySource> source;
  std::string md5;       // raw
  std::string checksum;  // base64
};
// What was read for this call: of that range of that source, or an error where it has become another one in the
// meantime. nullptr where the plan needs nothing.
[[nodiscard]] AwsResult<std::shared_ptr<CopyBytes>> TakeCopyBytes(Call& call, const DigestPlan& plan,
                                                                  const Object& source, const ByteRange& range);

// The hooks of CopyObject and UploadPartCopy. What is wrong with a request is left to the operation to say, but for
// what KMS refuses.
AwsStatus BeginObjectCopy(Service& service, Call& call, store::Transaction& transaction);
AwsStatus BeginPartCopy(Service& service, Call& call, store::Transaction& transaction);
AwsStatus PrepareCopy(Service& service, Call& call);

}  // namespace opentrail::services::s3
