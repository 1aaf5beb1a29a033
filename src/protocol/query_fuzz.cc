// Forms of the query and ec2 protocols: never a crash, never past a bound, and the order in which parameters come
// changes nothing about whether they are taken and what for, where each comes once. Refusals are XML.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include <pugixml.hpp>

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

// The same parameters, the last first.
std::string Reversed(std::string_view form) {
  std::string reversed;
  for (;;) {
    const size_t end = form.rfind('&');
    reversed += form.substr(end == std::string_view::npos ? 0 : end + 1);
    if (end == std::string_view::npos) return reversed;
    reversed += '&';
    form.remove_suffix(form.size() - end);
  }
}

bool ComesOnce(std::string_view form) {
  const auto parameters = http::ParseParameters(form, http::PlusSign::kSpace);
  std::set<std::string> names;
  return !parameters ||
         std::ranges::all_of(*parameters, [&](const auto& each) { return names.insert(each.first).second; });
}

// Members by name, in every object: an input's are in the order in which they came.
Value Sorted(Value value) {
  if (value.IsList()) {
    for (Value& each : value.mutable_elements()) each = Sorted(std::move(each));
  }
  if (value.IsObject()) {
    for (Value::Member& each : value.mutable_members()) each.value = Sorted(std::move(each.value));
    std::ranges::stable_sort(value.mutable_members(), {}, &Value::Member::name);
  }
  return value;
}

void CheckOrder(const protocol::Operation& operation, const http::RequestHead& post, std::string_view body) {
  const auto input = protocol::ParseInput(operation, post, body);
  const auto reversed = protocol::ParseInput(operation, post, Reversed(body));
  if (!ComesOnce(body)) return;  // of a name that comes twice one is taken, and the other not looked at
  if (input.has_value() != reversed.has_value() || (input && Sorted(*input) != Sorted(*reversed))) std::abort();
}

void CheckXml(std::string_view xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) std::abort();
}

void Try(const protocol::Operation& operation, const http::RequestHead& head, std::string_view body) {
  const auto input = protocol::ParseInput(operation, head, body);
  if (!input) {
    if (input.error().code.empty()) std::abort();
    CheckXml(protocol::SerializeError(*operation.service, &operation, input.error(), "id").body);
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
      CheckXml(protocol::SerializeError(service, nullptr, operation.error(), "id").body);
    } else {
      Try(**operation, post, body);
      CheckOrder(**operation, post, body);
    }
  }
  return 0;
}
