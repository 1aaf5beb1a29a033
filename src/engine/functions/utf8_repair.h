#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace opentrail::engine {

// How many bytes of a well-formed character stand at `at`; 0 where there is none (a stray, overlong or surrogate
// encoding, or one cut short).
[[nodiscard]] size_t ValidUtf8Length(std::string_view bytes, size_t at);

// The text with each malformed piece replaced (by nothing, where `replacement` is empty).
[[nodiscard]] std::string RepairedUtf8(std::string_view bytes, std::string_view replacement = "\xef\xbf\xbd");

}  // namespace opentrail::engine
