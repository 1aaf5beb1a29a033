#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/aws_error.h"
#include "http/message.h"
#include "protocol/model.h"

// From method, path and query to an operation, by the models' URI templates: /{Bucket}/{Key+}?uploads. Pure;
// thread-safe.
namespace opentrail::protocol {

// The most specific operation of those that fit: sub-resources (?uploads), required parameters (?uploadId=) and
// x-amz-copy-source tell apart what shares method and path. Where none fits, or the path's sub-resource is of other
// operations only, S3's MethodNotAllowed.
[[nodiscard]] AwsResult<const Operation*> FindByUri(const Service& service, const http::RequestHead& head);

// The labels of a template as the path has them, still encoded: {"Bucket", "b"}, {"Key", "a/b"}.
using Labels = std::vector<std::pair<std::string_view, std::string_view>>;
[[nodiscard]] Labels ReadLabels(const Operation& operation, std::string_view path);

}  // namespace opentrail::protocol
