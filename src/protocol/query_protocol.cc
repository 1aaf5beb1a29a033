#include <fmt/format.h>

#include "protocol/codec.h"
#include "protocol/constraint.h"
#include "protocol/parameters.h"
#include "protocol/protocols.h"
#include "protocol/xml_writer.h"

namespace opentrail::protocol {
namespace {

constexpr XmlStyle kQueryStyle{.timestamp = TimestampText::kSeconds, .element = "member"};
constexpr XmlStyle kEc2Style{.timestamp = TimestampText::kMilliseconds, .element = "item"};
constexpr size_t kUsualAnswerBytes = 1024;
constexpr int kServerFault = 500;

std::unexpected<AwsError> NoAction(const Service& service, std::string_view action, std::string_view version) {
  if (service.protocol == Protocol::kEc2) {
    return AwsFailure("InvalidAction", "The action {} is not valid for this web service.", action);
  }
  return AwsFailure("InvalidAction", "Could not find operation {} for version {}", action, version);
}

AwsResult<const Operation*> FindByAction(const Service& service, const http::RequestHead& head, std::string_view body) {
  const std::string action = FindParameter(head, body, "Action");
  const std::string version = FindParameter(head, body, "Version");
  const bool is_ec2 = service.protocol == Protocol::kEc2;
  if (action.empty()) return AwsFailure("MissingAction", "The request must contain the parameter Action");
  if (is_ec2 && version.empty())
    return AwsFailure("MissingParameter", "The request must contain the parameter Version");
  // EC2 goes on taking its former versions; clients of this century's second decade still send them.
  const Operation* operation = is_ec2 || version == service.api_version ? service.Find(action) : nullptr;
  if (operation == nullptr) return NoAction(service, action, version.empty() ? "NO_VERSION_SPECIFIED" : version);
  return operation;
}

AwsResult<Value> ParseParameters(const Operation& operation, const http::RequestHead& head, std::string_view body) {
  auto parameters = ReadParameters(*operation.service, head, body);
  if (!parameters) return std::unexpected(std::move(parameters.error()));
  auto input = ReadInput(operation, *parameters);
  if (!input) return input;
  if (AwsStatus valid = CheckConstraints(operation, *input); !valid) return std::unexpected(std::move(valid.error()));
  return input;
}

http::Response XmlResponse(int status, std::string body, std::string_view content_type, std::string_view request_id) {
  http::Response response;
  response.status = status;
  response.fields.Add("x-amzn-RequestId", std::string(request_id));
  response.fields.Add("Content-Type", std::string(content_type));
  response.body = std::move(body);
  return response;
}

std::string Namespace(const Service& service) { return fmt::format(" xmlns=\"{}\"", service.xml_namespace); }

http::Response QueryOutput(const Operation& operation, const Value& output, std::string_view request_id) {
  std::string body;
  body.reserve(kUsualAnswerBytes);
  {
    const XmlElement response(body, fmt::format("{}Response", operation.name), Namespace(*operation.service));
    if (operation.output != nullptr) {
      const XmlElement result(body, operation.result_wrapper.empty() ? fmt::format("{}Result", operation.name)
                                                                     : std::string(operation.result_wrapper));
      AppendXmlMembers(body, *operation.output, output, kQueryStyle);
    }
    const XmlElement metadata(body, "ResponseMetadata");
    AppendXmlElement(body, "RequestId", request_id);
  }
  return XmlResponse(operation.http_status, std::move(body), "text/xml", request_id);
}

http::Response QueryError(const Service& service, const Operation*, const AwsError& error,
                          std::string_view request_id) {
  const int status = ErrorStatus(service, error);
  std::string body;
  {
    const XmlElement response(body, "ErrorResponse", Namespace(service));
    {
      const XmlElement element(body, "Error");
      AppendXmlElement(body, "Type", status >= kServerFault ? "Receiver" : "Sender");
      AppendXmlElement(body, "Code", error.code);
      AppendXmlElement(body, "Message", error.message);
    }
    AppendXmlElement(body, "RequestId", request_id);
  }
  return XmlResponse(status, std::move(body), "text/xml", request_id);
}

http::Response Ec2Output(const Operation& operation, const Value& output, std::string_view request_id) {
  std::string body(kXmlDeclaration);
  body.reserve(kUsualAnswerBytes);
  {
    const XmlElement response(body, fmt::format("{}Response", operation.name), Namespace(*operation.service));
    AppendXmlElement(body, "requestId", request_id);
    if (operation.output != nullptr) {
      AppendXmlMembers(body, *operation.output, output, kEc2Style);
    } else {
      AppendXmlElement(body, "return", "true");
    }
  }
  return XmlResponse(operation.http_status, std::move(body), "text/xml;charset=UTF-8", request_id);
}

http::Response Ec2Error(const Service& service, const Operation*, const AwsError& error, std::string_view request_id) {
  std::string body(kXmlDeclaration);
  {
    const XmlElement response(body, "Response");
    {
      const XmlElement errors(body, "Errors");
      const XmlElement element(body, "Error");
      AppendXmlElement(body, "Code", error.code);
      AppendXmlElement(body, "Message", error.message);
    }
    AppendXmlElement(body, "RequestID", request_id);
  }
  return XmlResponse(ErrorStatus(service, error), std::move(body), "text/xml;charset=UTF-8", request_id);
}

}  // namespace

constexpr ProtocolFunctions kQueryFunctions{FindByAction, ParseParameters, QueryOutput, QueryError};
constexpr ProtocolFunctions kEc2Functions{FindByAction, ParseParameters, Ec2Output, Ec2Error};

}  // namespace opentrail::protocol
