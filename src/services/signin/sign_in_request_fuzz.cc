#include <cstdlib>

#include "codec/json_value.h"
#include "services/signin/sign_in_request.h"

namespace {

std::string Written(const opentrail::services::signin::SignInRequest& request) {
  return opentrail::codec::WriteJson(opentrail::Value::Object({{"root", request.root},
                                                               {"account", request.account},
                                                               {"user", request.user},
                                                               {"password", request.password},
                                                               {"mfaCode", request.mfa_code},
                                                               {"newPassword", request.new_password},
                                                               {"token", request.token}}));
}

}  // namespace

// Whatever is sent, what is taken keeps the bounds, and once it is written out is taken as the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace signin = opentrail::services::signin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto request = signin::ParseSignInRequest(text)) {
    if (!signin::IsToken(request->token) || request->password.empty()) std::abort();
    const auto again = signin::ParseSignInRequest(Written(*request));
    if (!again || Written(*again) != Written(*request)) std::abort();
  }
  const auto token = signin::ParseNextToken(text);
  if (token && !signin::IsToken(*token)) std::abort();
  return 0;
}
