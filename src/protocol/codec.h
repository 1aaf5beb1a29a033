#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "codec/value.h"
#include "http/message.h"
#include "protocol/model.h"

// Requests and answers in each wire protocol, to and from Values that carry the model's member names. Pure;
// thread-safe.
namespace opentrail::protocol {

// Which operation a request asks for. `path` is the request's path with an S3 bucket in it, whatever the addressing
// (Route in gateway/ makes it so). The error is the service's own for an unknown action.
[[nodiscard]] AwsResult<const Operation*> FindOperation(const Service& service, const http::RequestHead& head,
                                                        std::string_view body);

// The input, checked against the model: required members, types, enumerations that the service itself checks, lengths
// and ranges. Members that were not sent are absent. Unknown parameters are ignored as AWS ignores them. A streaming
// member is left out.
[[nodiscard]] AwsResult<Value> ParseInput(const Operation& operation, const http::RequestHead& head,
                                          std::string_view body);

// The answer to a call that went well; output holds members by the model's names, what the model does not know is left
// out. Sets the status, the fields and the body; the request id where the protocol carries it.
[[nodiscard]] http::Response SerializeOutput(const Operation& operation, const Value& output,
                                             std::string_view request_id);

// The answer to a call that failed. `operation` may be null where none was found.
[[nodiscard]] http::Response SerializeError(const Service& service, const Operation* operation, const AwsError& error,
                                            std::string_view request_id);

// The HTTP status that an error answers with.
[[nodiscard]] int ErrorStatus(const Service& service, const AwsError& error);

}  // namespace opentrail::protocol
