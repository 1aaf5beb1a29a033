#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <pugixml.hpp>

#include "base/aws_error.h"
#include "base/clock.h"
#include "codec/value.h"
#include "http/client.h"
#include "sigv4/signature.h"

namespace opentrail::lab {

// The answer of a query-protocol operation, asked by XPath: Text("//instancesSet/item/instanceId").
class XmlAnswer {
 public:
  // Error: it is no XML.
  static Result<XmlAnswer> Parse(std::string_view text);
  // Of the first node that matches; "" where none does.
  [[nodiscard]] std::string Text(const char* path) const;
  [[nodiscard]] std::vector<std::string> Texts(const char* path) const;
  [[nodiscard]] const pugi::xml_document& document() const { return *document_; }

 private:
  std::unique_ptr<pugi::xml_document> document_;
};

// The account as any client sees it: every call is signed, travels over HTTP and is recorded. Where no answer comes,
// the error's code is ConnectionError. Belongs to one thread.
class AccountClient {
 public:
  // `port`: of the server on this machine.
  AccountClient(uint16_t port, sigv4::ClientCredentials credentials, Clock& clock);

  using Parameters = std::vector<std::pair<std::string, std::string>>;
  // EC2, IAM and STS: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
  AwsResult<XmlAnswer> Query(std::string_view service, std::string_view action, const Parameters& parameters);
  // CloudTrail: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/
  AwsResult<Value> CloudTrail(std::string_view action, const Value& input);
  // S3's CreateBucket and PutObject.
  AwsStatus MakeBucket(std::string_view bucket);
  AwsStatus PutObject(std::string_view bucket, std::string_view key, std::string_view body);

 private:
  AwsResult<std::string> Send(http::RequestHead head, std::string_view body, std::string_view service);

  const std::string origin_;
  const sigv4::ClientCredentials credentials_;
  Clock& clock_;
  http::Client client_;
};

inline constexpr const char* kRegion = "us-east-1";

}  // namespace opentrail::lab
