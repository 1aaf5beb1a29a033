#include "sigv4/scheme.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::sigv4 {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string CredentialScope(const Claim& claim) {
  return fmt::format("{}/{}/{}/{}", claim.date, claim.region, claim.service, kTerminator);
}

std::string StringToSign(const Claim& claim, std::string_view canonical_request) {
  return fmt::format("{}\n{}\n{}\n{}", kAlgorithm, claim.amz_date, CredentialScope(claim),
                     codec::HexEncode(codec::Sha256(canonical_request)));
}

Fault FaultOf(const Claim& claim, FaultKind kind, std::string detail) {
  Fault fault{.kind = kind, .detail = std::move(detail)};
  fault.access_key_id = claim.access_key_id;
  fault.signature = claim.signature;
  fault.request_time = claim.time;
  fault.scheme = claim.scheme;
  return fault;
}

}  // namespace opentrail::sigv4
