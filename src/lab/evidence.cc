#include "lab/evidence.h"

#include <algorithm>
#include <cctype>

#include "codec/json_value.h"
#include "codec/timestamp.h"

namespace opentrail::lab {
namespace {

constexpr int64_t kSsh = 22;
constexpr int kMaxPages = 50;

std::string Plain(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\"'";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return "";
  std::string plain(text.substr(first, text.find_last_not_of(kBlank) + 1 - first));
  std::ranges::transform(plain, plain.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return plain;
}

bool IsWorld(const Value& permission) {
  const auto is_any = [](const Value& ranges, const char* member, const char* any) {
    return std::ranges::any_of(ranges["items"].elements(),
                               [&](const Value& range) { return range[member].Text() == any; });
  };
  return is_any(permission["ipRanges"], "cidrIp", "0.0.0.0/0") || is_any(permission["ipv6Ranges"], "cidrIpv6", "::/0");
}

// The port's range, or every protocol.
bool CoversSsh(const Value& permission) {
  if (permission["ipProtocol"].Text() == "-1") return true;
  const auto from = permission["fromPort"].Integer(), to = permission["toPort"].Integer();
  return from && to && *from <= kSsh && *to >= kSsh;
}

}  // namespace

std::optional<Evidence> EvidenceOf(const Value& record, std::string_view group_id) {
  const Value& request = record["requestParameters"];
  if (record.Has("errorCode") || request["groupId"].Text() != group_id) return std::nullopt;
  const bool opens = std::ranges::any_of(request["ipPermissions"]["items"].elements(), [](const Value& permission) {
    return IsWorld(permission) && CoversSsh(permission);
  });
  if (!opens) return std::nullopt;
  const Value& identity = record["userIdentity"];
  return Evidence{.user = std::string(identity["userName"].Text(identity["type"].Text())),
                  .time = std::string(record["eventTime"].Text()),
                  .address = std::string(record["sourceIPAddress"].Text()),
                  .method = record["sessionCredentialFromConsole"].Text() == "true" ? Evidence::Method::kConsole
                                                                                    : Evidence::Method::kProgrammatic};
}

AwsResult<std::optional<Evidence>> FindEvidence(AccountClient& account, std::string_view group_id) {
  std::optional<Evidence> first;  // pages come newest first
  Value input = Value::Object(
      {{"LookupAttributes", Value::List({Value::Object({{"AttributeKey", "EventName"},
                                                        {"AttributeValue", "AuthorizeSecurityGroupIngress"}})})}});
  for (int page = 0; page < kMaxPages; ++page) {
    const auto found = account.CloudTrail("LookupEvents", input);
    if (!found) return std::unexpected(found.error());
    for (const Value& event : (*found)["Events"].elements()) {
      const auto record = codec::ParseJsonValue(event["CloudTrailEvent"].Text());
      if (!record) continue;  // the account's own text: it is JSON
      if (auto evidence = EvidenceOf(*record, group_id)) first = std::move(evidence);
    }
    if (!found->Has("NextToken")) break;
    input.Set("NextToken", (*found)["NextToken"]);
  }
  return first;
}

bool IsUser(std::string_view answer, const Evidence& evidence) {
  const std::string plain = Plain(answer);
  return !plain.empty() && plain.substr(plain.rfind('/') + 1) == Plain(evidence.user);  // an ARN names the user, too
}

bool IsTime(std::string_view answer, const Evidence& evidence) {
  std::string text = Plain(answer);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (const size_t blank = text.find(' '); blank != std::string::npos) text[blank] = 'T';
  std::erase(text, ' ');
  if (text.ends_with("UTC")) text.replace(text.size() - 3, 3, "Z");
  const bool has_zone = text.find_first_of("Z+", 10) != std::string::npos || text.find('-', 10) != std::string::npos;
  const auto time = codec::ParseIso8601(has_zone ? text : text + "Z");
  return time && codec::FormatIso8601(*time) == evidence.time;
}

bool IsAddress(std::string_view answer, const Evidence& evidence) {
  return !evidence.address.empty() && Plain(answer) == Plain(evidence.address);
}

bool IsMethod(std::string_view answer, const Evidence& evidence) {
  const std::string plain = Plain(answer);
  const auto says = [&](std::string_view word) { return plain.find(word) != std::string::npos; };
  const bool is_program = says("program") || says("cli") || says("api");
  const bool is_console = says("console");
  if (is_program == is_console) return false;  // neither, or both
  return is_program == (evidence.method == Evidence::Method::kProgrammatic);
}

}  // namespace opentrail::lab
