#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "engine/functions/ip_address.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"
#include "engine/functions/url.h"

namespace opentrail::engine {
namespace {

using OptionalString = std::optional<std::string>;

std::string Bytes(const IpAddress& address) { return {address.begin(), address.end()}; }

IpAddress AddressOf(std::string_view bytes) {
  IpAddress address{};
  if (bytes.size() != address.size()) ThrowInvalidArgument("Invalid IP address");
  std::copy(bytes.begin(), bytes.end(), address.begin());
  return address;
}

std::string CastVarcharToIpAddress(std::string_view text) {
  const auto address = ParseIpAddress(text);
  if (!address) ThrowTrino("INVALID_CAST_ARGUMENT", "Cannot cast value to IPADDRESS: {}", text);
  return Bytes(*address);
}

// TRY_CAST: no exception per row that holds a service's name instead of an address.
OptionalString TryCastVarcharToIpAddress(std::string_view text) {
  const auto address = ParseIpAddress(text);
  return address ? OptionalString(Bytes(*address)) : std::nullopt;
}

std::string CastIpAddressToVarchar(std::string_view bytes) { return IpAddressText(AddressOf(bytes)); }

struct CidrContains {
  std::string text;  // of the network
  std::optional<IpNetwork> network;
  bool operator()(std::string_view cidr, std::string_view address) {
    if (!network || cidr != text) {
      network = ParseIpNetwork(cidr);
      text = cidr;
    }
    return network->Contains(AddressOf(address));
  }
};

// part(url) of a text that is a URL; NULL of one that is none.
template <typename Part>
auto OfUrl(Part part) {
  return [part](std::string_view text) -> OptionalString {
    const auto url = ParseUrl(text);
    return url ? OptionalString(part(*url)) : std::nullopt;
  };
}

std::optional<int64_t> UrlPort(std::string_view text) {
  const auto url = ParseUrl(text);
  return url ? url->port : std::nullopt;
}

// Where the first % stands that no two hexadecimal digits follow.
size_t BadEscape(std::string_view text) {
  const auto is_hex = [&](size_t at) {
    return at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at]));
  };
  size_t at = text.find('%');
  while (at != std::string_view::npos && is_hex(at + 1) && is_hex(at + 2)) at = text.find('%', at + 3);
  return std::min(at, text.size());
}

std::string UrlDecode(std::string_view text) {
  auto decoded = FormDecoded(text);
  if (decoded) return *decoded;
  // In Java's words, which tell a cut-off escape from one that is no number.
  const size_t bad = BadEscape(text);
  const std::string_view digits = text.substr(std::min(bad + 1, text.size()), 2);
  if (digits.size() < 2) ThrowInvalidArgument("URLDecoder: Incomplete trailing escape (%) pattern");
  const size_t index = std::isxdigit(static_cast<unsigned char>(digits[0])) != 0 ? 1 : 0;
  ThrowInvalidArgument("URLDecoder: Illegal hex characters in escape (%) pattern - Error at index {} in: \"{}\"", index,
                       digits);
}

// The first parameter of that name; empty where it has no value.
OptionalString UrlParameter(std::string_view text, std::string_view name) {
  const auto url = ParseUrl(text);
  if (!url || !url->query) return std::nullopt;
  std::string_view rest = *url->query;
  while (true) {
    const size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    const size_t equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) return equals < pair.size() ? UrlDecode(pair.substr(equals + 1)) : "";
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

void RegisterNetworkFunctions(duckdb::DatabaseInstance& database) {
  using duckdb::LogicalType;
  const auto never = Throws::kNever;
  RegisterScalar(database, "trino_cast_varchar_to_ipaddress", {LogicalType::VARCHAR}, LogicalType::BLOB,
                 CastVarcharToIpAddress);
  RegisterScalar(database, "trino_try_cast_varchar_to_ipaddress", {LogicalType::VARCHAR}, LogicalType::BLOB,
                 TryCastVarcharToIpAddress, never);
  RegisterScalar(database, "trino_cast_ipaddress_to_varchar", {LogicalType::BLOB}, LogicalType::VARCHAR,
                 CastIpAddressToVarchar);
  RegisterScalar(database, "trino_cidr_contains", {LogicalType::VARCHAR, LogicalType::BLOB}, LogicalType::BOOLEAN,
                 CidrContains{});
  RegisterScalar(database, "trino_url_extract_protocol", OfUrl([](const Url& url) { return std::string(url.scheme); }),
                 never);
  RegisterScalar(database, "trino_url_extract_host", OfUrl([](const Url& url) { return std::string(url.host); }),
                 never);
  RegisterScalar(database, "trino_url_extract_port", UrlPort, never);
  RegisterScalar(database, "trino_url_extract_path", OfUrl([](const Url& url) { return PercentDecoded(url.path); }),
                 never);
  RegisterScalar(database, "trino_url_extract_query",
                 OfUrl([](const Url& url) { return PercentDecoded(url.query.value_or("")); }), never);
  RegisterScalar(database, "trino_url_extract_fragment",
                 OfUrl([](const Url& url) { return PercentDecoded(url.fragment); }), never);
  RegisterScalar(database, "trino_url_extract_parameter", UrlParameter);
  RegisterScalar(database, "trino_url_encode", FormEncoded, never);
  RegisterScalar(database, "trino_url_decode", UrlDecode);
}

}  // namespace opentrail::engine
