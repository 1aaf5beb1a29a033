#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

// Moments as the AWS protocols write them. All UTC.
namespace opentrail::codec {

[[nodiscard]] std::string FormatIso8601(Time time);              // 2026-11-23T08:41:02Z (fraction cut off)
[[nodiscard]] std::string FormatIso8601Milliseconds(Time time);  // 2026-11-23T08:41:02.000Z
[[nodiscard]] std::string FormatHttpDate(Time time);             // Mon, 23 Nov 2026 08:41:02 GMT (RFC 9110)
[[nodiscard]] std::string FormatBasic(Time time);                // 20261123T084102Z, as X-Amz-Date
[[nodiscard]] std::string FormatBasicDate(Time time);            // 20261123
// Epoch seconds, with a fraction only where there is one: 1795424015 or 1795424015.25.
[[nodiscard]] std::string FormatEpochSeconds(Time time);

// Years 0001 to 9999. A fraction past milliseconds is cut off; an offset (+01:00) is taken; nullopt for all else.
[[nodiscard]] std::optional<Time> ParseIso8601(std::string_view text);
[[nodiscard]] std::optional<Time> ParseBasic(std::string_view text);     // YYYYMMDDThhmmssZ
[[nodiscard]] std::optional<Time> ParseHttpDate(std::string_view text);  // IMF-fixdate
[[nodiscard]] Time FromEpochSeconds(double seconds);

}  // namespace opentrail::codec
