#pragma once

#include "base/aws_error.h"
#include "codec/value.h"
#include "protocol/model.h"

namespace opentrail::protocol {

// Checks an input against the model: required members, and where the service itself checks them so (the query and JSON
// protocols; CloudTrail has its own errors for most), lengths, ranges, enumerations and patterns. All that is wrong is
// told in one error, as AWS words it: "2 validation errors detected: Value ...; Value ...". Pure; thread-safe.
[[nodiscard]] AwsStatus CheckConstraints(const Operation& operation, const Value& input);

}  // namespace opentrail::protocol
