#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

// Time-based one-time passwords (RFC 6238): SHA-1, 30 seconds, six digits, as virtual MFA devices have them.
namespace opentrail::services::iam {

// RFC 4648 section 6, without padding.
[[nodiscard]] std::string Base32Encode(std::string_view bytes);
// The code of one step (seconds since the epoch / 30).
[[nodiscard]] std::string TotpCode(std::string_view seed, int64_t step);
[[nodiscard]] int64_t TotpStep(Time time);
// The step whose code this is, near `now` and after `last_step`: a code counts once.
[[nodiscard]] std::optional<int64_t> MatchTotp(std::string_view seed, std::string_view code, Time now,
                                               int64_t last_step);

}  // namespace opentrail::services::iam
