#include "instances/network_address.h"

#include <charconv>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::instances {
namespace {

// A decimal number of `text`'s front, at most `most`, without leading zeros; takes it away.
std::optional<uint32_t> TakeNumber(std::string_view& text, uint32_t most) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<size_t>(end - text.data());
  if (error != std::errc() || number > most || (digits > 1 && text.front() == '0')) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

}  // namespace

std::optional<Ipv4> Ipv4::Parse(std::string_view text) {
  Ipv4 address;
  for (int i = 0; i < 4; ++i) {
    if (i > 0) {
      if (text.empty() || text.front() != '.') return std::nullopt;
      text.remove_prefix(1);
    }
    const auto octet = TakeNumber(text, 255);
    if (!octet) return std::nullopt;
    address.bits = address.bits << 8 | *octet;
  }
  if (!text.empty()) return std::nullopt;
  return address;
}

std::string Ipv4::Text() const {
  return fmt::format("{}.{}.{}.{}", bits >> 24, bits >> 16 & 255, bits >> 8 & 255, bits & 255);
}

std::optional<Ipv4Prefix> Ipv4Prefix::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = Ipv4::Parse(text.substr(0, slash));
  std::string_view rest = text.substr(slash + 1);
  const auto length = TakeNumber(rest, 32);
  if (!address || !length || !rest.empty()) return std::nullopt;
  return Ipv4Prefix{*address, static_cast<int>(*length)};
}

std::string MacAddress(std::string_view instance_id) {
  constexpr size_t kDigestBytes = 5;
  std::string text = "0a";
  for (const char byte : codec::Sha256(instance_id).substr(0, kDigestBytes)) {
    text += ":" + codec::HexEncode(std::string_view(&byte, 1));
  }
  return text;
}

std::string Ipv4Prefix::Text() const { return fmt::format("{}/{}", network().Text(), length); }

}  // namespace opentrail::instances
