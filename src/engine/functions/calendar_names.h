#pragma once

#include <array>
#include <string_view>

namespace opentrail::engine {

inline constexpr size_t kShortNameLength = 3;
inline constexpr auto kMonthNames =
    std::to_array<std::string_view>({"January", "February", "March", "April", "May", "June", "July", "August",
                                     "September", "October", "November", "December"});
inline constexpr auto kDayNames =
    std::to_array<std::string_view>({"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"});

}  // namespace opentrail::engine
