#pragma once

#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "codec/value.h"
#include "http/message.h"
#include "protocol/model.h"

// The parameters of the query and ec2 protocols: names that are paths (Tags.member.1.Key), read by walking what was
// sent. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
// https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
namespace opentrail::protocol {

// What the request carries in its query and, of a POST, in its form body; the errors are of the service's protocol.
[[nodiscard]] AwsResult<http::Parameters> ReadParameters(const Service& service, const http::RequestHead& head,
                                                         std::string_view body);
// One parameter without reading the others; "" where it is not there or broken.
[[nodiscard]] std::string FindParameter(const http::RequestHead& head, std::string_view body, std::string_view name);

// The name of a member in parameters: "Filter" for Filters of ec2, "UserName".
[[nodiscard]] std::string ParameterName(const Member& member, Protocol protocol);

// The input as the model has it. ec2 refuses parameters that it does not know; query ignores them.
[[nodiscard]] AwsResult<Value> ReadInput(const Operation& operation, http::Parameters& parameters);

}  // namespace opentrail::protocol
