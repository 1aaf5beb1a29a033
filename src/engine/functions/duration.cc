#include "engine/functions/duration.h"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace opentrail::engine {

namespace {

struct Unit {
  std::string_view name;
  double millis;
};
constexpr auto kUnits = std::to_array<Unit>(
    {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}});

struct Span {
  std::string_view name;
  int64_t seconds;
};
constexpr auto kSpans =
    std::to_array<Span>({{"week", 604'800}, {"day", 86'400}, {"hour", 3600}, {"minute", 60}, {"second", 1}});

}  // namespace

std::expected<int64_t, std::string> ParseDuration(std::string_view text) {
  const auto malformed = [&] {
    return std::unexpected(fmt::format("duration is not a valid data duration string: {}", text));
  };
  if (text.empty()) return std::unexpected("duration is empty");
  std::string_view rest = text;
  const auto skip = [&] {
    while (!rest.empty() && (rest[0] == ' ' || (rest[0] >= '\t' && rest[0] <= '\r'))) rest.remove_prefix(1);
  };
  skip();
  if (rest.empty() || rest[0] < '0' || rest[0] > '9') return malformed();
  double number = 0;
  const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
  if (code != std::errc()) return malformed();
  rest.remove_prefix(static_cast<size_t>(end - rest.data()));
  skip();
  std::string_view name = rest;
  while (!rest.empty() && ((rest[0] | 0x20) >= 'a' && (rest[0] | 0x20) <= 'z')) rest.remove_prefix(1);
  name.remove_suffix(rest.size());
  skip();
  if (name.empty() || !rest.empty()) return malformed();
  for (const Unit& unit : kUnits) {
    if (name != unit.name) continue;
    const double millis = std::floor(number * unit.millis + 0.5);
    if (!(millis < 9.2e18)) return malformed();
    return static_cast<int64_t>(millis);
  }
  return std::unexpected(fmt::format("Unknown time unit: {}", name));
}

std::optional<std::string> HumanReadableSeconds(double seconds) {
  if (!std::isfinite(seconds) || std::abs(seconds) >= 9.2e18) return std::nullopt;
  auto rest = static_cast<int64_t>(std::round(std::abs(seconds)));
  std::string text;
  for (const Span& span : kSpans) {
    const int64_t count = rest / span.seconds;
    rest %= span.seconds;
    if (count == 0) continue;
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", count, span.name, count == 1 ? "" : "s");
  }
  return text.empty() ? "0 seconds" : text;
}

}  // namespace opentrail::engine
