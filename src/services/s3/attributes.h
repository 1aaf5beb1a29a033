#pragma once

#include <string>

#include "services/s3/object_rows.h"

namespace opentrail::services::s3 {

// Storage class, content headers, metadata, tags and encryption that a request to store an object asks for; ACLs and
// object lock are refused as the bucket has neither. The checksum is left to the caller.
[[nodiscard]] AwsResult<ObjectAttributes> RequestedAttributes(const Call& call, const Bucket& bucket);
// The parts of it that CopyObject takes one by one.
[[nodiscard]] AwsResult<Value> RequestedHeaders(const Call& call);
[[nodiscard]] AwsResult<std::string> RequestedStorageClass(const Call& call);

}  // namespace opentrail::services::s3
