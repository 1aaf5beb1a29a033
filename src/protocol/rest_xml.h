#pragma once

#include <string_view>

#include "base/aws_error.h"
#include "codec/value.h"
#include "http/message.h"
#include "protocol/model.h"

namespace opentrail::protocol {

// The input of a REST operation from path, query, fields and XML body.
[[nodiscard]] AwsResult<Value> ParseRestInput(const Operation& operation, const http::RequestHead& head,
                                              std::string_view body);

}  // namespace opentrail::protocol
