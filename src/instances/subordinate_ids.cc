#include "instances/subordinate_ids.h"

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <string_view>

namespace opentrail::instances {
namespace {

std::optional<int64_t> NumberOf(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

std::optional<SubordinateIds> FindSubordinateIds(const std::string& path, const std::string& name, int64_t user) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    const std::string owner = line.substr(0, first);
    if (owner != name && owner != std::to_string(user)) continue;
    const auto start = NumberOf(std::string_view(line).substr(first + 1, second - first - 1));
    const auto count = NumberOf(std::string_view(line).substr(second + 1));
    if (start && count && *count >= kSubordinateIds) return SubordinateIds{*start, *count};
  }
  return std::nullopt;
}

std::string CurrentUserName() {
  const passwd* user = getpwuid(getuid());
  return user != nullptr ? user->pw_name : std::to_string(getuid());
}

}  // namespace opentrail::instances
