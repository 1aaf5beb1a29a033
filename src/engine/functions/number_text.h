#pragma once

#include <optional>
#include <string>
#include <string_view>

// Floating-point numbers as casts write and read them. Pure; thread-safe.
namespace opentrail::engine {

// What CAST(x AS varchar) gives: 3.77E1, 0.0E0, NaN, -Infinity. The digits are the fewest that read back as x.
[[nodiscard]] std::string FormatScientific(double value);
[[nodiscard]] std::string FormatScientific(float value);
// Java's Double.parseDouble: blanks around, "NaN", "Infinity", a final d or f; nullopt where it is no number. Numbers
// past the range become infinite or zero.
[[nodiscard]] std::optional<double> ParseJavaDouble(std::string_view text);
[[nodiscard]] std::optional<float> ParseJavaReal(std::string_view text);

}  // namespace opentrail::engine
