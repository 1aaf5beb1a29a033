#pragma once

#include <string_view>

#include "base/aws_error.h"
#include "codec/value.h"
#include "http/message.h"
#include "protocol/model.h"

// The wire protocols behind codec.h. Each is a set of the same functions.
namespace opentrail::protocol {

struct ProtocolFunctions {
  AwsResult<const Operation*> (*find_operation)(const Service&, const http::RequestHead&, std::string_view body);
  AwsResult<Value> (*parse_input)(const Operation&, const http::RequestHead&, std::string_view body);
  http::Response (*serialize_output)(const Operation&, const Value& output, std::string_view request_id);
  http::Response (*serialize_error)(const Service&, const Operation*, const AwsError&, std::string_view request_id);
};

// Forms in, XML out: IAM, STS (query) and EC2 (ec2).
extern const ProtocolFunctions kQueryFunctions;
extern const ProtocolFunctions kEc2Functions;
// JSON both ways, the operation in X-Amz-Target: KMS, CloudTrail, Athena, Glue.
extern const ProtocolFunctions kJsonFunctions;
// The operation in method and path, members in headers too: S3.
extern const ProtocolFunctions kRestXmlFunctions;

}  // namespace opentrail::protocol
