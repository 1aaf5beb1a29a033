#pragma once

#include <string>
#include <string_view>

#include "base/aws_error.h"

namespace opentrail::services::signin {

inline constexpr size_t kMaxSignInBytes = 16 * 1024;  // of any body that the sign-in endpoints take

// What the sign-in page sends.
struct SignInRequest {
  bool root = false;
  std::string account;  // id or alias; root: not needed
  std::string user;     // root: ""
  std::string password;
  std::string mfa_code;      // ""
  std::string new_password;  // ""; where the present one must be changed
  std::string token;         // what proves, beside the cookie, who may use the session; made by the page
};

// Takes {"root":bool,"account":"..","user":"..","password":"..","mfaCode":"..","newPassword":"..","token":".."}; what
// else is in it is ignored. ValidationException names the member that is missing, too long or of the wrong kind.
[[nodiscard]] AwsResult<SignInRequest> ParseSignInRequest(std::string_view json);

// A token as the page makes them: 32 to 128 characters of A-Z a-z 0-9 - _.
[[nodiscard]] bool IsToken(std::string_view text);

// {"token":".."}: the token that is to follow the one in use.
[[nodiscard]] AwsResult<std::string> ParseNextToken(std::string_view json);

}  // namespace opentrail::services::signin
