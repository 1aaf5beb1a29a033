#include "services/signin/sign_in_request.h"

#include <algorithm>

#include "codec/json_value.h"

namespace opentrail::services::signin {
namespace {

constexpr size_t kMaxNameBytes = 256;
constexpr size_t kMaxPasswordBytes = 4 * 128;  // 128 characters of UTF-8
constexpr size_t kMinTokenSize = 32;
constexpr size_t kMaxTokenSize = 128;

struct Field {
  std::string_view name;
  std::string SignInRequest::* member;
  size_t bytes_max;
};

constexpr Field kFields[] = {
    {"account", &SignInRequest::account, kMaxNameBytes},
    {"user", &SignInRequest::user, kMaxNameBytes},
    {"password", &SignInRequest::password, kMaxPasswordBytes},
    {"mfaCode", &SignInRequest::mfa_code, kMaxNameBytes},
    {"newPassword", &SignInRequest::new_password, kMaxPasswordBytes},
    {"token", &SignInRequest::token, kMaxTokenSize},
};

AwsResult<Value> ParseObject(std::string_view json) {
  auto value = codec::ParseJsonValue(json);
  if (!value || !value->IsObject()) return AwsFailure("ValidationException", "{}", "The request must be a JSON object");
  return std::move(*value);
}

AwsStatus Complete(const SignInRequest& request) {
  if (request.password.empty()) return AwsFailure("ValidationException", "{}", "password: a password is needed");
  if (!request.root && request.user.empty()) return AwsFailure("ValidationException", "{}", "user: a name is needed");
  if (!request.root && request.account.empty()) {
    return AwsFailure("ValidationException", "{}", "account: an account id or alias is needed");
  }
  if (!IsToken(request.token)) {
    return AwsFailure("ValidationException", "token: {} to {} characters of A-Z a-z 0-9 - _ are needed", kMinTokenSize,
                      kMaxTokenSize);
  }
  return {};
}

}  // namespace

bool IsToken(std::string_view text) {
  return text.size() >= kMinTokenSize && text.size() <= kMaxTokenSize && std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

AwsResult<SignInRequest> ParseSignInRequest(std::string_view json) {
  const auto object = ParseObject(json);
  if (!object) return std::unexpected(object.error());
  SignInRequest request;
  request.root = (*object)["root"].Boolean();
  for (const Field& field : kFields) {
    const Value& value = (*object)[field.name];
    if (value.IsNull()) continue;
    if (!value.IsString() || value.Text().size() > field.bytes_max) {
      return AwsFailure("ValidationException", "{}: a string of at most {} bytes is needed", field.name,
                        field.bytes_max);
    }
    request.*field.member = value.Text();
  }
  if (request.root) request.user.clear();
  if (AwsStatus complete = Complete(request); !complete) return std::unexpected(std::move(complete.error()));
  return request;
}

AwsResult<std::string> ParseNextToken(std::string_view json) {
  const auto object = ParseObject(json);
  if (!object) return std::unexpected(object.error());
  const std::string_view token = (*object)["token"].Text();
  if (!IsToken(token)) return AwsFailure("ValidationException", "{}", "token: the token to follow is needed");
  return std::string(token);
}

}  // namespace opentrail::services::signin
