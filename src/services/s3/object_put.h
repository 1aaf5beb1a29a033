#pragma once

#include <string>

#include "services/s3/object_body.h"
#include "services/s3/object_rows.h"

namespace opentrail::services::s3 {

// The body that the call brought; an empty one where it brought none.
[[nodiscard]] AwsResult<ObjectBody*> TakeBody(S3Service& service, Call& call);
// The tag of content with this MD5 (raw): the MD5 itself where S3 holds the key, else something that tells nothing of
// the content.
[[nodiscard]] std::string EtagOf(std::string_view md5, std::string_view content_key, SseKind kind);
// The body as the first segment of an object or a part.
[[nodiscard]] SegmentRow AdoptBody(store::Transaction& transaction, ObjectBody& body, const KeySealer& sealer);

// Sets VersionId, where the bucket has versions.
void DescribeVersion(Value& output, const Bucket& bucket, const Object& object);
// additionalEventData of a call that moved bytes in.
[[nodiscard]] Value EventData(const ObjectEncryption& encryption, uint64_t bytes_in);

}  // namespace opentrail::services::s3
