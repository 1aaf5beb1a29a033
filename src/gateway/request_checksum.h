#pragma once

#include <string_view>

#include "base/aws_error.h"
#include "http/message.h"
#include "sigv4/signature.h"

namespace opentrail::gateway {

// What an S3 request that was read whole says of its body: x-amz-content-sha256, Content-MD5, x-amz-checksum-*. Each
// that is there must hold. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
[[nodiscard]] AwsStatus CheckWholeBody(const http::RequestHead& head, const sigv4::Claim& claim, std::string_view body);

// The same for checksums that trail an aws-chunked body.
[[nodiscard]] AwsStatus CheckTrailers(const http::Fields& trailers, std::string_view body);

}  // namespace opentrail::gateway
