#pragma once

#include <string>
#include <string_view>

#include "base/random.h"

// Console passwords at rest: scrypt (RFC 7914) with a salt of its own for each. Slow by intent (tens of milliseconds,
// 16 MiB): never on the committer's thread.
namespace opentrail::services::iam {

// "scrypt$14$8$1$salt$hash", base64.
[[nodiscard]] std::string HashPassword(std::string_view password, RandomSource& random);
// False where the hash is none of ours, too.
[[nodiscard]] bool VerifyPassword(std::string_view hash, std::string_view password);

}  // namespace opentrail::services::iam
