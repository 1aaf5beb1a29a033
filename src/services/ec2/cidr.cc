#include "services/ec2/cidr.h"

#include <arpa/inet.h>

#include <charconv>

#include <fmt/format.h>

namespace opentrail::services::ec2 {
namespace {

constexpr int kWidth = 32;

uint32_t MaskOf(int bits) { return bits == 0 ? 0 : ~uint32_t{0} << (kWidth - bits); }

}  // namespace

bool Cidr::Contains(const Cidr& other) const { return other.bits >= bits && (other.first & MaskOf(bits)) == first; }

std::string Cidr::Text() const { return fmt::format("{}/{}", DottedAddress(first), bits); }

std::optional<Cidr> ParseCidr(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view size = text.substr(slash + 1);
  int bits = -1;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), bits);
  in_addr address{};
  const bool good = error == std::errc() && end == size.data() + size.size() && bits >= 0 && bits <= kWidth &&
                    inet_pton(AF_INET, std::string(text.substr(0, slash)).c_str(), &address) == 1;
  if (!good) return std::nullopt;
  return Cidr{ntohl(address.s_addr) & MaskOf(bits), bits};
}

std::string DottedAddress(uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

}  // namespace opentrail::services::ec2
