#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "instances/dns_message.h"
#include "instances/dns_names.h"
#include "instances/metadata_test_support.h"

namespace {

using namespace opentrail::instances;

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// Any datagram: what is read of it keeps to the bounds, and its answer is one message that is no query and repeats the
// question.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static FakeDirectory directory;
  static const DnsNames names(directory);
  static const bool filled = (directory.Put(SampleInstance("i-1", "172.31.0.11", "203.0.113.7")), true);
  Require(filled);
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const auto query = ParseDnsQuery(message);
  std::string answer;
  if (query) {
    Require(query->name.size() <= kMaxDnsNameBytes && query->question.size() <= size);
    answer = WriteDnsAnswer(*query, names.Resolve("vpc-0a", query->name, query->type));
    Require(answer.substr(0, 2) == message.substr(0, 2));
    constexpr size_t kHeaderBytes = 12;
    Require(answer.substr(kHeaderBytes, query->question.size()) ==
            message.substr(kHeaderBytes, query->question.size()));
  } else if (query.error()) {
    answer = WriteDnsRefusal(*query.error());
  }
  Require(answer.size() <= kMaxDnsMessageBytes);
  if (!answer.empty()) Require(!ParseDnsQuery(answer) && !ParseDnsQuery(answer).error());
  return 0;
}
