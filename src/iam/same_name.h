#pragma once

#include <algorithm>
#include <string_view>

namespace opentrail::iam {

// Equal but for the case of ASCII letters: how IAM compares condition keys, and names of users and roles.
[[nodiscard]] inline bool SameName(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace opentrail::iam
