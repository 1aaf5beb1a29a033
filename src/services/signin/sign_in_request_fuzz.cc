#include <cstdlib>

#include "services/signin/sign_in_request.h"

// Whatever is sent, what is taken keeps the bounds.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace signin = opentrail::services::signin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = signin::ParseSignInRequest(text);
  if (request && (!signin::IsToken(request->token) || request->password.empty())) std::abort();
  const auto token = signin::ParseNextToken(text);
  if (token && !signin::IsToken(*token)) std::abort();
  return 0;
}
