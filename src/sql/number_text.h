#pragma once

#include <optional>
#include <string>
#include <string_view>

// Floating-point numbers as Trino and Java write and read them. Pure; thread-safe.
namespace opentrail::sql {

// What CAST(x AS varchar) gives: 3.77E1, 0.0E0, NaN, -Infinity. The digits are the fewest that read back as x.
[[nodiscard]] std::string FormatScientific(double value);
[[nodiscard]] std::string FormatScientific(float value);
// What results and JSON show: 37.7, 1.0E10, 1.0E-5 (a plain number from 10^-3 up to below 10^7).
[[nodiscard]] std::string FormatJava(double value);
[[nodiscard]] std::string FormatJava(float value);
// Java's Double.parseDouble: blanks around, "NaN", "Infinity", a final d or f; nullopt where it is no number. Numbers
// past the range become infinite or zero.
[[nodiscard]] std::optional<double> ParseDouble(std::string_view text);
[[nodiscard]] std::optional<float> ParseReal(std::string_view text);

}  // namespace opentrail::sql
