#pragma once

#include <string>
#include <string_view>

#include "base/random.h"

namespace opentrail::services::iam {

// scrypt (RFC 7914) with a fresh salt; slow on purpose: not on the committer's thread.
[[nodiscard]] std::string HashPassword(std::string_view password, RandomSource& random);
[[nodiscard]] bool VerifyPassword(std::string_view password, std::string_view hash);

}  // namespace opentrail::services::iam
