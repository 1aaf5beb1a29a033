#include "protocol/rest_xml.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"
#include "protocol/codec.h"
#include "protocol/protocols.h"
#include "protocol/rest_route.h"
#include "protocol/xml_writer.h"

namespace opentrail::protocol {
namespace {

constexpr XmlStyle kStyle{.timestamp = TimestampText::kMilliseconds, .element = "member"};
constexpr std::string_view kXmlType = "application/xml";
constexpr size_t kHostIdBytes = 56;
constexpr int kNotModified = 304;

struct OuterRow {
  std::string_view operation;
  std::string_view element;
};

// The outer elements of S3's answers, which the models leave out.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
constexpr std::array<OuterRow, 26> kOuterElements = {
    {{"CompleteMultipartUpload", "CompleteMultipartUploadResult"},
     {"CreateMultipartUpload", "InitiateMultipartUploadResult"},
     {"CreateSession", "CreateSessionResult"},
     {"DeleteObjects", "DeleteResult"},
     {"GetBucketAccelerateConfiguration", "AccelerateConfiguration"},
     {"GetBucketAcl", "AccessControlPolicy"},
     {"GetBucketCors", "CORSConfiguration"},
     {"GetBucketLifecycleConfiguration", "LifecycleConfiguration"},
     {"GetBucketLocation", "LocationConstraint"},
     {"GetBucketLogging", "BucketLoggingStatus"},
     {"GetBucketNotificationConfiguration", "NotificationConfiguration"},
     {"GetBucketRequestPayment", "RequestPaymentConfiguration"},
     {"GetBucketTagging", "Tagging"},
     {"GetBucketVersioning", "VersioningConfiguration"},
     {"GetBucketWebsite", "WebsiteConfiguration"},
     {"GetObjectAcl", "AccessControlPolicy"},
     {"GetObjectAttributes", "GetObjectAttributesResponse"},
     {"GetObjectTagging", "Tagging"},
     {"ListBucketAnalyticsConfigurations", "ListBucketAnalyticsConfigurationResult"},
     {"ListBucketInventoryConfigurations", "ListInventoryConfigurationsResult"},
     {"ListBucketMetricsConfigurations", "ListMetricsConfigurationsResult"},
     {"ListBuckets", "ListAllMyBucketsResult"},
     {"ListObjectVersions", "ListVersionsResult"},
     {"ListObjects", "ListBucketResult"},
     {"ListObjectsV2", "ListBucketResult"},
     {"ListParts", "ListPartsResult"}}};

std::string OuterElement(const Operation& operation) {
  const auto found = std::ranges::find(kOuterElements, operation.name, &OuterRow::operation);
  return found != kOuterElements.end() ? std::string(found->element) : fmt::format("{}Result", operation.name);
}

std::string Namespace(const Service& service) { return fmt::format(" xmlns=\"{}\"", service.xml_namespace); }

// x-amz-id-2 means something to AWS alone; ours is made of the request's id, of the same length and alphabet.
std::string HostId(std::string_view request_id) {
  const std::string once = codec::Sha256(request_id);
  return codec::Base64Encode((once + codec::Sha256(once)).substr(0, kHostIdBytes));
}

http::Response NewResponse(int status, std::string_view request_id) {
  http::Response response;
  response.status = status;
  response.fields.Add("x-amz-request-id", std::string(request_id));
  response.fields.Add("x-amz-id-2", HostId(request_id));
  response.fields.Add("Server", "AmazonS3");
  return response;
}

// A line end in a value would begin another field.
std::string FieldValue(const Member& member, const Value& value) {
  std::string text;
  if (value.IsList()) {
    for (const Value& element : value.elements()) {
      if (!text.empty()) text += ",";
      AppendScalar(text, element, TimestampText::kHttpDate);
    }
  } else {
    AppendScalar(text, value, TimestampTextOf(member, TimestampText::kHttpDate));
  }
  std::ranges::replace_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return text;
}

void AddFields(http::Response& response, const Operation& operation, const Member& member, const Value& value) {
  if (member.location == Location::kStatusCode) {
    response.status = static_cast<int>(value.Integer(response.status));
  } else if (member.location == Location::kHeaders) {
    for (const Value::Member& entry : value.members()) {
      response.fields.Add(std::string(member.location_name) + entry.name, FieldValue(member, entry.value));
    }
  } else if (member.location_name == "Content-Length") {
    // The server counts what follows; of HEAD nothing follows.
    if (operation.http_method == "HEAD") response.content_length = static_cast<uint64_t>(value.Integer(0));
  } else {
    response.fields.Add(std::string(member.location_name), FieldValue(member, value));
  }
}

void AddXml(http::Response& response, std::string xml) {
  response.body = std::move(xml);
  if (!response.fields.Has("Content-Type")) response.fields.Add("Content-Type", std::string(kXmlType));
}

void AddPayload(http::Response& response, const Operation& operation, const Member& payload, const Value& value) {
  if (payload.shape->kind == ShapeKind::kBlob || payload.shape->kind == ShapeKind::kString) {
    response.body = value.Bytes();
    return;
  }
  std::string xml(kXmlDeclaration);
  {
    const XmlElement element(xml, payload.location_name.empty() ? payload.name : payload.location_name,
                             Namespace(*operation.service));
    AppendXmlMembers(xml, *payload.shape, value, kStyle);
  }
  AddXml(response, std::move(xml));
}

void AddBody(http::Response& response, const Operation& operation, const Value& output) {
  const bool in_body = std::ranges::any_of(operation.output->members,
                                           [](const Member& member) { return member.location == Location::kBody; });
  if (!in_body) return;
  std::string xml(kXmlDeclaration);
  {
    const XmlElement element(xml, OuterElement(operation), Namespace(*operation.service));
    if (operation.name == "GetBucketLocation") {
      // The outer element is the member itself.
      AppendXmlText(xml, output["LocationConstraint"].Text());
    } else {
      AppendXmlMembers(xml, *operation.output, output, kStyle);
    }
  }
  AddXml(response, std::move(xml));
}

http::Response RestOutput(const Operation& operation, const Value& output, std::string_view request_id) {
  http::Response response = NewResponse(operation.http_status, request_id);
  if (operation.output == nullptr) return response;
  const Shape& shape = *operation.output;
  size_t hint = 0;
  const Member* payload = nullptr;
  for (const Value::Member& each : output.members()) {
    const Member* member = each.value.IsNull() ? nullptr : FindNear(shape, each.name, hint);
    if (member == nullptr) continue;
    if (member->location != Location::kBody) AddFields(response, operation, *member, each.value);
    if (member->payload) payload = member;
  }
  if (payload != nullptr) {
    AddPayload(response, operation, *payload, output[payload->name]);
  } else if (std::ranges::none_of(shape.members, &Member::payload)) {
    AddBody(response, operation, output);
  }
  return response;
}

http::Response RestError(const Service& service, const Operation* operation, const AwsError& error,
                         std::string_view request_id) {
  http::Response response = NewResponse(ErrorStatus(service, error), request_id);
  for (const auto& [name, value] : error.fields) response.fields.Add(name, value);
  const bool is_head = operation != nullptr && operation->http_method == "HEAD";
  if (is_head || response.status == kNotModified) return response;
  std::string xml(kXmlDeclaration);
  {
    const XmlElement element(xml, "Error");
    AppendXmlElement(xml, "Code", error.code);
    AppendXmlElement(xml, "Message", error.message);
    for (const auto& [name, text] : error.details) AppendXmlElement(xml, name, text);
    AppendXmlElement(xml, "RequestId", request_id);
    AppendXmlElement(xml, "HostId", response.fields.Get("x-amz-id-2"));
  }
  AddXml(response, std::move(xml));
  return response;
}

AwsResult<const Operation*> FindRest(const Service& service, const http::RequestHead& head, std::string_view) {
  return FindByUri(service, head);
}

}  // namespace

constexpr ProtocolFunctions kRestXmlFunctions{FindRest, ParseRestInput, RestOutput, RestError};

}  // namespace opentrail::protocol
