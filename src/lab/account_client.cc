#include "lab/account_client.h"

#include <fmt/format.h>

#include "codec/json_value.h"
#include "codec/text.h"

namespace opentrail::lab {
namespace {

constexpr uint64_t kMaxAnswerBytes = 16UL << 20;

struct QueryService {
  std::string_view name, host, version;
};
constexpr QueryService kQueryServices[] = {
    {"ec2", "ec2.us-east-1.amazonaws.com", "2016-11-15"},
    {"iam", "iam.amazonaws.com", "2010-05-08"},
    {"sts", "sts.us-east-1.amazonaws.com", "2011-06-15"},
};

const QueryService& FindService(std::string_view name) {
  for (const QueryService& service : kQueryServices) {
    if (service.name == name) return service;
  }
  return kQueryServices[0];
}

http::RequestHead HeadOf(std::string_view method, std::string path, std::string_view host, std::string_view type) {
  http::RequestHead head;
  head.method = method;
  head.path = head.target = std::move(path);
  head.fields.Add("Host", std::string(host));
  head.fields.Add("User-Agent", "opentrail-lab/1.0");
  if (!type.empty()) head.fields.Add("Content-Type", std::string(type));
  return head;
}

// What a service says of a refusal, in any of its forms.
AwsError FaultOf(const http::ClientResponse& response) {
  AwsError error{.code = "UnknownError", .message = response.body, .http_status = response.status};
  if (const auto json = codec::ParseJsonValue(response.body); json && json->IsObject()) {
    error.code = (*json)["__type"].Text("UnknownError");
    error.code = error.code.substr(error.code.find('#') + 1);
    error.message = (*json)["message"].Text((*json)["Message"].Text());
  } else if (const auto xml = XmlAnswer::Parse(response.body); xml) {
    error.code = xml->Text("//Code");
    error.message = xml->Text("//Message");
  }
  return error;
}

}  // namespace

Result<XmlAnswer> XmlAnswer::Parse(std::string_view text) {
  XmlAnswer answer;
  answer.document_ = std::make_unique<pugi::xml_document>();
  if (!answer.document_->load_buffer(text.data(), text.size())) {
    return MakeError(ErrorCode::kCorrupt, "the answer is no XML");
  }
  return answer;
}

std::string XmlAnswer::Text(const char* path) const { return document_->select_node(path).node().text().get(); }

std::vector<std::string> XmlAnswer::Texts(const char* path) const {
  std::vector<std::string> texts;
  for (const pugi::xpath_node& found : document_->select_nodes(path)) texts.emplace_back(found.node().text().get());
  return texts;
}

AccountClient::AccountClient(uint16_t port, sigv4::ClientCredentials credentials, Clock& clock)
    : origin_(fmt::format("http://127.0.0.1:{}", port)),
      credentials_(std::move(credentials)),
      clock_(clock),
      client_({.uses_proxies = false}) {}

AwsResult<std::string> AccountClient::Send(http::RequestHead head, std::string_view body, std::string_view service) {
  sigv4::Sign(head, body, credentials_, kRegion, service, clock_.Now());
  const CancelToken never;
  auto response = client_.Post(origin_, head, body, kMaxAnswerBytes, never);
  if (!response) return AwsFailure("ConnectionError", "{}", response.error().message);
  if (response->status / 100 != 2) return std::unexpected(FaultOf(*response));
  return std::move(response->body);
}

AwsResult<XmlAnswer> AccountClient::Query(std::string_view service, std::string_view action,
                                          const Parameters& parameters) {
  const QueryService& target = FindService(service);
  std::string body = fmt::format("Action={}&Version={}", action, target.version);
  for (const auto& [name, value] : parameters) body += fmt::format("&{}={}", name, codec::UriEncode(value));
  auto text = Send(HeadOf("POST", "/", target.host, "application/x-www-form-urlencoded; charset=utf-8"), body, service);
  if (!text) return std::unexpected(text.error());
  auto answer = XmlAnswer::Parse(*text);
  if (!answer) return AwsFailure("ConnectionError", "{}: {}", action, answer.error().message);
  return std::move(*answer);
}

AwsResult<Value> AccountClient::CloudTrail(std::string_view action, const Value& input) {
  http::RequestHead head = HeadOf("POST", "/", "cloudtrail.us-east-1.amazonaws.com", "application/x-amz-json-1.1");
  head.fields.Add("X-Amz-Target", fmt::format("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{}", action));
  auto text = Send(std::move(head), codec::WriteJson(input), "cloudtrail");
  if (!text) return std::unexpected(text.error());
  auto answer = codec::ParseJsonValue(*text);
  if (!answer) return AwsFailure("ConnectionError", "{}: {}", action, answer.error().message);
  return std::move(*answer);
}

AwsStatus AccountClient::MakeBucket(std::string_view bucket) {
  auto made = Send(HeadOf("PUT", fmt::format("/{}", bucket), "s3.us-east-1.amazonaws.com", ""), "", "s3");
  if (!made) return std::unexpected(made.error());
  return {};
}

AwsStatus AccountClient::PutObject(std::string_view bucket, std::string_view key, std::string_view body) {
  std::string path = fmt::format("/{}/{}", bucket, codec::UriEncode(key, codec::Slash::kKeep));
  auto put = Send(HeadOf("PUT", std::move(path), "s3.us-east-1.amazonaws.com", "application/octet-stream"), body, "s3");
  if (!put) return std::unexpected(put.error());
  return {};
}

}  // namespace opentrail::lab
