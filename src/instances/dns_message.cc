#include "instances/dns_message.h"

namespace opentrail::instances {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr uint16_t kInternet = 1;  // class IN
constexpr uint16_t kResponseFlag = 0x8000, kRecursionDesired = 0x0100, kRecursionAvailable = 0x0080;
constexpr uint16_t kOpcodeMask = 0x7800;
constexpr uint32_t kTtlSeconds = 60;
constexpr uint16_t kQuestionPointer = 0xc000 | kHeaderBytes;  // the name at the front of the question (section 4.1.4)
constexpr uint16_t kMaxAdditional = 4;
constexpr uint16_t kUdpBytes = 1232;  // what we take by UDP, as EDNS says it

// Takes numbers and names off the front of a message.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] std::string_view rest() const { return bytes_; }
  std::optional<uint16_t> Number() {
    if (bytes_.size() < 2) return std::nullopt;
    const auto number = static_cast<uint16_t>(static_cast<uint8_t>(bytes_[0]) << 8 | static_cast<uint8_t>(bytes_[1]));
    bytes_.remove_prefix(2);
    return number;
  }
  bool Skip(size_t count) {
    if (bytes_.size() < count) return false;
    bytes_.remove_prefix(count);
    return true;
  }
  // A name without pointers: in a question there is nothing before it to point to.
  std::optional<std::string> Name() {
    std::string name;
    for (size_t wire = 1;;) {
      if (bytes_.empty()) return std::nullopt;
      const auto length = static_cast<uint8_t>(bytes_[0]);
      bytes_.remove_prefix(1);
      if (length == 0) return name;
      wire += length + size_t{1};
      if (length > kMaxDnsLabelBytes || bytes_.size() < length || wire > kMaxDnsNameBytes) return std::nullopt;
      if (!name.empty()) name += '.';
      for (const char c : bytes_.substr(0, length)) name += Lower(c);
      bytes_.remove_prefix(length);
    }
  }

 private:
  // A dot inside of a label is none between two.
  static char Lower(char c) {
    if (c == '.') return '\0';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  std::string_view bytes_;
};

void Put(std::string& out, uint16_t number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number & 0xff);
}
void Put(std::string& out, uint32_t number) {
  Put(out, static_cast<uint16_t>(number >> 16));
  Put(out, static_cast<uint16_t>(number & 0xffff));
}

std::string WireName(std::string_view name) {
  std::string wire;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    wire += static_cast<char>(label.size());
    wire += label;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return wire + '\0';
}

void PutRecord(std::string& out, std::string_view wire_name, DnsType type, std::string_view data) {
  out += wire_name;
  Put(out, static_cast<uint16_t>(type));
  Put(out, kInternet);
  Put(out, kTtlSeconds);
  Put(out, static_cast<uint16_t>(data.size()));
  out += data;
}

// So that clients may keep for a while that there is nothing (RFC 2308).
void PutAuthority(std::string& out, std::string_view zone) {
  std::string data = WireName("ns." + std::string(zone)) + WireName("hostmaster." + std::string(zone));
  for (const uint32_t number : {uint32_t{1}, uint32_t{3600}, uint32_t{900}, uint32_t{604800}, kTtlSeconds}) {
    Put(data, number);
  }
  PutRecord(out, WireName(zone), DnsType::kSoa, data);
}

// Whether the additional records hold EDNS's; nullopt where they are cut off.
std::optional<bool> HasEdns(Reader& reader, uint16_t count) {
  bool has_edns = false;
  for (uint16_t i = 0; i < count; ++i) {
    const auto name = reader.Name();
    const auto type = reader.Number();
    if (!name || !type || !reader.Skip(6)) return std::nullopt;
    const auto length = reader.Number();
    if (!length || !reader.Skip(*length)) return std::nullopt;
    has_edns |= *type == static_cast<uint16_t>(DnsType::kOpt);
  }
  return has_edns;
}

void PutHeader(std::string& out, uint16_t id, uint16_t flags, DnsCode code, std::initializer_list<size_t> counts) {
  Put(out, id);
  Put(out, static_cast<uint16_t>(kResponseFlag | kRecursionAvailable | flags | static_cast<uint16_t>(code)));
  for (const size_t count : counts) Put(out, static_cast<uint16_t>(count));
}

}  // namespace

std::expected<DnsQuery, std::optional<DnsRefusal>> ParseDnsQuery(std::string_view message) {
  Reader reader(message);
  uint16_t header[kHeaderBytes / 2];
  for (uint16_t& number : header) {
    const auto read = reader.Number();
    if (!read) return std::unexpected(std::nullopt);
    number = *read;
  }
  const auto [id, flags, questions, answers, authorities, additional] = header;
  if ((flags & kResponseFlag) != 0) return std::unexpected(std::nullopt);
  if ((flags & kOpcodeMask) != 0) return std::unexpected(DnsRefusal{id, DnsCode::kNotImplemented});
  const DnsRefusal malformed{id, DnsCode::kFormatError};
  const bool is_sane = questions == 1 && answers == 0 && authorities == 0 && additional <= kMaxAdditional;
  if (!is_sane || message.size() > kMaxDnsMessageBytes) return std::unexpected(malformed);
  const std::string_view question = reader.rest();
  auto name = reader.Name();
  const auto type = reader.Number();
  const auto klass = reader.Number();
  if (!name || !type || !klass) return std::unexpected(malformed);
  const size_t used = question.size() - reader.rest().size();
  const auto has_edns = HasEdns(reader, additional);
  if (!has_edns) return std::unexpected(malformed);
  if (*klass != kInternet) return std::unexpected(DnsRefusal{id, DnsCode::kRefused});
  return DnsQuery{.id = id,
                  .wants_recursion = (flags & kRecursionDesired) != 0,
                  .name = std::move(*name),
                  .type = *type,
                  .question = std::string(question.substr(0, used)),
                  .has_edns = *has_edns};
}

std::string WriteDnsAnswer(const DnsQuery& query, const DnsReply& reply) {
  const size_t answers = reply.addresses.size() + reply.names.size();
  const bool has_authority = answers == 0 && !reply.zone.empty();
  std::string out;
  PutHeader(out, query.id, query.wants_recursion ? kRecursionDesired : uint16_t{0}, reply.code,
            {1, answers, has_authority ? 1U : 0U, query.has_edns ? 1U : 0U});
  out += query.question;
  std::string pointer;
  Put(pointer, kQuestionPointer);
  for (const Ipv4 address : reply.addresses) {
    std::string data;
    Put(data, address.bits);
    PutRecord(out, pointer, DnsType::kA, data);
  }
  for (const std::string& name : reply.names) PutRecord(out, pointer, DnsType::kPtr, WireName(name));
  if (has_authority) PutAuthority(out, reply.zone);
  if (query.has_edns) {
    out += '\0';
    Put(out, static_cast<uint16_t>(DnsType::kOpt));
    Put(out, kUdpBytes);
    Put(out, uint32_t{0});  // extended code, version 0, no flags
    Put(out, uint16_t{0});
  }
  return out;
}

std::string WriteDnsRefusal(const DnsRefusal& refusal) {
  std::string out;
  PutHeader(out, refusal.id, 0, refusal.code, {0, 0, 0, 0});
  return out;
}

}  // namespace opentrail::instances
