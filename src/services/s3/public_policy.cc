#include "services/s3/public_policy.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

#include "codec/json_value.h"

namespace opentrail::services::s3 {
namespace {

// Keys that, fixed to a value, tell who the caller is. In lower case.
constexpr std::string_view kLimitingKeys[] = {
    "aws:calledvia",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

template <typename Test>
bool AllOf(const Value& one_or_many, Test test) {
  if (!one_or_many.IsList()) return test(one_or_many);
  return !one_or_many.elements().empty() && std::ranges::all_of(one_or_many.elements(), test);
}

template <typename Test>
bool AnyOf(const Value& one_or_many, Test test) {
  return one_or_many.IsList() ? std::ranges::any_of(one_or_many.elements(), test) : test(one_or_many);
}

bool IsFixed(std::string_view key, const Value& value) {
  const std::string_view text = value.Text();
  if (text.empty() || text.find("${") != std::string_view::npos) return false;
  // An ARN may leave open which resource of an account it is, not the account.
  if (key == "aws:sourcearn" || key == "aws:principalarn") return text.find('*') != 0 && text.find(":*:") == text.npos;
  if (text.find_first_of("*?") != std::string_view::npos) return false;
  if (key != "aws:sourceip") return true;
  // A range of addresses is fixed where it is no wider than an organisation's.
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return true;
  int bits = 0;
  std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
  return bits >= (text.find(':') == std::string_view::npos ? 8 : 32);
}

// Negated operators (StringNotEquals) and the *IfExists forms leave the door open.
bool CanLimit(std::string_view op) {
  return op.find("Not") == std::string_view::npos && !op.ends_with("IfExists") && op != "Null";
}

bool IsLimited(const Value& condition) {
  for (const auto& [op, keys] : condition.members()) {
    if (!CanLimit(op)) continue;
    for (const auto& [name, values] : keys.members()) {
      const std::string key = Lower(name);
      if (std::ranges::find(kLimitingKeys, key) == std::end(kLimitingKeys)) continue;
      if (AllOf(values, [&](const Value& value) { return IsFixed(key, value); })) return true;
    }
  }
  return false;
}

bool IsEveryone(const Value& principal) {
  const auto is_star = [](const Value& value) { return value.Text() == "*"; };
  if (principal.IsString()) return is_star(principal);
  return std::ranges::any_of(principal.members(),
                             [&](const Value::Member& member) { return AnyOf(member.value, is_star); });
}

bool IsPublicStatement(const Value& statement) {
  if (statement["Effect"].Text() != "Allow") return false;
  if (!statement.Has("NotPrincipal") && !IsEveryone(statement["Principal"])) return false;
  return !IsLimited(statement["Condition"]);
}

}  // namespace

bool IsPublicPolicy(std::string_view text) {
  const auto document = codec::ParseJsonValue(text);
  return document && AnyOf((*document)["Statement"], IsPublicStatement);
}

}  // namespace opentrail::services::s3
