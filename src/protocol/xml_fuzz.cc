// S3 requests: a first line with method, target and fields, then a body. All that names an operation is parsed as it,
// and the body as each of a few operations that take XML. Answers are XML, whatever is in them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include <pugixml.hpp>

#include "protocol/codec.h"

namespace {

using namespace opentrail;

std::string_view TakeUpTo(std::string_view& text, char end) {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

void CheckXml(const http::Response& response) {
  if (response.fields.Get("Content-Type") != "application/xml") return;
  pugi::xml_document document;
  if (!document.load_buffer(response.body.data(), response.body.size())) std::abort();
}

void Try(const protocol::Operation& operation, const http::RequestHead& head, std::string_view body) {
  const auto input = protocol::ParseInput(operation, head, body);
  if (!input) {
    CheckXml(protocol::SerializeError(*operation.service, &operation, input.error(), "id"));
    return;
  }
  CheckXml(protocol::SerializeOutput(operation, *input, "id"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view body(reinterpret_cast<const char*>(data), size);
  std::string_view line = TakeUpTo(body, '\n');
  http::RequestHead head;
  head.method = TakeUpTo(line, ' ');
  head.target = TakeUpTo(line, ' ');
  std::string_view target = head.target;
  head.path = TakeUpTo(target, '?');
  head.query = target;
  while (!line.empty()) {
    std::string_view field = TakeUpTo(line, '|');
    const std::string_view name = TakeUpTo(field, ':');
    head.fields.Add(std::string(name), std::string(field));
  }
  const protocol::Service& s3 = *protocol::FindService("s3");
  const auto operation = protocol::FindOperation(s3, head, body);
  if (operation) {
    Try(**operation, head, body);
  } else {
    CheckXml(protocol::SerializeError(s3, nullptr, operation.error(), "id"));
  }
  for (const char* name :
       {"DeleteObjects", "CompleteMultipartUpload", "PutBucketAcl", "PutBucketLifecycleConfiguration",
        "SelectObjectContent", "PutBucketNotificationConfiguration", "PutBucketTagging"}) {
    Try(*s3.Find(name), head, body);
  }
  return 0;
}
