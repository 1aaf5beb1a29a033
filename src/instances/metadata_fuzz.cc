#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "instances/metadata_handler.h"
#include "instances/metadata_test_support.h"

// Any path, with any token: answered, never with another instance's data. The first line is the token, the rest the
// path.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace opentrail;
  using namespace opentrail::instances;
  static ManualClock clock{Time(std::chrono::milliseconds(1'795'424'100'000))};
  static SeededRandom random(1);
  static FakeDirectory directory;
  static MetadataHandler handler(directory, nullptr, clock, random);
  directory.Put(SampleInstance("i-mine", "172.31.0.11", "203.0.113.7"));
  directory.Put(SampleInstance("i-theirs", "172.31.0.12", "203.0.113.8"));
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = std::min(text.size(), text.find('\n'));
  http::RequestHead head = RequestFrom("172.31.0.11", "GET", text.substr(std::min(text.size(), line + 1)));
  if (line > 0) head.fields.Add("X-aws-ec2-metadata-token", std::string(text.substr(0, line)));
  const http::Response response = Ask(handler, std::move(head));
  const bool is_known = response.status == 200 || response.status == 401 || response.status == 404;
  if (!is_known || response.body.find("i-theirs") != std::string::npos) std::abort();
  return 0;
}
