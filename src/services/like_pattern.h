#pragma once

#include <string_view>

namespace opentrail::services {

// SQL's LIKE without an escape: '%' stands for any text, '_' for one byte. Linear in practice, quadratic at worst.
[[nodiscard]] bool IsLike(std::string_view text, std::string_view pattern);

}  // namespace opentrail::services
