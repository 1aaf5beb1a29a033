#pragma once

#include <string>
#include <string_view>

// Numbers as Java reads and prints them, where the dialect shows it: JSON text, format().
namespace opentrail::engine {

// Double.toString: "37.7", "1.0E10", "1.0E-5", "NaN", "Infinity".
void AppendJavaDouble(double value, std::string& out);
// Float.toString: the shortest digits that tell the float.
void AppendJavaFloat(float value, std::string& out);
// A decimal number's text to the nearest double; infinite where it is too large. The text must be a JSON number.
[[nodiscard]] double ParseDouble(std::string_view number);

}  // namespace opentrail::engine
