#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "instances/network_address.h"

// Messages of the Domain Name System (RFC 1035), as far as a resolver's stub clients need them: one question, answers
// of addresses and names, EDNS (RFC 6891).
namespace opentrail::instances {

inline constexpr size_t kMaxDnsMessageBytes = 4096;  // of a query; ours are far shorter
inline constexpr size_t kMaxDnsNameBytes = 255, kMaxDnsLabelBytes = 63;

enum class DnsType : uint16_t { kA = 1, kSoa = 6, kPtr = 12, kOpt = 41, kAny = 255 };
enum class DnsCode : uint8_t {
  kNoError = 0,
  kFormatError = 1,
  kServerFailure = 2,
  kNoSuchName = 3,
  kNotImplemented = 4,
  kRefused = 5
};

struct DnsQuery {
  uint16_t id = 0;
  bool wants_recursion = false;
  std::string name;      // "s3.amazonaws.com": lower case, no final dot; "" the root
  uint16_t type = 0;     // a DnsType, or any other
  std::string question;  // name, type and class as they came: the answer repeats them
  bool has_edns = false;
};

// What a query that cannot be answered is told.
struct DnsRefusal {
  uint16_t id = 0;
  DnsCode code = DnsCode::kFormatError;
};

// nullopt in the error: nothing is to be answered (it is no query, or too short to have an id).
[[nodiscard]] std::expected<DnsQuery, std::optional<DnsRefusal>> ParseDnsQuery(std::string_view message);

// What a name has of the type that was asked for.
struct DnsReply {
  DnsCode code = DnsCode::kNoError;
  std::vector<Ipv4> addresses;     // kA
  std::vector<std::string> names;  // kPtr
  std::string zone;  // whose authority it is that there is nothing: "ec2.internal"; "" says no more than the code
};

[[nodiscard]] std::string WriteDnsAnswer(const DnsQuery& query, const DnsReply& reply);
[[nodiscard]] std::string WriteDnsRefusal(const DnsRefusal& refusal);

}  // namespace opentrail::instances
