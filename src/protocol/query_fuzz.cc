// Forms of the query and ec2 protocols: never a crash, never past a bound, and the order in which parameters come
// changes nothing about whether they are taken.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "protocol/bounds.h"
#include "protocol/codec.h"

namespace {

using namespace opentrail;

size_t Depth(const Value& value) {
  size_t deepest = 0;
  if (value.elements().size() > protocol::kMaxElements) std::abort();
  for (const Value& each : value.elements()) deepest = std::max(deepest, Depth(each));
  for (const Value::Member& each : value.members()) deepest = std::max(deepest, Depth(each.value));
  return deepest + 1;
}

void Try(const protocol::Operation& operation, const http::RequestHead& head, std::string_view body) {
  const auto input = protocol::ParseInput(operation, head, body);
  if (!input) {
    if (input.error().code.empty()) std::abort();
    (void)protocol::SerializeError(*operation.service, &operation, input.error(), "id");
  } else if (Depth(*input) > protocol::kMaxDepth + 2) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  http::RequestHead post;
  post.method = "POST";
  http::RequestHead get;
  get.method = "GET";
  get.query = body.substr(0, 4096);
  static const protocol::Operation* const kOperations[] = {
      protocol::FindService("ec2")->Find("RunInstances"),
      protocol::FindService("ec2")->Find("AuthorizeSecurityGroupIngress"),
      protocol::FindService("ec2")->Find("DescribeInstances"),
      protocol::FindService("iam")->Find("CreateUser"),
      protocol::FindService("iam")->Find("SimulatePrincipalPolicy"),
      protocol::FindService("sts")->Find("AssumeRole")};
  for (const protocol::Operation* operation : kOperations) {
    Try(*operation, post, body);
    Try(*operation, get, "");
  }
  for (const char* id : {"ec2", "iam", "sts"}) {
    const protocol::Service& service = *protocol::FindService(id);
    const auto operation = protocol::FindOperation(service, post, body);
    if (!operation) {
      (void)protocol::SerializeError(service, nullptr, operation.error(), "id");
    } else {
      Try(**operation, post, body);
    }
  }
  return 0;
}
