// Any request: what it claims is read and checked without a fault of ours; once we sign it ourselves, it verifies, and
// no longer when a byte of its path, its method or its body is another, or for another service.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "codec/digest.h"
#include "codec/text.h"
#include "codec/timestamp.h"
#include "sigv4/signature.h"

namespace {

using namespace opentrail;
using namespace opentrail::sigv4;

constexpr std::string_view kSecret = "secret";

// Lines: method, path, query, then fields "name: value"; what follows an empty line is the body.
http::RequestHead ReadRequest(std::string_view text, std::string_view& body) {
  http::RequestHead head;
  const auto line = [&] {
    const std::string_view taken = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), taken.size() + 1));
    return taken;
  };
  head.method = line();
  head.path = "/" + std::string(line());
  head.query = line();
  head.target = head.path + "?" + head.query;
  for (std::string_view field = line(); !field.empty(); field = line()) {
    const size_t colon = std::min(field.find(':'), field.size());
    std::string_view value = field.substr(std::min(field.size(), colon + 1));
    head.fields.Add(std::string(field.substr(0, colon)), std::string(value));
  }
  body = text;
  return head;
}

bool Verifies(const http::RequestHead& head, const Claim& claim, std::string_view body_sha256, std::string_view service,
              Time now) {
  const auto verdict = Verify({.head = head,
                               .claim = claim,
                               .secret_access_key = kSecret,
                               .body_sha256 = body_sha256,
                               .service = service,
                               .region = std::nullopt,
                               .now = now});
  if (verdict) return true;
  for (const ErrorFamily family : {ErrorFamily::kS3, ErrorFamily::kQuery, ErrorFamily::kEc2, ErrorFamily::kJson}) {
    const AwsError error = ToAwsError(verdict.error(), family);
    if (error.code.empty() || error.http_status < 400) std::abort();
  }
  return false;
}

void SignThenVerify(http::RequestHead head, std::string_view body, const std::string& service, Time now) {
  const std::string hash = codec::HexEncode(codec::Sha256(body));
  head.query.clear();  // a claim in it would stand beside ours
  for (const char* name : {"host", "authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"}) {
    head.fields.Remove(name);
  }
  // A name with one of these cannot be told in the list of signed fields; HTTP knows no such name.
  for (const auto& [name, value] : head.fields.entries()) {
    if (name.empty() || name.find_first_of(";, \t=") != std::string::npos) return;
    for (const char c : name + value) {
      if (static_cast<uint8_t>(c) < 0x20 || static_cast<uint8_t>(c) >= 0x7f) return;
    }
  }
  if (head.fields.entries().size() > 200) return;
  head.fields.Add("Host", "h");
  Sign(head, body, {"AKID", std::string(kSecret), ""}, "us-east-1", service, now);
  const auto claim = ParseClaim(head);
  if (!claim || !Verifies(head, *claim, hash, service, now)) std::abort();
  const std::string other_hash = codec::HexEncode(codec::Sha256(std::string(body) + "x"));
  if (Verifies(head, *claim, other_hash, service, now) || Verifies(head, *claim, hash, service + "x", now))
    std::abort();
  for (std::string* part : {&head.path, &head.method}) {
    *part += "x";
    if (Verifies(head, *claim, hash, service, now)) std::abort();
    part->pop_back();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view body;
  const http::RequestHead head = ReadRequest({reinterpret_cast<const char*>(data), size}, body);
  const Time now = *codec::ParseBasic("20261123T084102Z");
  const std::string hash = codec::HexEncode(codec::Sha256(body));
  const auto claim = ParseClaim(head);
  if (claim) {
    for (const std::string_view service : {"s3", "iam", std::string_view(claim->service).data()}) {
      (void)Verifies(head, *claim, hash, service, now);
      (void)Verifies(head, *claim, hash, service, claim->time);
    }
  } else {
    for (const ErrorFamily family : {ErrorFamily::kS3, ErrorFamily::kQuery, ErrorFamily::kEc2, ErrorFamily::kJson}) {
      const AwsError error = ToAwsError(claim.error(), family);
      if (error.code.empty() || error.message.empty() || error.http_status < 400) std::abort();
    }
  }
  SignThenVerify(head, body, "s3", now);
  SignThenVerify(head, body, "iam", now);
  return 0;
}
