#include "services/like_pattern.h"

#include <optional>
#include <utility>

namespace opentrail::services {

// By backtracking to the last '%'.
bool IsLike(std::string_view text, std::string_view pattern) {
  size_t at = 0;
  size_t place = 0;
  std::optional<std::pair<size_t, size_t>> retry;
  while (at < text.size()) {
    if (place < pattern.size() && pattern[place] == '%') {
      retry = {at, ++place};
    } else if (place < pattern.size() && (pattern[place] == '_' || pattern[place] == text[at])) {
      ++at;
      ++place;
    } else if (retry) {
      at = ++retry->first;
      place = retry->second;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('%', place) == std::string_view::npos;
}

}  // namespace opentrail::services
