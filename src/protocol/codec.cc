#include "protocol/codec.h"

#include "protocol/protocols.h"

namespace opentrail::protocol {
namespace {

const ProtocolFunctions& Functions(Protocol protocol) {
  switch (protocol) {
    case Protocol::kQuery: return kQueryFunctions;
    case Protocol::kEc2: return kEc2Functions;
    case Protocol::kRestXml: return kRestXmlFunctions;
    case Protocol::kJson:
    case Protocol::kRestJson: break;  // no service of the tables speaks kRestJson
  }
  return kJsonFunctions;
}

}  // namespace

AwsResult<const Operation*> FindOperation(const Service& service, const http::RequestHead& head,
                                          std::string_view body) {
  return Functions(service.protocol).find_operation(service, head, body);
}

AwsResult<Value> ParseInput(const Operation& operation, const http::RequestHead& head, std::string_view body) {
  return Functions(operation.service->protocol).parse_input(operation, head, body);
}

http::Response SerializeOutput(const Operation& operation, const Value& output, std::string_view request_id) {
  return Functions(operation.service->protocol).serialize_output(operation, output, request_id);
}

http::Response SerializeError(const Service& service, const Operation* operation, const AwsError& error,
                              std::string_view request_id) {
  return Functions(service.protocol).serialize_error(service, operation, error, request_id);
}

}  // namespace opentrail::protocol
