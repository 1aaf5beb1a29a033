#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the launcher hands to an instance's init: named fields of any bytes. Each is a line `NAME SIZE`, then SIZE
// bytes, then a newline. Header only and of the standard library alone: init is linked statically, without the rest.
namespace opentrail::instances {

using BootRecord = std::vector<std::pair<std::string, std::string>>;

inline constexpr size_t kMaxBootRecord = 256 * 1024;

[[nodiscard]] inline std::string WriteBootRecord(const BootRecord& record) {
  std::string text;
  for (const auto& [name, value] : record) text += name + ' ' + std::to_string(value.size()) + '\n' + value + '\n';
  return text;
}

// nullopt where the text is not such a record.
[[nodiscard]] inline std::optional<BootRecord> ReadBootRecord(std::string_view text) {
  BootRecord record;
  while (!text.empty()) {
    const size_t space = text.find(' ');
    const size_t line = text.find('\n');
    if (space == text.npos || line == text.npos || line < space + 2 || line > space + 7) return std::nullopt;
    size_t size = 0;
    for (const char digit : text.substr(space + 1, line - space - 1)) {
      if (digit < '0' || digit > '9') return std::nullopt;
      size = size * 10 + static_cast<size_t>(digit - '0');
    }
    if (size > kMaxBootRecord || text.size() - line - 1 < size + 1 || text[line + 1 + size] != '\n')
      return std::nullopt;
    record.emplace_back(text.substr(0, space), text.substr(line + 1, size));
    text.remove_prefix(line + size + 2);
  }
  return record;
}

// The field's value, or "".
[[nodiscard]] inline std::string_view BootField(const BootRecord& record, std::string_view name) {
  for (const auto& [field, value] : record) {
    if (field == name) return value;
  }
  return {};
}

}  // namespace opentrail::instances
