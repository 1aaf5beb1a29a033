#include <algorithm>
#include <cctype>

#include "codec/json_value.h"
#include "services/iam/login_profile.h"

namespace opentrail::services::iam {
namespace {

constexpr int64_t kMinLength = 8;          // of an account without a policy
constexpr int64_t kMinLengthOfPolicy = 6;  // of a policy that does not say
constexpr int64_t kMaxLength = 128;
constexpr std::string_view kSymbols = "!@#$%^&*()_+-=[]{}|'";

struct CharacterRule {
  std::string_view member;
  std::string_view name;
  bool (*matches)(char);
};

constexpr CharacterRule kRules[] = {
    {"RequireUppercaseCharacters", "uppercase letter", [](char c) { return c >= 'A' && c <= 'Z'; }},
    {"RequireLowercaseCharacters", "lowercase letter", [](char c) { return c >= 'a' && c <= 'z'; }},
    {"RequireNumbers", "number", [](char c) { return c >= '0' && c <= '9'; }},
    {"RequireSymbols", "symbol", [](char c) { return kSymbols.find(c) != std::string_view::npos; }},
};

Value StoredPolicy(store::Connection& state) {
  store::Rows rows = state.Query("SELECT value FROM iam_account WHERE name = 'password-policy'");
  if (!rows.Next()) return nullptr;
  return codec::ParseJsonValue(rows.Text(0)).value_or(Value());
}

// Without a policy: eight characters of three kinds, and not the user's name.
AwsStatus CheckDefault(std::string_view password, std::string_view user_name) {
  const auto kinds = std::ranges::count_if(
      kRules, [&](const CharacterRule& rule) { return std::ranges::any_of(password, rule.matches); });
  if (kinds < 3 || password == user_name) {
    return AwsFailure("PasswordPolicyViolation", "{}",
                      "Password does not conform to the account password policy: it must contain at least three of "
                      "uppercase letters, lowercase letters, numbers and symbols, and must not be the user name.");
  }
  return {};
}

}  // namespace

AwsStatus CheckPassword(store::Connection& state, std::string_view password, std::string_view user_name) {
  constexpr const char* kCode = "PasswordPolicyViolation";
  const Value policy = StoredPolicy(state);
  const int64_t shortest = policy.IsNull() ? kMinLength : policy["MinimumPasswordLength"].Integer(kMinLengthOfPolicy);
  const auto size = static_cast<int64_t>(password.size());
  if (size < shortest) return AwsFailure(kCode, "Password should have a minimum length of {}", shortest);
  if (size > kMaxLength) return AwsFailure(kCode, "Password should have a maximum length of {}", kMaxLength);
  if (policy.IsNull()) return CheckDefault(password, user_name);
  for (const CharacterRule& rule : kRules) {
    if (policy[rule.member].Boolean() && std::ranges::none_of(password, rule.matches)) {
      return AwsFailure(kCode, "Password should have at least one {}", rule.name);
    }
  }
  return {};
}

AwsResult<Reply> UpdateAccountPasswordPolicy(Context& context) {
  const Value& input = context.input;
  Value policy = Value::Object({{"MinimumPasswordLength", input["MinimumPasswordLength"].Integer(kMinLengthOfPolicy)}});
  for (const std::string_view member : {"RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters",
                                        "RequireLowercaseCharacters", "AllowUsersToChangePassword"}) {
    policy.Set(member, input[member].Boolean());
  }
  const int64_t age = input["MaxPasswordAge"].Integer(0);
  policy.Set("ExpirePasswords", age > 0);
  if (age > 0) policy.Set("MaxPasswordAge", age);
  if (const auto reuse = input["PasswordReusePrevention"].Integer()) policy.Set("PasswordReusePrevention", *reuse);
  if (input.Has("HardExpiry")) policy.Set("HardExpiry", input["HardExpiry"].Boolean());
  context.state.Execute(
      "INSERT INTO iam_account (name, value) VALUES ('password-policy', ?) ON CONFLICT (name) DO UPDATE SET value = "
      "excluded.value",
      codec::WriteJson(policy));
  return Reply{};
}

AwsResult<Reply> GetAccountPasswordPolicy(Context& context) {
  Value policy = StoredPolicy(context.state);
  if (policy.IsNull()) {
    return AwsFailure("NoSuchEntity", "The Password Policy with domain name {} cannot be found.", context.account_id());
  }
  Reply reply;
  reply.output.Set("PasswordPolicy", std::move(policy));
  return reply;
}

AwsResult<Reply> DeleteAccountPasswordPolicy(Context& context) {
  if (context.state.Execute("DELETE FROM iam_account WHERE name = 'password-policy'") == 0) {
    return AwsFailure("NoSuchEntity", "{}", "The account policy with name PasswordPolicy cannot be found.");
  }
  return Reply{};
}

}  // namespace opentrail::services::iam
