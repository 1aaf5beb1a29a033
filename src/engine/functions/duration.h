#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace opentrail::engine {

// "42.8ms", "3.81 d": a number and its unit (ns, us, ms, s, m, h, d) in milliseconds, rounded half up; where it is
// none, or past 64 bits, why. Pure.
[[nodiscard]] std::expected<int64_t, std::string> ParseDuration(std::string_view text);

// 93784 is "1 day, 2 hours, 3 minutes, 4 seconds"; nullopt for what is not finite. Pure.
[[nodiscard]] std::optional<std::string> HumanReadableSeconds(double seconds);

}  // namespace opentrail::engine
