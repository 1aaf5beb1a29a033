#include "http/message.h"

#include <algorithm>

#include <strings.h>

#include "codec/text.h"

namespace opentrail::http {
namespace {

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

void Fields::Set(std::string_view name, std::string value) {
  Remove(name);
  Add(std::string(name), std::move(value));
}

void Fields::Remove(std::string_view name) {
  std::erase_if(entries_, [&](const Entry& entry) { return SameName(entry.first, name); });
}

std::optional<std::string_view> Fields::Find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (SameName(entry.first, name)) return entry.second;
  }
  return std::nullopt;
}

std::optional<Parameters> ParseParameters(std::string_view encoded, PlusSign plus) {
  const auto mode = plus == PlusSign::kSpace ? codec::Plus::kSpace : codec::Plus::kLiteral;
  Parameters parameters;
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    auto name = codec::UriDecode(pair.substr(0, equals), mode);
    auto value = codec::UriDecode(pair.substr(std::min(pair.size(), equals + 1)), mode);
    if (!name || !value) return std::nullopt;
    parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return parameters;
}

}  // namespace opentrail::http
