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

std::optional<int64_t> ParseDuration(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (code != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  while (text.starts_with(' ')) text.remove_prefix(1);
  for (const Unit& unit : kUnits) {
    if (text != unit.name) continue;
    const double millis = number * unit.millis;
    if (!(millis < 9.2e18)) return std::nullopt;
    return static_cast<int64_t>(millis);
  }
  return std::nullopt;
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
