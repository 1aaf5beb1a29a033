// JSON bodies: what is taken can be written again, and what was written is taken, as the same; a refusal is JSON.
#include <cstdint>
#include <cstdlib>

#include "codec/json_value.h"
#include "protocol/codec.h"

namespace {

using namespace opentrail;

void Try(const protocol::Operation& operation, std::string_view body) {
  const http::RequestHead head;
  const auto input = protocol::ParseInput(operation, head, body);
  if (!input) {
    const http::Response refusal = protocol::SerializeError(*operation.service, &operation, input.error(), "id");
    if (!codec::ParseJsonValue(refusal.body)) std::abort();
    return;
  }
  const std::string written = codec::WriteJson(*input);
  const auto again = protocol::ParseInput(operation, head, written);
  if (!again || codec::WriteJson(*again) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  static const protocol::Operation* const kOperations[] = {
      protocol::FindService("kms")->Find("Encrypt"), protocol::FindService("cloudtrail")->Find("LookupEvents"),
      protocol::FindService("athena")->Find("StartQueryExecution"), protocol::FindService("glue")->Find("CreateTable")};
  for (const protocol::Operation* operation : kOperations) Try(*operation, body);
  http::RequestHead head;
  head.fields.Add("X-Amz-Target", std::string(body.substr(0, 256)));
  for (const char* id : {"kms", "cloudtrail", "athena", "glue"}) {
    (void)protocol::FindOperation(*protocol::FindService(id), head, body);
  }
  return 0;
}
